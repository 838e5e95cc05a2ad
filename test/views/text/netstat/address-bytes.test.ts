import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ipv4Text, ipv6Text, unmapped } from '../../../../src/model/address-text.ts';
import {
  roomOf,
  writeIpv4,
  writeIpv6,
  writePort,
} from '../../../../src/views/text/netstat/address-bytes.ts';
import { address, word } from '../../../support/packs.ts';

const room = roomOf(64);

/** What was written from the first byte on. */
const written = (end: number) => Buffer.from(room.bytes.subarray(0, end)).toString('latin1');

describe('addresses as bytes', () => {
  it('writes each port', () => {
    const ports = Array.from({ length: 65_536 }, (_, port) => port);
    expect(ports.map((port) => written(writePort(room, port, 0)))).toEqual(
      ports.map((port) => (port === 0 ? ':*' : `:${port}`)),
    );
  });

  it('writes IPv4 as its text', () => {
    fc.assert(
      fc.property(word, (one) => {
        expect(written(writeIpv4(room, one | 0, 0))).toBe(ipv4Text(one));
      }),
    );
  });

  it('writes IPv6 as its text, and a mapped address as IPv4', () => {
    /** Few groups are other than zero, so that runs of zeros are of any length and at any place. */
    const group = fc.oneof(fc.constant(0), fc.constantFrom(1, 0x10, 0xabc, 0xffff), word);
    const groups = fc.array(
      group.map((one) => one & 0xffff),
      { minLength: 8, maxLength: 8 },
    );
    const words = groups.map((all) =>
      [0, 2, 4, 6].map((at) => ((all[at] as number) << 16) | (all[at + 1] as number)),
    );
    fc.assert(
      fc.property(fc.oneof(words, address), (one) => {
        const [a, b, c, d] = one.map((part) => part >>> 0) as [number, number, number, number];
        const end = writeIpv6(room, Int32Array.from([0, ...one]), 1, 0);
        expect(written(end)).toBe(unmapped(ipv6Text(a, b, c, d)));
      }),
      { numRuns: 2000 },
    );
  });
});
