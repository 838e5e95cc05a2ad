import fc from 'fast-check';
import { expect, it } from 'vitest';
import { networkTable, parseNetworks } from '../../src/resolve/networks.ts';
import { machineWith } from './naming-files.ts';

it.each([
  ['whole', 'docs 192.0.2.0', [['192.0.2.0', 'docs']]],
  [
    'the end left out',
    'ten 10 alias\nb 172.16',
    [
      ['10.0.0.0', 'ten'],
      ['172.16.0.0', 'b'],
    ],
  ],
  ['hexadecimal', 'hex 0xC0.0x0.2.0', [['192.0.2.0', 'hex']]],
  ['octal', 'oct 0254.020', [['172.16.0.0', 'oct']]],
  ['zeros within a decimal part', 'dec 100.200', [['100.200.0.0', 'dec']]],
  ['the highest part', 'x 255', [['255.0.0.0', 'x']]],
  ['the first wins', 'a 10\nb 10.0.0.0', [['10.0.0.0', 'a']]],
  ['comments', '# x 1\ny 2 # z', [['2.0.0.0', 'y']]],
  ['five parts', 'x 127.0.0.0.0', []],
  ['a part too big', 'x 256.1', []],
  ['a part that is no number', 'x 10.08\nw 10.018\ny 10.a\nz 10..1', []],
  ['a prefix length', 'x 203.0.113.8/29', []],
  ['no number', 'x', []],
])('networks: %s', (_, text, names) => {
  expect([...parseNetworks(text)]).toEqual(names);
});

it('never throws', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'a0x19. #\n') }),
      (text) => void parseNetworks(text),
    ),
  );
});

it('reads the file once, when asked', () => {
  const { host, seen } = machineWith({ '/host/etc/networks': 'lo 127' }, { etcRoot: '/host/etc' });
  const network = networkTable(host);
  expect(seen).toEqual([]);
  expect(network('127.0.0.0')).toBe('lo');
  expect(network('10.0.0.0')).toBeUndefined();
  expect(seen).toEqual(['/host/etc/networks']);
});
