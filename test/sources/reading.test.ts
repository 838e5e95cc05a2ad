import { describe, expect, it } from 'vitest';
import { asBatch, emptyPack } from '../../src/model/packed/sockets.ts';
import type { Socket } from '../../src/model/socket/socket.ts';
import { tcpStateOf } from '../../src/sources/linux/sockets/states.ts';
import { timerKindOf } from '../../src/sources/linux/sockets/timers.ts';
import { readingOf } from '../../src/sources/reading.ts';
import { collect } from '../support/source-answers.ts';

/** Reads these steps one after another: rows, the call of `begin`, or a failure. */
function stepwise(steps: readonly (readonly number[] | 'begin' | Error)[]) {
  const done: unknown[] = [];
  const reading = readingOf<number>(async function* (begin) {
    try {
      for (const step of steps) {
        done.push(step);
        if (step instanceof Error) throw step;
        if (step === 'begin') begin();
        else yield step;
      }
    } finally {
      done.push('closed');
    }
  });
  return { reading, done };
}
const failure = new Error('no more');

describe('readingOf', () => {
  it('begins nothing by itself', () => {
    expect(stepwise([[1]]).done).toEqual([]);
  });

  it.each<[string, Parameters<typeof stepwise>[0], boolean]>([
    ['rows came', [[1], failure], true],
    ['its end came', [], true],
    ['it said so, though no row came', ['begin', failure], true],
    ['it failed', [failure], false],
    ['it failed behind a batch without rows', [[], failure], false],
    ['its end came behind a batch without rows', [[]], true],
  ])('reports whether reading has begun if %s', async (_, steps, hasBegun) => {
    const { reading } = stepwise(steps);
    for (let time = 0; time < 2; time++) {
      if (hasBegun) await expect(reading.begun()).resolves.toBeUndefined();
      else await expect(reading.begun()).rejects.toBe(failure);
    }
  });

  it.each([true, false])('gives each row once, and no empty batch (begun: %s)', async (waits) => {
    const { reading, done } = stepwise([[], [1], [], [2, 3], []]);
    if (waits) await reading.begun();
    const batches: (readonly number[])[] = [];
    for await (const batch of reading.batches) batches.push(batch);
    expect(batches).toEqual([[1], [2, 3]]);
    expect(done.at(-1)).toBe('closed');
  });

  it('pulls no further than to the first rows before these are taken', async () => {
    const { reading, done } = stepwise([[1], [2]]);
    await reading.begun();
    expect(done).toEqual([[1]]);
  });

  it('fails behind the rows, whether the beginning was waited for or not', async () => {
    for (const waits of [true, false]) {
      const { reading } = stepwise(['begin', [1], failure]);
      if (waits) await reading.begun();
      const rows: number[] = [];
      await expect(
        (async () => {
          for await (const batch of reading.batches) rows.push(...batch);
        })(),
      ).rejects.toBe(failure);
      expect(rows).toEqual([1]);
    }
  });

  it('fails in its batches with what prevented the start, if no caller waited for that', async () => {
    await expect(collect(stepwise([failure]).reading.batches)).rejects.toBe(failure);
  });

  it('is closed when its batches are left before the end', async () => {
    const { reading, done } = stepwise([[1], [2]]);
    for await (const _ of reading.batches) break;
    expect(done).toEqual([[1], 'closed']);
  });

  it.each<[string, readonly number[], readonly number[]]>([
    ['few', [4095], []],
    ['many', [4095, 1], [4096]],
    ['twice as many, and once more', [4096, 4095, 1, 8191, 1], [4096, 8192, 16_384]],
    ['very many at once', [100_000, 1, 99_999], [100_000, 200_000]],
    ['none', [0, 0], []],
  ])(
    'reports that there are many rows, and each time that they have doubled: %s',
    async (_, sizes, told) => {
      const counts: number[] = [];
      const reading = readingOf<number>(
        async function* () {
          for (const size of sizes) yield new Array<number>(size).fill(0);
        },
        { onManyRows: (rows) => counts.push(rows) },
      );
      await collect(reading.batches);
      expect(counts).toEqual(told);
    },
  );

  it.each([
    [false, [8192]],
    [true, []],
  ])('counts packed rows, 32 as one if they are shown: %s', async (arePacksShown, told) => {
    const counts: number[] = [];
    const table = { protocol: 'tcp', family: 'inet', stateOf: tcpStateOf, timerKindOf } as const;
    const pack = emptyPack(table, 8192, false);
    pack.length = 8192;
    const reading = readingOf<Socket>(
      async function* () {
        yield asBatch(pack);
      },
      { onManyRows: (rows) => counts.push(rows), arePacksShown },
    );
    for await (const _ of reading.batches);
    expect(counts).toEqual(told);
  });
});
