import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exactJson } from '../../src/text/json-text.ts';

describe('exactJson', () => {
  const most = BigInt(Number.MAX_SAFE_INTEGER);

  test.each([
    ['0', 0n],
    ['a number has all its digits', most],
    ['the first that a number has not', most + 2n],
    ['a negative one', -most - 2n],
    ['a counter of 64 bits', 2n ** 64n - 1n],
  ])('a bigint keeps its digits: %s', (_, value) => {
    expect(exactJson(value)).toBe(String(value));
    expect(exactJson({ a: [1, { b: value, c: null }] })).toBe(`{"a":[1,{"b":${value},"c":null}]}`);
  });

  test('a value stays as it is', () => {
    const value = Object.freeze({
      list: Object.freeze([Object.freeze({ count: 5n })]),
      no: undefined,
    });
    expect(exactJson(value)).toBe('{"list":[{"count":5}]}');
    expect(value.list[0]?.count).toBe(5n);
  });

  test.each<[string, unknown, string]>([
    ['a boxed bigint', { a: Object(5n) }, '{"a":5}'],
    ['what toJSON returns', [{ toJSON: () => 1n }], '[1]'],
    [
      'a date beside a long one',
      { at: new Date(0), n: most + 2n },
      `{"at":"1970-01-01T00:00:00.000Z","n":${most + 2n}}`,
    ],
    ['nothing', undefined, 'null'],
    ['a function', () => {}, 'null'],
  ])('is JSON of %s', (_, value, expected) => {
    expect(exactJson(value)).toBe(expected);
  });

  test('names the cycle in data that contains itself', () => {
    const one: { self?: unknown; n: bigint } = { n: 1n };
    one.self = one;
    expect(() => exactJson(one)).toThrow(TypeError);
    expect(() => exactJson(one)).toThrow("property 'self' closes the circle");
  });

  test('is what JSON.stringify prints of the same digits, whatever is around them', () => {
    const leaf = fc.oneof(
      fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }),
      ...[fc.integer(), fc.double(), fc.boolean(), fc.string(), fc.constantFrom(null, undefined)],
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie('tree')),
        fc.dictionary(fc.string(), tie('tree')),
      ),
    }));
    const marked = (_: string, value: unknown) =>
      typeof value === 'bigint' ? `bigint:${value}:` : value;
    fc.assert(
      fc.property(fc.array(tree), (value) => {
        const expected = JSON.stringify(value, marked).replace(/"bigint:(-?\d+):"/g, '$1');
        const text = exactJson(value);
        // What is not plain ASCII may be written as an escape.
        if (/^[ -~]*$/.test(expected)) expect(text).toBe(expected);
        else expect(JSON.parse(text)).toEqual(JSON.parse(expected));
      }),
    );
  });
});
