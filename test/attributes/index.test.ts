import { describe, expect, it } from 'vitest';
import { checkColumns, columnKeys, columnsOf, pickColumns } from '../../src/attributes/index.ts';
import { reportKinds } from '../views/text/support/arbitrary.ts';

describe.each(reportKinds)('columns of %s', (kind) => {
  it('have keys that a person can type and a CSV header can hold, each once', () => {
    const keys = columnKeys(kind);
    for (const key of keys) expect(key).toMatch(/^[a-z]+$/);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.at(-1)).toBe('taken');
  });

  it('have headers that differ', () => {
    const headers = columnsOf(kind).map(({ header }) => header);
    expect(new Set(headers).size).toBe(headers.length);
  });

  it('are picked in the order asked for', () => {
    const keys = [...columnKeys(kind)].reverse();
    expect(pickColumns(kind, keys).map(({ key }) => key)).toEqual(keys);
    expect(() => checkColumns(kind, keys)).not.toThrow();
  });

  it.each([
    ['an unknown key', ['colour'], 'unknown column "colour"'],
    ['an empty key', [''], 'unknown column ""'],
    ['a key of another spelling', ['Taken'], 'unknown column "Taken"'],
    ['no key', [], 'no column named'],
  ])('refuse %s and say what there is', (_, keys, message) => {
    expect(() => checkColumns(kind, keys)).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: `${message}; columns of ${kind}: ${columnKeys(kind).join(', ')}`,
      }),
    );
  });
});

describe('CSV has every column that is not told by others', () => {
  it.each([
    ['sockets', ['src', 'dst']],
    ['routes', []],
    ['interfaces', []],
    ['groups', []],
    ['statistics', ['rate']],
  ] as const)('%s', (kind, without) => {
    const derived = columnsOf(kind).filter((column) => column.derived);
    expect(derived.map(({ key }) => key)).toEqual(without);
  });
});
