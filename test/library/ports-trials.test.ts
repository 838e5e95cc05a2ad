import { afterEach, describe, expect, it, vi } from 'vitest';
import { freePort, isFree } from '../../src/library/ports.ts';
import type { Warning } from '../../src/model/report/snapshot.ts';

const fake = vi.hoisted(() => ({
  warnings: [] as readonly Warning[],
  isRefused: vi.fn(async () => true),
}));
vi.mock('../../src/library/take.ts', () => ({
  take: async () => ({ sockets: [], warnings: fake.warnings }),
}));
vi.mock('../../src/library/trial.ts', () => ({
  isOldKernel: () => false,
  isRefused: fake.isRefused,
}));

const because = (code: Warning['code']): Warning => ({ code, message: '', source: '/proc/net' });

describe.skipIf(process.platform !== 'linux')('whether it is tried to listen', () => {
  afterEach(() => void fake.isRefused.mockClear());

  it.each<[Warning['code'], number]>([
    ['unreadable', 1],
    ['uncertain', 1],
    ['absent', 0],
    ['owners-denied', 0],
  ])('depends on whether sockets may be missing: %s', async (code, times) => {
    fake.warnings = [because(code)];
    expect(await isFree(8080)).toBe(times === 0);
    expect(fake.isRefused).toHaveBeenCalledTimes(times);
  });

  it('ends with the signal', async () => {
    fake.warnings = [because('unreadable')];
    const stop = new AbortController();
    fake.isRefused.mockImplementation(async () => {
      stop.abort(new Error('enough'));
      return true;
    });
    await expect(freePort({ signal: stop.signal })).rejects.toThrow('enough');
    expect(fake.isRefused).toHaveBeenCalledTimes(1);
  });
});
