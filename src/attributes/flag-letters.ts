import { unixFlag } from '../model/socket/socket.ts';

const unixLetters = [
  [unixFlag.accepts, 'ACC'],
  [unixFlag.waits, 'W'],
  [unixFlag.noSpace, 'N'],
] as const;

/** netstat's letters for the flags of a UNIX socket; other flags have none. */
export function unixFlagLetters(flags: number): string[] {
  return unixLetters.filter(([bit]) => (flags & bit) !== 0).map(([, letter]) => letter);
}

/** netstat's letters for the flags of an interface, in the order of its column Flg. Both uses of P are netstat's. */
export const interfaceLetters: readonly (readonly [flag: string, letter: string])[] = [
  ['ALLMULTI', 'A'],
  ['BROADCAST', 'B'],
  ['DEBUG', 'D'],
  ['LOOPBACK', 'L'],
  ['MULTICAST', 'M'],
  ['DYNAMIC', 'd'],
  ['PROMISC', 'P'],
  ['NOTRAILERS', 'N'],
  ['NOARP', 'O'],
  ['POINTOPOINT', 'P'],
  ['SLAVE', 's'],
  ['MASTER', 'm'],
  ['RUNNING', 'R'],
  ['UP', 'U'],
];
