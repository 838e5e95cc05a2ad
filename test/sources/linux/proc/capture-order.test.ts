import { describe, expect, it } from 'vitest';
import type { ByteOrder } from '../../../../src/sources/linux/proc/byte-order.ts';
import { orderOf } from '../../../../src/sources/linux/proc/capture-order.ts';

const row = (digits: string) =>
  `header\n   0: ${digits}:0050 00000000:0000 0A 00000000:00000000 00:00000000\n`;
/** 127.0.0.1 as a little-endian machine writes it, an address that could be either, and no address. */
const [loopback, either, none] = ['0100007F', '0700000A', '00000000'].map(row);

function order(tcp: string | undefined, stated: ByteOrder | null, fallback = true) {
  const reads: string[] = [];
  const head = (path: string) => {
    reads.push(path);
    if (path !== 'net/tcp' || tcp === undefined) throw new Error('ENOENT');
    return Buffer.from(tcp);
  };
  const find = orderOf(head, { stated, fallback });
  const before = reads.length;
  const [first, second] = [find(), find()];
  expect([before, first === second]).toEqual([0, true]);
  expect(new Set(reads).size).toBe(reads.length);
  return first;
}

describe('the byte order of a capture', () => {
  it.each<[string, string | undefined, ByteOrder | null, boolean, boolean]>([
    ['its tables before any other word', loopback, null, false, true],
    ['its tables that capture.json agrees with', loopback, 'little', false, true],
    ['capture.json', either, 'big', true, false],
    ['capture.json without tables', undefined, 'little', false, true],
    ['what is assumed, where no address depends on it', none, null, false, false],
    ['what is assumed, where there is no table', undefined, null, true, true],
  ])('is that of %s', (_, tcp, stated, fallback, littleEndian) => {
    expect(order(tcp, stated, fallback)).toEqual({ littleEndian, doubt: null });
  });

  it('is that of the tables though capture.json says another, which is told', () => {
    expect(order(loopback, 'big')).toEqual({
      littleEndian: true,
      doubt:
        'capture.json says big-endian, but its tables are little-endian: they are read as little-endian',
    });
  });

  it.each([
    [true, 'little'],
    [false, 'big'],
  ])('is in doubt where nothing shows it: little-endian %s', (fallback, word) => {
    const { littleEndian, doubt } = order(either, null, fallback);
    expect(littleEndian).toBe(fallback);
    expect(doubt).toContain(`addresses are read as ${word}-endian, and are reversed if`);
  });
});
