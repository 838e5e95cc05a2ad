import fc from 'fast-check';
import { expect, it } from 'vitest';
import { quotedLine } from '../../src/text/quoted-line.ts';
import { sanitize } from '../../src/text/sanitize.ts';

it.each([
  ['nothing', '', '""'],
  ['what can be printed', 'tcp4 0 ~', '"tcp4 0 ~"'],
  ['what a terminal obeys', '\u001b[31m\r\u202ered\u007f', '"\\u001b[31m\\u000d\\u202ered\\u007f"'],
  ['other letters', 'é😀', '"\\u00e9\\ud83d\\ude00"'],
  ['200 characters', 'x'.repeat(200), `"${'x'.repeat(200)}"`],
  ['more', 'x'.repeat(201), `"${'x'.repeat(200)}..."`],
])('quotes %s', (_, line, quoted) => {
  expect(quotedLine(line)).toBe(quoted);
});

it.each([
  ['a NUL', '\0', String.raw`"\u0000"`],
  ['the text of its escape', String.raw`\u0000`, String.raw`"\\u0000"`],
  ['the text of that', String.raw`\\u0000`, String.raw`"\\\\u0000"`],
  ['a backslash before a NUL', '\\\0', String.raw`"\\\u0000"`],
  ['an escape of a name', String.raw`\x1B`, String.raw`"\\x1B"`],
  ['harmless backslashes', String.raw`/run/a\x2db C:\nginx`, String.raw`"/run/a\x2db C:\nginx"`],
])('an odd number of backslashes begins an escape: %s', (_, line, quoted) => {
  expect(quotedLine(line)).toBe(quoted);
});

it('lines that differ do so where they are printed', () => {
  const part = fc.constantFrom(
    '\\',
    '\\u0000',
    '\\x00',
    '\0',
    'u0000',
    'x1b',
    '\u001b',
    'é',
    '\\u00e9',
  );
  const line = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''));
  const printed = (line: string) => sanitize(quotedLine(line));
  fc.assert(
    fc.property(line, line, (one, other) => {
      expect(printed(one) === printed(other)).toBe(one === other);
    }),
    { numRuns: 3000 },
  );
});
