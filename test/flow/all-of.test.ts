import { expect, it } from 'vitest';
import { allOf } from '../../src/flow/all-of.ts';

async function* batches(): AsyncGenerator<readonly number[]> {
  yield [1, 2];
  yield [];
  yield Array.from({ length: 300_000 }, (_, at) => at + 3);
}

it('joins batches in their order, of any length', async () => {
  const all = await allOf(batches());
  expect(all).toHaveLength(300_002);
  expect(all.every((one, at) => one === at + 1)).toBe(true);
});
