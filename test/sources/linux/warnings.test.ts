import { expect, test } from 'vitest';
import type { Proc } from '../../../src/sources/linux/proc/proc.ts';
import {
  onlyFiles,
  unavailableFacts,
  unavailableInFiles,
} from '../../../src/sources/linux/warnings.ts';
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
  [
    'only files are read of another /proc',
    { isOwn: true, sockDiag: undefined, whyUnavailable: onlyFiles('--proc-root') },
    /only files are read \(--proc-root\)/,
  ],
  ['it is of another machine', { isOwn: false, sockDiag: undefined }, /only a live Linux/],
])('what only the kernel provides is missing since %s', (_, changes, expected) => {
  const { message } = unavailableFacts(
    { ...fakeProc({}), ...changes },
    new Map([['/proc/net/tcp', ['tcpInfo']]]),
    false,
  );
  expect(message).toMatch(expected);
});

test.each<[string, RegExp]>([
  ['', /here \(its module, koffi's native part or the permission for it is missing\)$/],
  ['EMFILE', /here \(EMFILE\)$/],
  ['EPERM', /here \(its module or the permission for it is missing: EPERM\)$/],
])('why the kernel does not answer is told, if it says it: "%s"', (errno, expected) => {
  const proc = { ...fakeProc({}), isOwn: true, sockDiag: () => null };
  const lacking = new Map([['/proc/net/tcp', ['tcpInfo'] as const]]);
  expect(unavailableFacts(proc, lacking, false, errno).message).toMatch(expected);
});

const rest = 'memory, marks, cookies';
test.each<[readonly string[], string]>([
  [['raw', 'udp6'], `raw, udp6: ${rest} and interfaces`],
  [['tcp'], `tcp: ${rest}, interfaces, drops of TCP sockets and limits of accept queues`],
  [
    ['udp', 'tcp6', 'unix'],
    `udp, tcp6, unix: ${rest}, interfaces, drops of TCP and UNIX sockets and limits of accept queues`,
  ],
])('what the files of %j lack is what is missing', (names, expected) => {
  const lacking = new Map(names.map((name) => [`/proc/net/${name}`, ['socketInfo'] as const]));
  const { message } = unavailableFacts(fakeProc({}), lacking, false);
  expect(message.split(': not available')[0]).toBe(expected);
});

test('what the files of SCTP lack is what is missing', () => {
  const { message } = unavailableInFiles(fakeProc({}), new Set(['/proc/net/sctp/eps']));
  const expected = `sctp/eps: ${rest}, interfaces and drops of SCTP sockets`;
  expect(message.split(': not available')[0]).toBe(expected);
});
