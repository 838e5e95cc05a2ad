import { describe, expect, it } from 'vitest';
import { deferFailure } from '../../src/flow/defer-failure.ts';
import { collect } from '../support/source-answers.ts';

async function* failing(batches: readonly number[][]): AsyncGenerator<number[]> {
  yield* batches;
  throw new Error('no more');
}

describe('deferFailure', () => {
  it('ends with the rows, and throws behind them', async () => {
    const all = deferFailure(failing([[1, 2], [3]]));
    expect(await collect(all.batches)).toEqual([1, 2, 3]);
    expect(all.rethrow).toThrow('no more');
  });

  it('ends without rows where none came before the failure', async () => {
    const all = deferFailure(failing([]));
    expect(await collect(all.batches)).toEqual([]);
    expect(all.rethrow).toThrow('no more');
  });

  it('reports the failure before the batches end', async () => {
    const errors: unknown[] = [];
    const all = deferFailure(failing([[1]]), (error) => errors.push(error));
    await all.batches.next();
    expect(errors).toEqual([]);
    expect((await all.batches.next()).done).toBe(true);
    expect(errors).toEqual([new Error('no more')]);
  });

  it('has nothing to throw where nothing failed', async () => {
    const all = deferFailure(
      (async function* () {
        yield [1];
      })(),
    );
    expect(await collect(all.batches)).toEqual([1]);
    expect(all.rethrow).not.toThrow();
  });

  it('lets go of the batches when it is left before the end', async () => {
    let open = true;
    const batches = (async function* () {
      try {
        yield [1];
        yield [2];
      } finally {
        open = false;
      }
    })();
    for await (const _ of deferFailure(batches).batches) break;
    expect(open).toBe(false);
  });
});
