import { expect, it } from 'vitest';
import { emptyPeers } from '../../../src/model/packed/owners.ts';
import { sharesHiddenClass } from '../../support/hidden-class.ts';

it("peers' columns have one form", () => {
  expect(sharesHiddenClass(() => emptyPeers(8, [], []))).toBe(true);
});
