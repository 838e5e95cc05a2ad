import { expect, test } from 'vitest';
import type { Proc } from '../../../src/sources/linux/proc/proc.ts';
import { unavailableFacts } from '../../../src/sources/linux/warnings.ts';
import { fakeProc } from './support/fake-proc.ts';

test.each<[string, Partial<Proc>, RegExp]>([
  [
    'it does not answer',
    { isOwn: true, sockDiag: () => null },
    /the kernel does not answer sock_diag/,
  ],
  [
    'it is not asked',
    { isOwn: true, sockDiag: undefined },
    /only files are read \(--source proc\)/,
  ],
  ['it is of another machine', { isOwn: false, sockDiag: undefined }, /only a live Linux/],
])('what only the kernel provides is missing since %s', (_, changes, expected) => {
  const { message } = unavailableFacts(
    { ...fakeProc({}), ...changes },
    new Map([['/proc/net/tcp', ['tcpInfo']]]),
  );
  expect(message).toMatch(expected);
});
