import { expect, it } from 'vitest';
import type { Entry } from '../../../src/analysis/difference/entries.ts';
import { blindPlaces, noteBlind, nothingFound } from '../../../src/analysis/difference/found.ts';
import type { OwnersKnown } from '../../../src/analysis/identity.ts';

const entry = (owners: OwnersKnown): Entry<string> => ({
  ...{ rows: [], standing: 'compared', owners },
});

/** How many places and hidden ones there are where these pairs of rows share one place. */
function blind(...pairs: readonly (readonly [OwnersKnown, OwnersKnown])[]) {
  const found = nothingFound<string>();
  for (const [then, now] of pairs) noteBlind('tcp :80', entry(then), entry(now), found);
  const { owners, ownersHidden } = blindPlaces(found);
  return [owners, ownersHidden];
}

it('a place is hidden only if neither side knows the owners of any of its rows, in whatever order', () => {
  expect(blind(['unseen', 'unseen'])).toEqual([1, 1]);
  expect(blind(['known', 'unseen'])).toEqual([1, 0]);
  expect(blind(['unseen', 'unseen'], ['known', 'unseen'])).toEqual([1, 0]);
  expect(blind(['known', 'unseen'], ['unseen', 'unseen'])).toEqual([1, 0]);
  expect(blind(['known', 'known'])).toEqual([0, 0]);
});
