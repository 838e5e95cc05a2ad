import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sanitize } from '../../src/text/sanitize.ts';
import { textWidth } from '../../src/text/width.ts';
import { wrap } from '../../src/text/wrap.ts';

const anyText = fc
  .oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }))
  .map(sanitize);

describe('wrap at blanks', () => {
  it.each<[string, string, number, string[]]>([
    ['leaves what fits', 'one two', 7, ['one two']],
    ['breaks at a blank', 'one two', 6, ['one', 'two']],
    ['fills each line', 'a b c d e', 3, ['a b', 'c d', 'e']],
    ['drops the blank where a line is full', 'abc def', 3, ['abc', 'def']],
    ['gives a longer word a line for itself', 'a longword b', 4, ['a', 'longword', 'b']],
    ['drops the blank behind the last word', 'one two ', 4, ['one', 'two']],
    ['leaves one word whole', 'longword', 4, ['longword']],
    ['makes one empty line of nothing', '', 4, ['']],
    ['counts columns, not characters', '日本 語', 4, ['日本', '語']],
    ['counts no column for a mark', 'cafe\u0301 au', 7, ['cafe\u0301 au']],
  ])('%s', (_, text, width, lines) => {
    expect(wrap(text, width, 'blanks')).toEqual(lines);
  });

  it('loses no word, and keeps to the width if the words fit', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1 });
    fc.assert(
      fc.property(words, fc.integer({ min: 8, max: 30 }), (given, width) => {
        const lines = wrap(given.join(' '), width, 'blanks');
        expect(lines.join(' ').split(' ')).toEqual(given);
        expect(lines.every((line) => line.length <= width)).toBe(true);
      }),
    );
  });

  it('puts on each line all words that fit', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1 });
    fc.assert(
      fc.property(words, fc.integer({ min: 2, max: 30 }), (given, width) => {
        const lines = wrap(given.join(' '), width, 'blanks');
        for (const [i, line] of lines.slice(0, -1).entries()) {
          const next = lines[i + 1]?.split(' ')[0] ?? '';
          expect(line.length + 1 + next.length).toBeGreaterThan(width);
        }
      }),
    );
  });
});

describe('wrap at joints', () => {
  it.each<[string, string, number, string[]]>([
    ['leaves what fits', 'abc', 3, ['abc']],
    ['makes one empty line of nothing', '', 5, ['']],
    ['keeps the blank between words', 'segments sent again', 12, ['segments ', 'sent again']],
    [
      'breaks an address behind a colon',
      '[2001:db8:1:2::7]:443',
      12,
      ['[2001:db8:1:', '2::7]:443'],
    ],
    ['breaks a path behind a slash', '/run/systemd/notify', 13, ['/run/systemd/', 'notify']],
    ['breaks anywhere without a joint', 'abcdefgh', 3, ['abc', 'def', 'gh']],
    ['passes over a joint in the first half', 'a bcdefgh', 6, ['a bcde', 'fgh']],
    ['passes over a joint in the middle', 'ab cdefgh', 6, ['ab cde', 'fgh']],
    ['begins a line with a blank that does not fit', 'abc def', 3, ['abc', ' de', 'f']],
    ['keeps a blank at the end', 'abcd ', 4, ['abcd', ' ']],
    ['counts wide characters as two', '日本語', 5, ['日本', '語']],
    ['leaves accents with their letter', 'ae\u0301b', 2, ['ae\u0301', 'b']],
    ['breaks between emoji, behind the joiner', '👩\u200d👧', 2, ['👩\u200d', '👧']],
  ])('%s', (_, text, width, lines) => {
    expect(wrap(text, width, 'joints')).toEqual(lines);
  });

  it('makes lines that fit, and that are the text when joined', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 20 }), (text, width) => {
        const lines = wrap(text, width, 'joints');
        expect(lines.join('')).toBe(text);
        for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});
