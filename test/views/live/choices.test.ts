import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../src/model/report/facts.ts';
import { defaultListing } from '../../../src/options/default-listing.ts';
import {
  columnChoices,
  columnsChosen,
  sortBy,
  sortChoices,
} from '../../../src/views/live/choices.ts';
import { askedColumns } from '../../../src/views/live/columns.ts';
import { linuxFacts } from '../../support/fake-source.ts';

describe('the columns that are offered', () => {
  const offered = (facts: readonly Fact[]) =>
    columnChoices(defaultListing, facts).map(({ key }) => key);
  const internals = ['rtt', 'congestion', 'tcpoptions'];

  it.each([
    ['all of TCP', ['tcpInfo', 'tcpInternals'], [...internals, 'sent']],
    ['only the bytes of connections', ['tcpInfo'], ['sent']],
    ['nothing of it', [], []],
  ] as const)('where the platform reports %s', (_, facts, expected) => {
    const keys = [...internals, 'sent'];
    expect(
      offered(facts)
        .filter((key) => keys.includes(key))
        .sort(),
    ).toEqual([...expected].sort());
  });
});

describe('the columns that were chosen', () => {
  const own = askedColumns(defaultListing);
  /** Of a screen that shows `columns`, with these turned on or off. */
  const chosen = (columns: readonly string[] | null, ...turned: readonly string[]) => {
    const asked = { ...defaultListing, view: { ...defaultListing.view, columns } };
    const choices = columnChoices(asked, linuxFacts).map((one) =>
      turned.includes(one.key) ? { ...one, isOn: !one.isOn } : one,
    );
    return columnsChosen(asked, choices);
  };

  it.each<[string, readonly string[] | null, readonly string[], readonly string[] | null]>([
    ['none turned: the usual ones', null, [], null],
    ['the usual ones, in another order', own.toReversed(), [], null],
    ['all turned off', null, own, null],
    ['one off', null, ['dst'], own.filter((key) => key !== 'dst')],
    ['one on', null, ['user'], [...own, 'user']],
    ['one for another', null, ['dst', 'user'], [...own.filter((key) => key !== 'dst'), 'user']],
    ['back to the usual ones', [...own, 'user'], ['user'], null],
    ['those shown keep their order', ['state', 'src'], ['user'], ['state', 'src', 'user']],
    ['under other names', ['sport'], ['state'], ['lport', 'state']],
  ])('%s', (_, columns, turned, expected) => {
    expect(chosen(columns, ...turned)).toEqual(expected);
  });
});

describe('what rows can be sorted by', () => {
  const on = (sort: readonly string[]) =>
    sortChoices({ ...defaultListing, query: { ...defaultListing.query, sort } }, ['tcpInfo'])
      .filter(({ isOn }) => isOn)
      .map(({ label }) => label);

  it.each([
    [[], ['not sorted']],
    [['state'], ['state']],
    [['-sent'], ['sent']],
    [['sport'], ['lport']],
  ])('of %j is on: %j', (sort, expected) => {
    expect(on(sort)).toEqual(expected);
  });

  it('quantities from the largest, names from the first', () => {
    const [unsorted] = sortChoices(defaultListing, ['tcpInfo']);
    expect(sortBy(unsorted?.key ?? '?')).toEqual([]);
    expect(sortBy('state')).toEqual(['state']);
    expect(sortBy('sent')).toEqual(['-sent']);
  });
});
