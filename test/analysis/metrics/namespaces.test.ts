import { describe, expect, it } from 'vitest';
import { namespaceLabels } from '../../../src/analysis/metrics/namespaces.ts';
import type { Netns } from '../../../src/model/machine/netns.ts';

const own: Netns = { inode: 4026531840, name: null, own: true };
const netns = (inode: number | null, name: string | null): Netns => ({ inode, name, own: false });
const long = 'x'.repeat(100);

function labelsOf(all: readonly Netns[], isMet = true, top = 20) {
  const labels = namespaceLabels(top);
  if (isMet) labels.meet([...all, undefined, ...all]);
  return { names: all.map((one) => labels.of(one)), leftOut: labels.leftOut() };
}

describe('the label of a network namespace', () => {
  it.each<[string, readonly Netns[], readonly string[]]>([
    ['is its name', [own, netns(1, 'web'), netns(2, 'db')], ['(own)', 'web', 'db']],
    ['is its number, where it has no name', [own, netns(7, null)], ['(own)', '7']],
    [
      'has the number too of each that is called the same',
      [own, netns(1, 'web'), netns(2, 'db'), netns(3, 'web')],
      ['(own)', 'web (1)', 'db', 'web (3)'],
    ],
    ['has it where it would be that of all others', [netns(4, 'other')], ['other (4)']],
    [
      'has it behind as much of the name as there is room for',
      [netns(5, `${long}a`), netns(6, `${long}b`)],
      [`${long.slice(0, 60)} (5)`, `${long.slice(0, 60)} (6)`],
    ],
  ])('%s', (_, all, expected) => {
    expect(labelsOf(all)).toEqual({ names: expected, leftOut: 0 });
  });

  it('of one that comes later has its number after the one reported before', () => {
    expect(labelsOf([netns(1, 'web'), netns(2, 'web')], false).names).toEqual(['web', 'web (2)']);
  });

  it('is other if nothing distinguishes it, or there are too many', () => {
    expect(labelsOf([netns(1, 'web'), netns(null, 'web')])).toEqual({
      ...{ names: ['web (1)', 'web'], leftOut: 0 },
    });
    expect(labelsOf([own, netns(1, 'a'), netns(2, 'b')], true, 2)).toEqual({
      ...{ names: ['(own)', 'a', 'other'], leftOut: 1 },
    });
    expect(labelsOf([netns(null, 'other')])).toEqual({ names: ['other'], leftOut: 1 });
  });

  it('is given to the own one, then by name and number, whoever has rows first', () => {
    const lasting = [netns(9, 'db'), netns(8, 'web'), own, netns(3, null)];
    const shownOf = (all: readonly Netns[]) => {
      const labels = namespaceLabels(3);
      labels.meet(all);
      return new Set(
        all
          .toReversed()
          .map(labels.of)
          .filter((label) => label !== 'other'),
      );
    };
    const shown = new Set(['(own)', 'db', 'web']);
    expect(shownOf(lasting)).toEqual(shown);
    expect(shownOf([netns(1, null), ...lasting])).toEqual(shown);
    expect(shownOf([...lasting.toReversed(), netns(5, null)])).toEqual(shown);
  });

  it.each<[string, readonly Netns[], readonly string[]]>([
    ['the own one before one with a name', [netns(1, 'a'), own], ['other', '(own)']],
    ['by name', [netns(1, 'web'), netns(2, 'db')], ['other', 'db']],
    ['one with a name before one without', [netns(1, null), netns(2, 'db')], ['other', 'db']],
    ['by number, of those without one', [netns(20, null), netns(3, null)], ['other', '3']],
  ])('is given in order where there is but one: %s', (_, all, expected) => {
    expect(labelsOf(all, true, 1)).toEqual({ names: expected, leftOut: 1 });
    expect(labelsOf(all.toReversed(), true, 1).names).toEqual(expected.toReversed());
  });

  it('stays with those without a name that had one in the reading before', () => {
    const lasting = new Set<string>();
    const shownOf = (...inodes: readonly number[]) => {
      const labels = namespaceLabels(3, lasting);
      const all = [own, ...inodes.map((inode) => netns(inode, null)), netns(9, 'web')];
      labels.meet(all);
      return all.map(labels.of).filter((label) => label !== 'other');
    };
    expect(shownOf(5, 6)).toEqual(['(own)', '5', 'web']);
    expect(shownOf(1, 6, 5)).toEqual(['(own)', '5', 'web']);
    expect(shownOf(6, 1)).toEqual(['(own)', '1', 'web']);
    expect(shownOf(6, 1, 5)).toEqual(['(own)', '1', 'web']);
  });

  it('is other for those that nothing identifies, each of which is left out', () => {
    const unknown = [netns(null, null), netns(null, null), netns(null, null)];
    const names = ['(own)', 'other', 'other', 'other'];
    expect(labelsOf([own, ...unknown])).toEqual({ names, leftOut: 3 });
    expect(labelsOf([own, ...unknown], false)).toEqual({ names, leftOut: 1 });
  });

  it('is none where only the own one is read', () => {
    expect(namespaceLabels(20).of(undefined)).toBeNull();
  });
});
