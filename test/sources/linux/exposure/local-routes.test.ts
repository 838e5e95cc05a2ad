import { expect, it } from 'vitest';
import { lackedAddresses } from '../../../../src/sources/linux/exposure/local-routes.ts';
import { fakeProc, systemError } from '../support/fake-proc.ts';

const trie = `Id 10:
  |-- 10.77.0.1
     /32 host LOCAL
Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 10.9.0.0/24 2 0 2
        |-- 10.9.0.0
           /24 link UNICAST
        |-- 10.9.0.2
           /32 host LOCAL
        |-- 10.9.0.3
           /32 link UNICAST
        |-- 10.9.0.255
           /32 link BROADCAST
     |-- 10.99.0.0
        /24 universe UNICAST
        /16 host LOCAL
     |-- 127.0.0.0
        /8 host LOCAL
`;
const transparent = `${trie}Id 100:
  |-- 0.0.0.0
     /0 host LOCAL
`;
const zeros = '0'.repeat(32);
const route6 = (to: string, length: string, flags: string) =>
  `${to} ${length} ${zeros} 00 ${zeros} 00000000 00000001 00000000 ${flags}       lo\n`;
const routes6 =
  route6('20010db8006600000000000000000000', '40', '00000001') +
  route6('20010db8006600000000000000000000', '80', '00300001') +
  route6('20010db8006600000000000000000001', '80', '80200001') +
  route6('20010db8009900000000000000000000', '40', '80000001') +
  route6(zeros, '00', '00200200');
const probed = '20010db8006600000000000000000009 02 40 00 c0       d0\n';

const files = {
  'net/fib_trie': trie,
  'net/ipv6_route': routes6,
  'net/if_inet6': probed,
};

it.each<[string, string, boolean]>([
  ['its own', '10.9.0.2', false],
  ['its own, mapped', '::ffff:10.9.0.2', false],
  ['its own in another table (VRF)', '10.77.0.1', false],
  ["a neighbour's", '10.9.0.3', true],
  ["a neighbour's, mapped", '::ffff:10.9.0.3', true],
  ['one of a local prefix', '10.99.7.7', false],
  ['one beyond it', '10.100.7.7', true],
  ['one of its networks to all', '10.9.0.255', false],
  ['the one to all', '255.255.255.255', false],
  ['of a group', '224.0.0.251', false],
  ['any', '0.0.0.0', false],
  ['loopback', '127.0.0.5', false],
  ['its own of IPv6', '2001:db8:66::1', false],
  ['one that several machines have', '2001:db8:66::', false],
  ['one that is still probed', '2001:db8:66::9', false],
  ["a neighbour's of IPv6", '2001:db8:66::2', true],
  ['one of a local prefix of IPv6', '2001:db8:99::5', false],
  ['of a group of IPv6', 'ff02::fb', false],
  ['any of IPv6', '::', false],
  ['loopback of IPv6', '::1', false],
])('whether a network is known to lack an address: %s', (_, address, expected) => {
  expect(lackedAddresses(fakeProc({ files }), () => new Set())(address)).toBe(expected);
});

it.each<[string, Readonly<Record<string, string | Error>>, string]>([
  ['no file', {}, '10.9.0.3'],
  ['a file that may not be read', { 'net/fib_trie': systemError('EACCES') }, '10.9.0.3'],
  ['no route at all', { 'net/fib_trie': 'Main:\nLocal:\n' }, '10.9.0.3'],
  ['every address taken (TPROXY)', { 'net/fib_trie': transparent }, '10.9.0.3'],
  ['no routes of IPv6', { ...files, 'net/ipv6_route': systemError('ENOENT') }, '2001:db8:66::2'],
  [
    'every address of IPv6 taken',
    { ...files, 'net/ipv6_route': routes6 + route6(zeros, '00', '80000001') },
    '2001:db8:66::2',
  ],
])('with %s it is not', (_, given, address) => {
  expect(lackedAddresses(fakeProc({ files: given }), () => new Set())(address)).toBe(false);
});

it('reads the files of a family once, at the first address that needs them', () => {
  const proc = fakeProc({ files });
  const read: string[] = [];
  const readFile = (path: string) => {
    read.push(path);
    return proc.readFile(path);
  };
  const lacks = lackedAddresses({ ...proc, readFile }, () => new Set(['10.9.0.2']));
  for (const address of ['0.0.0.0', '::1', 'ff02::fb', '10.9.0.2']) lacks(address);
  expect(read).toEqual([]);
  for (const address of ['10.9.0.4', '10.9.0.3', '::ffff:10.9.0.3']) lacks(address);
  expect(read).toEqual(['net/fib_trie']);
});
