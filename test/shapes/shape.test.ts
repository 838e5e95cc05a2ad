import { describe, expect, it } from 'vitest';
import {
  coded,
  count,
  counter,
  counterOrNull,
  each,
  listOf,
  nullable,
  number,
  objectOf,
  optional,
  port,
  type Shape,
  text,
  whole,
  word,
  yesOrNo,
} from '../../src/shapes/shape.ts';

const tcpOrUdp = coded('UNKNOWN', ['tcp', 'udp']);

describe('a value of its kind passes, and no other', () => {
  it.each<[name: string, shape: Shape, good: readonly unknown[], bad: readonly unknown[]]>([
    ['a text', text, ['', 'a\nb'], [1, null, undefined, {}, ['a']]],
    ['yes or no', yesOrNo, [true, false], [0, 1, 'true', null]],
    ['a number', number, [0, -1, 1.5], ['1', null, 1n]],
    ['a count', count, [0, 1, 2 ** 40], [-1, 1.5, '1', 1n, null, Number.NaN, [1]]],
    ['a whole number', whole, [0, -1, 2 ** 40], [1.5, '1', 1n, null]],
    ['a port', port, [0, 1, 65_535], [-1, 65_536, 1.5, '1', null]],
    [
      'a word',
      word,
      ['a', 'UNKNOWN(7)', 'host-scope 1:2.3', `a${'b'.repeat(63)}`],
      ['', '1a', ' a', '-a', 'a\n', 'a;b', `a${'b'.repeat(64)}`, 1, null, ['a']],
    ],
    [
      'a word or a code',
      tcpOrUdp,
      ['tcp', 'udp', 'UNKNOWN(7)', 'UNKNOWN(-1)', 'UNKNOWN(4294967295)'],
      ['raw', 'UNKNOWN', 'UNKNOWN()', 'UNKNOWN(x)', 'UNKNOWN(12345678901)', 'xUNKNOWN(7)', 7],
    ],
    ['what may be null', nullable(count), [null, 1], [undefined, -1, 'x']],
    ['a list', listOf(count), [[], [1, 2]], [{}, null, 'x', { length: 0 }]],
  ])('%s', (_, shape, good, bad) => {
    for (const value of good) expect(shape(value), String(value)).toBeNull();
    for (const value of bad) expect(shape(value), String(value)).not.toBeNull();
  });

  it.each([undefined, null, 'x', 7, [], [{ a: 1 }]])('an object: not %j', (value) => {
    const shape = objectOf<{ a?: number }>({ a: optional(count) });
    expect(shape({})).toBeNull();
    expect(shape(value)).toEqual({ place: '', expected: 'an object' });
  });
});

describe('what is wrong', () => {
  const shape = listOf(
    objectOf<{ ports: number[]; zone?: string }>({ ports: listOf(port), zone: optional(text) }),
  );

  it.each([
    [{}, { place: '', expected: 'a list' }],
    [[{ ports: [] }, 7], { place: '[1]', expected: 'an object' }],
    [[{}], { place: '[0].ports', expected: 'it to be there' }],
    [[{ ports: [1, -1] }], { place: '[0].ports[1]', expected: 'a port from 0 to 65535' }],
    [[{ ports: [], zone: null }], { place: '[0].zone', expected: 'a text' }],
  ])('is named with its place: %j', (value, found) => {
    expect(shape(value)).toEqual(found);
  });

  it('is named by all that it might have been', () => {
    expect(tcpOrUdp('raw')?.expected).toBe('one of tcp, udp, UNKNOWN(NUMBER)');
  });
});

describe('a counter', () => {
  const fields = each(['bytes'], counter);
  const shape = objectOf<{ bytes: bigint }>(fields);
  const orNull = objectOf<{ bytes: bigint | null }>({ bytes: counterOrNull });

  it.each([
    [7, 7n],
    [-1, -1n],
    [2 ** 53 - 1, 9007199254740991n],
    ['9007199254740993', 9007199254740993n],
    ['-9223372036854775808', -9223372036854775808n],
    ['18446744073709551615', 18446744073709551615n],
  ])('%j becomes a bigint', (bytes, expected) => {
    for (const checked of [shape, orNull]) {
      const value = { bytes };
      expect(checked(value)).toBeNull();
      expect(value.bytes).toBe(expected);
    }
  });

  it.each([1.5, 2 ** 53, '7', '0x10000000000000', `1${'0'.repeat(20)}`, '', true, {}, undefined])(
    'is no %j',
    (bytes) => {
      for (const checked of [shape, orNull]) {
        expect(checked({ bytes })).toEqual({ place: '.bytes', expected: 'a whole number' });
      }
    },
  );

  it('is null only where it may be', () => {
    expect(orNull({ bytes: null })).toBeNull();
    expect(shape({ bytes: null })).not.toBeNull();
    expect(shape({})).toEqual({ place: '.bytes', expected: 'it to be there' });
    expect(orNull({})).toEqual({ place: '.bytes', expected: 'it to be there' });
  });
});
