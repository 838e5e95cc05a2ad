/**
 * Timers and the clock of this process as they are when this is loaded. A program may replace them in its tests
 * (`vi.useFakeTimers()`): with those a call of the library would never end, and would keep its turn for ever.
 */
export const { setTimeout, clearTimeout, setImmediate } = globalThis;
export const { hrtime } = process;
