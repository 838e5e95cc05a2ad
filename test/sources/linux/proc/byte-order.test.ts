import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteOrderIn, type OrderedFiles } from '../../../../src/sources/linux/proc/byte-order.ts';
import { addressDigits } from '../support/inet-line.ts';

const none: OrderedFiles = {
  route: '',
  igmp: '',
  fibTrie: '',
  inet: [],
  inet6: [],
  version: '',
};

const route = (to: string, mask: string, little: boolean) =>
  `eth0\t${addressDigits(to, little)}\t00000000\t0001\t0\t0\t0\t${addressDigits(mask, little)}\t0\t0\t0\n`;
const socket = (local: string, little: boolean) => {
  const digits = addressDigits(local, little);
  return `   0: ${digits}:0050 ${'0'.repeat(digits.length)}:0000 0A 00000000:00000000 00:00000000\n`;
};
const leaf = (address: string) => `     |-- ${address}\n        /32 host LOCAL\n`;
const igmp = (group: string, little: boolean) =>
  `Idx\tDevice    : Count Querier\tGroup\n1\tlo        :     1      V3\n\t\t\t\t${addressDigits(group, little)}     1 0:00000000\t\t0\n`;
const title = 'header\n';

describe('byteOrderIn', () => {
  const evidence: [string, (little: boolean) => Partial<OrderedFiles>][] = [
    ['the mask of a route', (l) => ({ route: title + route('10.1.0.0', '255.255.0.0', l) })],
    ['a mask inside a byte', (l) => ({ route: title + route('10.1.0.0', '255.255.240.0', l) })],
    ['a multicast group', (l) => ({ igmp: igmp('224.0.0.1', l) })],
    [
      'an address that fib_trie writes out',
      (l) => ({ fibTrie: leaf('10.0.0.7'), inet: [title + socket('10.0.0.7', l)] }),
    ],
    ['127.0.0.1', (l) => ({ inet: ['', title + socket('127.0.0.1', l)] })],
    ['127.0.0.53', (l) => ({ inet: [title + socket('127.0.0.53', l)] })],
    ['127.0.0.54', (l) => ({ inet: [title + socket('127.0.0.54', l)] })],
    ['127.0.1.1', (l) => ({ inet: [title + socket('127.0.1.1', l)] })],
    ['::1', (l) => ({ inet6: [title + socket('::1', l)] })],
    ['an IPv4-mapped address', (l) => ({ inet6: [title + socket('::ffff:10.0.0.7', l)] })],
    ['a link-local address', (l) => ({ inet6: [title + socket('fe80::1:2', l)] })],
  ];
  it.each(
    evidence.flatMap(([what, files]) => [
      [what, 'little' as const, files(true)] as const,
      [what, 'big' as const, files(false)] as const,
    ]),
  )('%s shows the order: %s', (_, order, files) => {
    expect(byteOrderIn({ ...none, ...files })).toEqual({ order, matters: true });
  });

  it.each([
    ['little', 'Linux version 6.8.0-45-generic (buildd@lcy02-amd64-115) (x86_64-linux-gnu-gcc-13)'],
    ['little', 'Linux version 6.1.0-1-arm64 (debian-kernel@lists.debian.org) (gcc-12)'],
    ['little', 'Linux version 5.15.0-ppc64le (a@b) (gcc 11)'],
    ['little', 'Linux version 5.10.176 (builder@x) (mipsel-openwrt-linux-musl-gcc 11.2.0)'],
    ['big', 'Linux version 5.14.0-70.el9.s390x (builder@example.com) (gcc 11) #1 SMP'],
    ['big', 'Linux version 5.10.176 (builder@x) (mips-openwrt-linux-musl-gcc 11.2.0)'],
    ['big', 'Linux version 6.1.0-1-sparc64-smp (a@b)'],
    ['big', 'Linux version 4.19.0 (a@b) (aarch64_be-linux-gnu-gcc 8)'],
    [null, 'Linux version 6.18.44 (builder@sandboxing) (gcc (GCC) 15.3.0)'],
    [null, 'Linux version 6.1.0-s390x (builder@amd64)'],
  ] as const)('the order is %s for %s', (order, version) => {
    expect(byteOrderIn({ ...none, version }).order).toBe(order);
  });

  it.each([
    ['there is nothing', {}, false],
    ['there are only unbound sockets', { inet: [title + socket('0.0.0.0', true)] }, false],
    ['an address could be either', { inet: [title + socket('10.0.0.7', true)] }, true],
    [
      'routes lead to single hosts',
      { route: title + route('10.1.0.7', '255.255.255.255', true) },
      true,
    ],
    [
      'the default route leads through no address',
      { route: title + route('0.0.0.0', '0.0.0.0', true) },
      false,
    ],
    [
      'two masks contradict one another',
      {
        route:
          title + route('10.1.0.0', '255.255.0.0', true) + route('10.1.0.0', '255.255.0.0', false),
      },
      true,
    ],
  ])('is null if %s', (_, files, matters) => {
    expect(byteOrderIn({ ...none, ...files })).toEqual({ order: null, matters });
  });

  it('never takes the other order for a machine with routes, whatever they are', () => {
    const prefix = fc.integer({ min: 0, max: 32 });
    const mask = prefix.map((length) =>
      [0, 8, 16, 24]
        .map((at) => (0xff00 >> Math.min(8, Math.max(0, length - at))) & 0xff)
        .join('.'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.ipV4(), mask)), fc.boolean(), (routes, little) => {
        const text = title + routes.map(([to, m]) => route(to, m, little)).join('');
        const wrong = little ? 'big' : 'little';
        expect(byteOrderIn({ ...none, route: text }).order).not.toBe(wrong);
      }),
    );
  });
});
