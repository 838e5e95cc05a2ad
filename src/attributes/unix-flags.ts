import { unixFlag } from '../model/socket.ts';

const letters = [
  [unixFlag.accepts, 'ACC'],
  [unixFlag.waits, 'W'],
  [unixFlag.noSpace, 'N'],
] as const;

/** netstat's letters for the flags of a UNIX socket; it has none for others. */
export function unixFlagLetters(flags: number): string[] {
  return letters.filter(([bit]) => (flags & bit) !== 0).map(([, letter]) => letter);
}
