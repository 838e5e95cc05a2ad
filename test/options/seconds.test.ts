import { expect, test } from 'vitest';
import { secondsIn } from '../../src/options/seconds.ts';

test.each([
  ['2', 2],
  ['0.5', 0.5],
  ['.5', 0.5],
  ['2.', 2],
  ['500ms', 0.5],
  ['1.5s', 1.5],
  ['30S', 30],
  ['5m', 300],
  ['1h', 3600],
  ['0', 0],
  ['0.3ms', 0.0003],
])('%s are %d seconds', (text, expected) => {
  expect(secondsIn(text)).toBe(expected);
});

test.each(['', 's', 'ms', '-1', '+1', '1e3', '0x10', '1 s', '1d', '1min', 'x', '1.2.3', '٣'])(
  '%j is no number of seconds',
  (text) => {
    expect(secondsIn(text)).toBeNaN();
  },
);
