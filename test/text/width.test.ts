import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sanitize } from '../../src/text/sanitize.ts';
import { textWidth, wrap } from '../../src/text/width.ts';

const anyText = fc
  .oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }))
  .map(sanitize);

describe('textWidth', () => {
  it.each([
    ['nothing', '', 0],
    ['ASCII', 'nginx: worker', 13],
    ['accents in one', 'café', 4],
    ['accents apart', 'cafe\u0301', 4],
    ['Han', '日本', 4],
    ['Hangul', '한글', 4],
    ['fullwidth', 'ＡＢ', 4],
    ['Hangul, letter by letter', '\u1112\u1161\u11ab', 2],
    ['Tangut and Nushu', '\u{17000}\u{1b170}', 4],
    ['marks of other scripts', '\u0928\u093f\u0e19\u0e35\u05d0\u05b8', 4],
    ['marks over Kana', '\u304b\u3099', 2],
    ['emoji', '👩', 2],
    ['symbols that are emoji only if asked to be', '©↔☀\u{1f321}', 4],
    ['a flag, of two letters', '🇩🇪', 2],
    ['playing cards and other plain pictures', '\u{1f0a1}\u{1f650}', 2],
    ['box drawing', '│─┼', 3],
  ])('%s', (_, text, width) => {
    expect(textWidth(text)).toBe(width);
  });
});

describe('wrap', () => {
  it.each<[string, string, number, string[]]>([
    ['what fits', 'abc', 3, ['abc']],
    ['nothing', '', 5, ['']],
    ['words', 'segments sent again', 12, ['segments ', 'sent again']],
    ['an address', '[2001:db8:1:2::7]:443', 12, ['[2001:db8:1:', '2::7]:443']],
    ['a path', '/run/systemd/notify', 13, ['/run/systemd/', 'notify']],
    ['no joint', 'abcdefgh', 3, ['abc', 'def', 'gh']],
    ['a joint too early to be worth it', 'a bcdefgh', 6, ['a bcde', 'fgh']],
    ['wide characters', '日本語', 5, ['日本', '語']],
    ['accents stay with their letter', 'ae\u0301b', 2, ['ae\u0301', 'b']],
  ])('%s', (_, text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines);
  });

  it('makes lines that fit, and that are the text when joined', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 20 }), (text, width) => {
        const lines = wrap(text, width);
        expect(lines.join('')).toBe(text);
        for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});
