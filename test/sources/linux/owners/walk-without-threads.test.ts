import { describe, expect, it, vi } from 'vitest';
import { walkAll } from '../../../../src/sources/linux/owners/walk.ts';
import { fakeProc } from '../support/fake-proc.ts';

vi.mock('node:worker_threads', async () => {
  const { FailingWorker } = await import('../support/failing-worker.ts');
  return { Worker: FailingWorker };
});
vi.mock('node:os', () => ({ availableParallelism: () => 4 }));

const processes = {
  5: { fd: { 3: 'socket:[10]', 4: 'socket:[11]' } },
  6: { fd: { 3: 'socket:[20]' } },
};

describe('a walk whose threads do not start', () => {
  it.each([
    ['this thread walks anyway', undefined],
    ['this thread has other things to do', async () => {}],
  ])('is whole all the same where %s', async (_, pause) => {
    const proc = { ...fakeProc({ processes, isLive: true }), pause };
    const { shares } = await walkAll(proc, 'netstat');
    expect(shares.flatMap(({ found }) => [...found.inodes.slice(0, found.length)])).toEqual([
      10, 11, 20,
    ]);
    expect(shares.reduce((sum, { walked }) => sum + walked, 0)).toBe(2);
  });
});
