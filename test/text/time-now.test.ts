import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { timeNow } from '../../src/text/time-now.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it.each([0, 1, 59_999, 951_782_399_999, 1_796_026_529_067, 4_102_444_800_010])(
  'the time now is written as by toISOString: %i',
  (time) => {
    vi.setSystemTime(time);
    expect(timeNow()).toBe(new Date(time).toISOString());
  },
);
