/**
 * Stands for `flow/real-time.ts` in a file that tests with Vitest's timers: the global functions of the moment.
 *
 *     vi.mock('../../src/flow/real-time.ts', () => import('../support/late-timers.ts'));
 */
const late =
  <Name extends 'setTimeout' | 'clearTimeout' | 'setImmediate'>(name: Name) =>
  (...args: Parameters<(typeof globalThis)[Name]>) =>
    (globalThis[name] as (...args: unknown[]) => unknown)(...args);

export const setTimeout = late('setTimeout');
export const clearTimeout = late('clearTimeout');
export const setImmediate = late('setImmediate');
export const hrtime = () => process.hrtime();
