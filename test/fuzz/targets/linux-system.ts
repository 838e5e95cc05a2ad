import { expect } from 'vitest';
import { canonicalAddress } from '../../../src/model/address/read.ts';
import { parseLimit } from '../../../src/model/machine/limits.ts';
import {
  parseNameservers,
  parseNameserversOverTcp,
  parseNeighbourCount,
  parsePortList,
  parseSettings,
  parseSockstat,
  parseUnsignedSetting,
} from '../../../src/sources/linux/system/parse.ts';
import { textTarget } from '../target.ts';

/** Every number that is parsed is whole and not below zero. */
function checkNumbers(numbers: readonly number[]): void {
  for (const number of numbers) expect(Number.isSafeInteger(number) && number >= 0).toBe(true);
}

const settings = textTarget({
  name: 'linux-settings',
  covers: ['parseSettings'],
  alphabet: 'bytes',
  seeds: ['94236\t125650\t188472\n', '1 2 3'],
  read: (text) => parseSettings(text, 3),
  check: (_, parsed) => {
    expect(parsed === null || parsed.length === 3).toBe(true);
    checkNumbers(parsed ?? []);
  },
});

const unsigned = textTarget({
  name: 'linux-unsigned-setting',
  covers: ['parseUnsignedSetting'],
  alphabet: 'bytes',
  seeds: ['131072\n', '-1\n'],
  read: parseUnsignedSetting,
  check: (_, parsed) => {
    checkNumbers(parsed === null ? [] : [parsed, 0xffff_ffff - parsed]);
  },
});

const ports = textTarget({
  name: 'linux-port-list',
  covers: ['parsePortList'],
  alphabet: 'bytes',
  seeds: ['8080,9000-9100,1-1\n'],
  read: parsePortList,
  check: (_, parsed) => {
    for (const { first, last } of parsed ?? []) {
      checkNumbers([first, last, last - first, 65_535 - last]);
    }
  },
});

const sockstat = textTarget({
  name: 'linux-sockstat-use',
  covers: ['parseSockstat'],
  alphabet: 'bytes',
  seeds: ['sockets: used 27\nTCP: inuse 1 orphan 26 tw 3 alloc 28 mem 145\nUDP: inuse 0 mem 0\n'],
  read: parseSockstat,
  check: (_, parsed) => checkNumbers(Object.values(parsed ?? {})),
});

const neighbours = textTarget({
  name: 'linux-neighbours',
  covers: ['parseNeighbourCount'],
  alphabet: 'bytes',
  seeds: ['entries  allocs   destroys\n00000010 00000011 00000001\n'],
  read: parseNeighbourCount,
  check: (_, parsed) => checkNumbers(parsed === null ? [] : [parsed]),
});

const nameservers = textTarget({
  name: 'linux-resolv-conf',
  covers: ['parseNameservers', 'parseNameserversOverTcp'],
  alphabet: 'text',
  seeds: [
    '# a\nnameserver 192.0.2.53\nnameserver fe80::1%eth0\nsearch example.org\noptions use-vc\n',
  ],
  read: (text) => {
    expect(typeof parseNameserversOverTcp(text)).toBe('boolean');
    return parseNameservers(text);
  },
  check: (_, parsed) => {
    for (const server of parsed) {
      const [address = ''] = server.split('%');
      expect(canonicalAddress(address)).toBe(address);
    }
  },
});

const limits = textTarget({
  name: 'linux-limits',
  covers: ['parseLimit', 'parseSoftLimit'],
  alphabet: 'bytes',
  seeds: [
    'Limit Soft Hard\nMax open files            1024                 524288               files\n',
  ],
  read: (text) => parseLimit(text, 'Max open files'),
  check: (_, parsed) =>
    checkNumbers([parsed?.soft ?? 0, parsed?.hard ?? 0].filter(Number.isFinite)),
});

export const linuxSystemTargets = [
  ...[settings, unsigned, ports, sockstat, neighbours, nameservers, limits],
];
