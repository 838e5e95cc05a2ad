import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnKeys } from '../../src/attributes/index.ts';
import type { Counter } from '../../src/model/machine/counter.ts';
import type { Route } from '../../src/model/machine/route.ts';
import { noNames } from '../../src/model/report/names.ts';
import { compileSort, sortKeyNames } from '../../src/select/sort.ts';
import { group, inet, owner, unix } from '../support/builders.ts';
import { anySocket } from './sockets.ts';

const sockets = {
  a: inet('10.0.0.1:80', '192.0.2.1:9', { uid: 33, recvQueue: 5, sendQueue: null }),
  b: inet('9.0.0.1:443', '192.0.2.1:10', { uid: 0, recvQueue: 10, owners: [owner(20, 'b')] }),
  c: inet('10.0.0.1:9', '0.0.0.0', { uid: null, owners: [owner(3, 'c'), owner(99, 'a')] }),
  d: inet('[::1]:8080', '[::]', { protocol: 'udp', uid: 33, owners: [] }),
  e: inet('[2001:db8::1]:22', '[2001:db8::2]:5', { state: 'TIME_WAIT', recvQueue: null }),
  f: unix('/run/x', { owners: [owner(100, null)] }),
};

function order(...keys: string[]): string {
  const sorted = compileSort(keys, {
    ...noNames,
    user: (uid) => (uid === 0 ? 'root' : undefined),
  })(Object.values(sockets));
  return sorted
    .map((socket) => Object.entries(sockets).find(([, other]) => other === socket)?.[0])
    .join('');
}

describe('compileSort', () => {
  it.each([
    [[], 'abcdef'],
    [['proto'], 'abcedf'],
    [['local'], 'bcadef'],
    [['src'], 'bcadef'],
    [['-src'], 'fedacb'],
    [['dst'], 'cabdef'],
    [['sport'], 'ceabdf'],
    [['dport'], 'cdeabf'],
    [['sport', '-lport'], 'ceabdf'],
    [['-local'], 'fedacb'],
    [['lport'], 'ceabdf'],
    [['remote'], 'cabdef'],
    [['rport'], 'cdeabf'],
    [['state'], 'fabced'],
    [['pid'], 'cbfade'],
    [['-pid'], 'fbcade'],
    [['program'], 'bcadef'],
    [['user'], 'adbecf'],
    [['recvq'], 'cdabef'],
    [['-recvq'], 'bacdef'],
    [['sendq'], 'bcdeaf'],
    [['proto', '-lport'], 'bacedf'],
    [['proto', '-lport', 'lport', '-proto'], 'bacedf'],
  ])('%j', (keys, expected) => {
    expect(order(...keys)).toBe(expected);
  });

  it('puts the older first by creation and last by age, and unknown times after them', () => {
    const at = (createdAt: string | null) => inet('192.0.2.1:80', '192.0.2.1:9', { createdAt });
    const [older, younger, unknown] = [
      at('2026-02-28T11:59:58.500Z'),
      at('2026-03-01T00:00:00.000Z'),
      at(null),
    ];
    const sorted = (key: string) => compileSort([key], noNames)([unknown, younger, older]);
    expect(sorted('created')).toEqual([older, younger, unknown]);
    expect(sorted('-created')).toEqual([younger, older, unknown]);
    expect(sorted('age')).toEqual([younger, older, unknown]);
    expect(sorted('-age')).toEqual([older, younger, unknown]);
  });

  it('reads a value once, however often its key is named', () => {
    let read = 0;
    const row = {
      ...sockets.a,
      get recvQueue() {
        read++;
        return 1;
      },
    };
    compileSort(new Array<string>(100_000).fill('recvq'), noNames)([row, sockets.b]);
    expect(read).toBe(1);
  });

  it('keeps equal rows as they were, loses none and puts nulls last either way', () => {
    const key = fc.constantFrom(...sortKeyNames('sockets'));
    fc.assert(
      fc.property(fc.array(anySocket, { maxLength: 30 }), key, (rows, name) => {
        const up = compileSort([name], noNames)(rows);
        const down = compileSort([`-${name}`], noNames)(rows);
        expect(new Set(up)).toEqual(new Set(rows));
        expect(up).toHaveLength(rows.length);
        expect(compileSort([name], noNames)(up)).toEqual(up);
        expect(compileSort([name], noNames)(down)).toHaveLength(rows.length);
        if (name === 'recvq') {
          const values = (list: typeof rows) =>
            list.map((row) => (row.protocol === 'unix' ? null : row.recvQueue));
          const known = values(rows).filter((value) => value !== null);
          const nulls = values(rows).filter((value) => value === null);
          expect(values(up)).toEqual([...known.sort((one, other) => one - other), ...nulls]);
          expect(values(down)).toEqual([...known.reverse(), ...nulls]);
        }
      }),
    );
  });

  it.each([
    ['sprot', "--sort: sockets have no key 'sprot'; did you mean sport?"],
    ['', '--sort: a key is missing'],
    ['-', '--sort: a key is missing after the dash'],
    ['toString', "sockets have no key 'toString'"],
    ['metric', "sockets have no key 'metric'"],
  ])('refuses %j', (key, message) => {
    expect(() => order(key)).toThrow(message);
  });

  it('says that a key is missing, and not where if nothing is given', () => {
    expect(() => order('')).toThrow(/ a key is missing$/);
  });

  it('offers no column that has no order', () => {
    const known = columnKeys('routes').filter((key) => key !== 'taken');
    expect(() => compileSort(['taken'], noNames, 'routes')).toThrow(
      `--sort: routes have no key 'taken'; keys of routes: ${known.join(', ')}; -KEY for descending`,
    );
  });

  it('sorts counters by all their digits, below zero and past 2^53', () => {
    const values = [9007199254740993n, 18446744073709551615n, -1n, 9007199254740992n, 0n];
    const rows = values.map((value) => ({ value }) as Counter);
    const sorted = (key: string) =>
      compileSort([key], noNames, 'statistics')(rows).map(({ value }) => value);
    const order = [-1n, 0n, 9007199254740992n, 9007199254740993n, 18446744073709551615n];
    expect(sorted('value')).toEqual(order);
    expect(sorted('-value')).toEqual([...order].reverse());
  });

  it('sorts other reports by keys of their own', () => {
    const route = (destination: string, metric: number | null) =>
      ({ destination, prefixLength: 24, metric, gateway: null }) as Route;
    const rows = [route('10.0.0.0', 5), route('9.0.0.0', null), route('2001:db8::', 1)];
    const sorted = (key: string) =>
      compileSort([key], noNames, 'routes')(rows).map(({ destination }) => destination);
    expect(sorted('destination')).toEqual(['9.0.0.0', '10.0.0.0', '2001:db8::']);
    expect(sorted('-metric')).toEqual(['10.0.0.0', '2001:db8::', '9.0.0.0']);
    expect(() => sorted('pid')).toThrow("routes have no key 'pid'");
  });

  it('sorts addresses of other reports as numbers, IPv4 first, and none last', () => {
    const route = (gateway: string | null, source: string | null) =>
      ({
        ...{ destination: '10.0.0.0', prefixLength: 24, gateway },
        source: source === null ? null : { address: source, prefixLength: 64 },
      }) as Route;
    const rows = [
      route('fe80::1', 'fd00:10::'),
      route(null, null),
      route('10.0.0.1', 'fd00:9::'),
      route('9.0.0.1', 'fd00:a::'),
    ];
    const places = (key: string) =>
      compileSort([key], noNames, 'routes')(rows).map((row) => rows.indexOf(row));
    expect(places('gateway')).toEqual([3, 2, 0, 1]);
    expect(places('source')).toEqual([2, 3, 0, 1]);
    const groups = ['ff02::1', '224.0.0.251', '224.0.0.2'].map((one) => group('eth0', one, 1));
    const sorted = compileSort(['group'], noNames, 'groups')(groups);
    expect(sorted.map((one) => one.group)).toEqual(['224.0.0.2', '224.0.0.251', 'ff02::1']);
  });
});
