import { expect, it } from 'vitest';
import { areOwnersHidden, type OwnersFound } from '../../../src/model/socket/owner.ts';
import { owner } from '../../support/builders.ts';

it.each<[string, OwnersFound, boolean]>([
  ['not read', { owners: null, noOwner: null }, false],
  ['hidden', { owners: [], noOwner: 'denied' }, true],
  ['none', { owners: [], noOwner: 'none' }, false],
  ['some that are seen', { owners: [owner(1, 'x')], noOwner: null }, false],
])('owners that are %s are hidden: %#', (_, socket, expected) => {
  expect(areOwnersHidden(socket)).toBe(expected);
});
