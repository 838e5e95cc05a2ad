import { expect, it } from 'vitest';
import { timeOfDay } from '../../src/text/time-of-day.ts';

it('is the local time, with two digits each', () => {
  expect(timeOfDay(new Date(2026, 0, 31, 4, 5, 9, 999).toISOString())).toBe('04:05:09');
  expect(timeOfDay(new Date(2026, 0, 31, 23, 59, 0).toISOString())).toBe('23:59:00');
});
