import { describe, expect, it } from 'vitest';
import {
  attributeNamed,
  attributesOf,
  columnKeys,
  namesOf,
  nearAttributes,
  pickColumns,
} from '../../src/attributes/index.ts';
import { rateKeys } from '../../src/model/socket/info.ts';
import { reportKinds } from '../views/text/support/arbitrary.ts';

it('columns that only rounds report are the ones named so', () => {
  const rates = attributesOf('sockets').filter(({ needs }) => needs?.includes('rates'));
  expect(rates.map(({ key }) => key)).toEqual(rateKeys);
});

describe.each(reportKinds)('columns of %s', (kind) => {
  it('have keys that a person can type and a CSV header can hold, each once', () => {
    const keys = columnKeys(kind);
    for (const key of keys) expect(key).toMatch(/^[a-z]+$/);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.at(-1)).toBe('taken');
  });

  it('have aliases that are no other one’s name', () => {
    const names = attributesOf(kind).flatMap(({ key, aliases = [] }) => [key, ...aliases]);
    for (const name of names) expect(name).toMatch(/^[a-z]+$/);
    expect(new Set(names).size).toBe(names.length);
  });

  it('are described in whole sentences', () => {
    for (const { meaning } of attributesOf(kind)) expect(meaning).toMatch(/^\S.*\.$/);
  });

  it('are found by every name, and keep the one that they are asked for by', () => {
    for (const attribute of attributesOf(kind)) {
      for (const name of [attribute.key, ...(attribute.aliases ?? [])]) {
        expect(attributeNamed(kind, name)).toEqual(attribute);
        const [{ key, ...picked } = { key: null }] = pickColumns(kind, [name]);
        expect(key).toBe(name);
        expect({ ...picked, key: attribute.key }).toEqual(attribute);
      }
    }
  });

  it('have headers that differ', () => {
    const headers = attributesOf(kind).map(({ header }) => header);
    expect(new Set(headers).size).toBe(headers.length);
  });

  it('are suggested to those who type a header', () => {
    for (const { key, header } of attributesOf(kind)) {
      expect([header, nearAttributes(attributesOf(kind), header)]).toEqual([
        header,
        expect.arrayContaining([key]),
      ]);
    }
  });

  it('are picked in the order asked for', () => {
    const keys = [...columnKeys(kind)].reverse();
    expect(pickColumns(kind, keys).map(({ key }) => key)).toEqual(keys);
    expect(() => pickColumns(kind, keys)).not.toThrow();
  });

  it.each([
    ['an unknown key', ['colour'], `--columns: ${kind} have no column 'colour'`],
    ['an empty key', [''], `--columns: ${kind} have no column ''`],
    ['spaces only', ['  '], `--columns: ${kind} have no column '  '`],
    ['no key', [], 'no column named'],
  ])('reject %s and list what there is', (_, keys, message) => {
    expect(() => pickColumns(kind, keys)).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: `${message}; ${namesOf(kind, 'columns', columnKeys(kind))}`,
      }),
    );
  });

  it.each([
    ['a key of another spelling', 'Taken'],
    ['a header', 'Taken At'],
  ])('for %s, the key that was meant stands instead of all', (_, key) => {
    const message = `--columns: ${kind} have no column '${key}'; did you mean taken?`;
    expect(() => pickColumns(kind, [key])).toThrow(expect.objectContaining({ message }));
  });

  it.each([
    ['after the last comma', ['taken', '']],
    ['before a comma', ['', 'taken']],
  ])('a name that is missing %s is told', (place, keys) => {
    const message = `--columns: a name is missing ${place}`;
    expect(() => pickColumns(kind, keys)).toThrow(
      expect.objectContaining({ code: 'usage', message }),
    );
  });
});

it('a table has a limited number of columns', () => {
  const columns = (count: number) => pickColumns('routes', new Array<string>(count).fill('iface'));
  expect(columns(1000)).toHaveLength(1000);
  expect(() => columns(1001)).toThrow('1001 columns named; a table has at most 1000');
});

describe('CSV has every column that no other one covers', () => {
  it.each([
    ['sockets', ['src', 'dst', 'started', 'euser', 'parents', 'deleted', 'age', 'publishedfor']],
    ['routes', []],
    ['interfaces', []],
    ['groups', []],
    ['statistics', []],
  ] as const)('%s', (kind, without) => {
    const derived = attributesOf(kind).filter((column) => column.derived);
    expect(derived.map(({ key }) => key)).toEqual(without);
  });
});

describe('one name for one thing, and the old ones', () => {
  it.each([
    ['sockets', 'lport', ['sport']],
    ['sockets', 'rport', ['dport']],
    ['sockets', 'remote', ['foreign']],
    ['routes', 'interface', ['iface']],
    ['groups', 'interface', ['iface']],
    ['interfaces', 'name', ['interface', 'iface']],
  ] as const)('%s: %s', (kind, key, aliases) => {
    for (const alias of aliases) expect(attributeNamed(kind, alias)?.key).toBe(key);
  });
});

describe('namesOf', () => {
  it('lists what fits a message, and says where the rest is listed', () => {
    const names = Array.from({ length: 30 }, (_, at) => `n${at}`);
    expect(namesOf('routes', 'keys', names)).toBe(`keys of routes: ${names.join(', ')}`);
    expect(namesOf('sockets', 'keys', [...names, 'more'])).toBe(
      'tsnetstat --help columns lists the keys of sockets',
    );
  });
});
