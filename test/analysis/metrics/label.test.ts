import { expect, test } from 'vitest';
import { labelText, longestLabel } from '../../../src/analysis/metrics/label.ts';

const x = (count: number) => 'x'.repeat(count);

test.each([
  ['a text of the greatest length', x(64), x(64)],
  ['a longer one', x(65), x(64)],
  ['a character of two halves at the end', `${x(63)}😀b`, `${x(63)}😀`],
  ['one beyond it', `${x(64)}😀`, x(64)],
  ['many of them', '😀'.repeat(100), '😀'.repeat(64)],
  ['an escape that does not fit', `${x(62)}\x1bb`, x(62)],
  ['one that fits', `${x(60)}\x1b`, `${x(60)}\\x1b`],
  ['escapes alone', '\n'.repeat(1000), '\\x0a'.repeat(longestLabel / 4)],
])('%s', (_, text, expected) => {
  expect(labelText(text)).toBe(expected);
});
