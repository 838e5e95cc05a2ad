import { unixFlag } from '../model/socket/socket.ts';

const letters = [
  [unixFlag.accepts, 'ACC'],
  [unixFlag.waits, 'W'],
  [unixFlag.noSpace, 'N'],
] as const;

/** netstat's letters for the flags of a UNIX socket; other flags have none. */
export function unixFlagLetters(flags: number): string[] {
  return letters.filter(([bit]) => (flags & bit) !== 0).map(([, letter]) => letter);
}
