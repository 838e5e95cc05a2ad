import { describe, expect, it } from 'vitest';
import {
  elements,
  jsonFrom,
  member,
  members,
} from '../../../../src/sources/linux/workloads/json.ts';

describe('JSON of others', () => {
  it.each([
    ['{"a": [1, "x", null]}', { a: [1, 'x', null] }],
    ['7', 7],
    ['', null],
    ['{', null],
    ['{"a": 1} x', null],
  ])('%s', (text, value) => {
    expect(jsonFrom(text)).toEqual(value);
    expect(jsonFrom(Buffer.from(text))).toEqual(value);
  });

  it.each([
    ['lists in lists', '['.repeat(50_000) + ']'.repeat(50_000), '['.repeat(100_001)],
    ['many values', `[${'1,'.repeat(250_000)}1]`, `[${'1,'.repeat(250_001)}1]`],
    ['many objects', `[${'{},'.repeat(50_000)}{}]`, `[${'{},'.repeat(100_000)}{}]`],
  ])('with %s is parsed up to a bound', (_, some, many) => {
    expect(jsonFrom(some)).toBeInstanceOf(Array);
    expect(jsonFrom(many)).toBeNull();
  });
});

describe('a value of others', () => {
  const value = { a: { b: 'x' }, list: [1, 2, 3], none: null };

  it('has members of its own alone', () => {
    expect(member(value, 'a', 'b')).toBe('x');
    expect(member(value)).toBe(value);
    for (const keys of [['b'], ['a', 'c'], ['none', 'x'], ['toString'], ['a', 'b', 'length']]) {
      expect(member(value, ...keys)).toBeUndefined();
    }
  });

  it('has elements where it is a list', () => {
    expect(elements(value.list, 2)).toEqual([1, 2]);
    for (const other of [value, null, undefined, 'ab', 7]) expect(elements(other, 2)).toEqual([]);
  });

  it('has names where it is an object', () => {
    expect(members(value.a, 2)).toEqual([['b', 'x']]);
    expect(members(value, 1)).toHaveLength(1);
    for (const other of [[1], null, undefined, 'ab', 7]) expect(members(other, 2)).toEqual([]);
  });
});
