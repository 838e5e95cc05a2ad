import { describe, expect, it } from 'vitest';
import { holdBack } from '../../src/model/hold-back.js';

async function* failing(batches: readonly number[][]): AsyncGenerator<number[]> {
  yield* batches;
  throw new Error('no more');
}

async function taken<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
  const rows: T[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}

describe('holdBack', () => {
  it('ends with the rows, and throws behind them', async () => {
    const all = holdBack(failing([[1, 2], [3]]));
    expect(await taken(all.batches)).toEqual([1, 2, 3]);
    expect(all.rethrow).toThrow('no more');
  });

  it('counts an empty batch as a beginning', async () => {
    const all = holdBack(failing([[]]));
    expect(await taken(all.batches)).toEqual([]);
    expect(all.rethrow).toThrow('no more');
  });

  it('throws at once what failed before anything came', async () => {
    await expect(taken(holdBack(failing([])).batches)).rejects.toThrow('no more');
  });

  it('has nothing to throw where nothing failed', async () => {
    const all = holdBack(
      (async function* () {
        yield [1];
      })(),
    );
    expect(await taken(all.batches)).toEqual([1]);
    expect(all.rethrow).not.toThrow();
  });
});
