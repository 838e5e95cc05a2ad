import { expect, it } from 'vitest';
import {
  fromFirstLine,
  type LineReader,
  linesOf,
  parseLines,
  wordsOf,
} from '../../../src/sources/linux/line-reader.ts';

/** A number on a line; a header passed over; anything else is malformed. */
const numbers: LineReader<number> = (line) =>
  line === 'header' ? undefined : /^\d+$/.test(line) ? Number(line) : null;

it('rows come with the numbers of lines that are none, and without headers', () => {
  expect(parseLines('header\n1\njunk\n2\n', numbers)).toEqual({ rows: [1, 2], malformed: [3] });
});

it.each([
  ['', []],
  ['a', ['a']],
  ['a\n', ['a']],
  ['a\n\n', ['a', '']],
])('the lines of %j', (text, lines) => {
  expect(linesOf(text)).toEqual(lines);
});

it('only blanks and tabs separate words', () => {
  expect(wordsOf(' eth\u00a0\u000b0 \t 1 ')).toEqual(['eth\u00a0\u000b0', '1']);
});

it('a reader that is made late is made once, at the first line', () => {
  let made = 0;
  const reader = fromFirstLine(() => {
    made++;
    return numbers;
  });
  expect(made).toBe(0);
  expect(['1', '2'].map(reader)).toEqual([1, 2]);
  expect(made).toBe(1);
});
