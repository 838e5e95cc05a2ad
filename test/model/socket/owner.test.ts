import { describe, expect, it } from 'vitest';
import {
  areOwnersHidden,
  lacks,
  lacksDetail,
  type OwnersFound,
} from '../../../src/model/socket/owner.ts';
import { owner } from '../../support/builders.ts';

it.each<[string, OwnersFound, boolean]>([
  ['not read', { owners: null, noOwner: null }, false],
  ['hidden', { owners: [], noOwner: 'denied' }, true],
  ['none', { owners: [], noOwner: 'none' }, false],
  ['some that are seen', { owners: [owner(1, 'x')], noOwner: null }, false],
])('owners that are %s: %j, hidden: %s', (_, socket, expected) => {
  expect(areOwnersHidden(socket)).toBe(expected);
});

describe('lacks', () => {
  const known = {
    ...{ commandLine: 'x -y', executable: '/bin/x', executableDeleted: false, uid: 0 },
    ...{ startedAt: '2026-01-01T00:00:00.000Z', parents: [{ pid: 1, name: 'init' }] },
  };

  it.each(Object.keys(known) as (keyof typeof known)[])('%s', (fact) => {
    const all = owner(7, 'x', known);
    const without = { ...all, [fact]: null };
    expect([lacks[fact](all), lacksDetail(all)]).toEqual([false, false]);
    expect([lacks[fact](without), lacksDetail(without)]).toEqual([true, true]);
  });

  it('the end of a command line that was cut', () => {
    expect(lacksDetail(owner(7, 'x', { ...known, commandTruncated: true }))).toBe(true);
  });

  it('the name of an ancestor, and all that was not asked for', () => {
    const hidden = owner(7, 'x', { ...known, parents: [{ pid: 1, name: null }] });
    expect([lacks.parents(hidden), lacksDetail(hidden)]).toEqual([true, true]);
    const bare = owner(7, 'x');
    expect(Object.values(lacks).map((lacksIt) => lacksIt(bare))).not.toContain(false);
  });
});
