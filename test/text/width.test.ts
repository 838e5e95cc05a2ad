import { describe, expect, it } from 'vitest';
import { sanitize } from '../../src/text/sanitize.ts';
import { fill, textWidth } from '../../src/text/width.ts';

describe('textWidth', () => {
  it.each([
    ['nothing', '', 0],
    ['ASCII', 'nginx: worker', 13],
    ['accents in one', 'café', 4],
    ['accents apart', 'cafe\u0301', 4],
    ['several marks on one letter', 'a\u0301\u0323\u0308', 1],
    ['Han', '日本', 4],
    ['Hangul', '한글', 4],
    ['fullwidth', 'ＡＢ', 4],
    ['halfwidth Kana', 'ｱｲ', 2],
    ['Hangul, letter by letter', '\u1112\u1161\u11ab', 2],
    ['Tangut and Nushu', '\u{17000}\u{1b170}', 4],
    ['marks of other scripts', '\u0928\u093f\u0e19\u0e35\u05d0\u05b8', 4],
    ['marks over Kana', '\u304b\u3099', 2],
    ['emoji', '👩', 2],
    ['emoji that a joiner makes one of: room for each', '👩\u200d💻', 4],
    ['a heart that is asked to be an emoji', '❤\ufe0f', 1],
    ['symbols that are emoji only if asked to be', '©↔☀\u{1f321}', 4],
    ['a flag, of two letters', '🇩🇪', 2],
    ['playing cards and other plain pictures', '\u{1f0a1}\u{1f650}', 2],
    ['box drawing', '│─┼', 3],
    ['Hebrew and Arabic', 'שלום مرحبا', 10],
  ])('%s', (_, text, width) => {
    expect(textWidth(text)).toBe(width);
  });

  it.each([
    ['a control character', 'a\u001bb', 'a\\x1bb'.length],
    ['a line break', 'a\nb', 'a\\x0ab'.length],
    ['a bidirectional control', 'a\u202eb', 'a\\u202eb'.length],
    ['a blank of no width', 'a\u200bb', 'a\\u200bb'.length],
    ['half of a pair', 'a\ud800b', 'a\\ud800b'.length],
    ['a joiner that joins nothing', 'a\u200db', 'a\\u200db'.length],
  ])('made safe, %s is as wide as its escape', (_, text, width) => {
    expect(textWidth(sanitize(text))).toBe(width);
  });
});

describe('fill', () => {
  it.each([
    ['is what a text lacks', 'abc', 5, '  '],
    ['is nothing where the text is wide enough', 'abc', 3, ''],
    ['is nothing where it is wider', 'abc', 2, ''],
    ['counts columns', '日本', 5, ' '],
    ['counts no column for a mark', 'e\u0301', 3, '  '],
  ])('%s', (_, text, width, blanks) => {
    expect(fill(text, width)).toBe(blanks);
  });
});
