import { expect, it } from 'vitest';
import { quotedLine } from '../../src/text/quoted-line.ts';

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
