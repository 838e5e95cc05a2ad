import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostsFileNames } from '../../src/resolve/hosts-file.ts';

const hosts = `
127.0.0.1   localhost
# 192.0.2.9 commented
198.51.100.1	first.example alias   # a word
198.51.100.1 second.example
192.0.2.1 Mixed.Example.COM
::ffff:198.51.100.2 mapped.example
2001:0DB8:0:0:0:0:0:0001 spelled.example
fe80::2%eth0 zoned
::1 ip6-localhost ip6-loopback
192.0.2.3
192.0.2.3 named-later
192.0.2.04 octal
198.51.25607 short
  192.0.2.5 indented\r
`;

describe('hostsFileNames', () => {
  it.each([
    ['IPv4', '127.0.0.1', 'localhost'],
    ['the first line, its first name', '198.51.100.1', 'first.example'],
    ['case is kept', '192.0.2.1', 'Mixed.Example.COM'],
    ['a commented line', '192.0.2.9', undefined],
    ['IPv6', '::1', 'ip6-localhost'],
    ['another spelling', '2001:db8::1', 'spelled.example'],
    ['a zone', 'fe80::2', undefined],
    ['another address with a zone', 'fe80::9%eth1', undefined],
    ['a mapped line, asked for the IPv4 address', '198.51.100.2', 'mapped.example'],
    ['a mapped line, asked for itself', '::ffff:198.51.100.2', 'mapped.example'],
    ['an IPv4 line, asked for the mapped address', '::ffff:198.51.100.1', undefined],
    ['a line without a name', '192.0.2.3', 'named-later'],
    ['a leading zero', '192.0.2.4', undefined],
    ['a short form', '198.51.100.7', undefined],
    ['blanks and a carriage return', '192.0.2.5', 'indented'],
    ['what is no address', 'localhost', undefined],
  ])('%s', (_, address, name) => {
    expect(hostsFileNames(hosts, new Set([address])).get(address)).toBe(name);
  });

  it('names only what was asked for', () => {
    expect([...hostsFileNames(hosts, new Set(['127.0.0.1', '::1']))]).toEqual([
      ['127.0.0.1', 'localhost'],
      ['::1', 'ip6-localhost'],
    ]);
    expect(hostsFileNames(hosts, new Set([])).size).toBe(0);
  });

  it('never throws, and names contain no blanks', () => {
    const text = fc.string({ unit: fc.constantFrom('127.0.0.1', '::1', ' ', '\n', '#', 'x', ':') });
    fc.assert(
      fc.property(text, (given) => {
        for (const name of hostsFileNames(given, new Set(['127.0.0.1', '::1', ':', ''])).values()) {
          expect(name).not.toMatch(/\s/);
        }
      }),
    );
  });
});
