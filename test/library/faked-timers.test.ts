import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import {
  diagnose,
  follow,
  freePort,
  groups,
  interfaces,
  isFree,
  metrics,
  routes,
  snapshot,
  statistics,
  waitFor,
  whoHolds,
} from '../../src/library.ts';

const procRoot = join(import.meta.dirname, '../../fixtures/linux/quiet-laptop');

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** What a program may call in its tests, whose timers stand still. */
const calls: Readonly<Record<string, () => Promise<unknown>>> = {
  snapshot: () => snapshot({ procRoot, owners: true }),
  routes: () => routes({ procRoot }),
  interfaces: () => interfaces({ procRoot }),
  groups: () => groups({ procRoot }),
  statistics: () => statistics({ procRoot }),
  diagnose: () => diagnose({ procRoot }),
  metrics: () => metrics({ procRoot }),
  whoHolds: () => whoHolds(1, { procRoot }),
  isFree: () => isFree(1, { procRoot }),
  freePort: () => freePort(),
  waitFor: () => waitFor({ procRoot, port: 1, protocols: ['tcp'], timeout: 20 }),
  // Of a capture nothing comes; a signal's own time is not faked.
  follow: () =>
    follow({ procRoot, interval: 10, signal: AbortSignal.timeout(50) })
      .next()
      .catch(({ name }) => expect(name).toBe('TimeoutError')),
};

it.each(Object.keys(calls))('%s ends while the timers of the program stand still', async (name) => {
  // More than have a turn at once: none must be kept.
  const all = Array.from({ length: 5 }, () => calls[name]?.());
  await Promise.all(all);
  expect(vi.getTimerCount()).toBe(0);
});
