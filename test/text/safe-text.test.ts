import { expect, test } from 'vitest';
import { longestText, safeText } from '../../src/text/safe-text.ts';

test.each([
  ['plain', 'plain'],
  ['x'.repeat(longestText), 'x'.repeat(longestText)],
  ['x'.repeat(longestText + 1), `${'x'.repeat(longestText - 1)}…`],
  [`${'x'.repeat(longestText - 2)}😀b`, `${'x'.repeat(longestText - 2)}…`],
  ['\x1b'.repeat(600), `${'\\x1b'.repeat(longestText - 1)}…`],
])('%j', (text, expected) => {
  expect(safeText(text)).toBe(expected);
});
