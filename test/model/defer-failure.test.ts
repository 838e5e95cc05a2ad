import { describe, expect, it } from 'vitest';
import { begun, holdBack } from '../../src/model/defer-failure.ts';

async function* failing(batches: readonly number[][]): AsyncGenerator<number[]> {
  yield* batches;
  throw new Error('no more');
}

async function taken<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
  const rows: T[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}

describe('begun', () => {
  it('throws at once what failed before anything came', async () => {
    await expect(begun(failing([]))).rejects.toThrow('no more');
  });

  it('gives all batches, and fails where they do', async () => {
    const batches = await begun(failing([[1], [2, 3]]));
    expect((await batches.next()).value).toEqual([1]);
    expect((await batches.next()).value).toEqual([2, 3]);
    await expect(batches.next()).rejects.toThrow('no more');
  });

  it('lets go of them when it is left before the end', async () => {
    let open = true;
    const source = (async function* () {
      try {
        yield [1];
        yield [2];
      } finally {
        open = false;
      }
    })();
    for await (const _ of await begun(source)) break;
    expect(open).toBe(false);
  });
});

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
