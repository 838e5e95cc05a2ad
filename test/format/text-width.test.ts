import CliTable from 'cli-table3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sanitize } from '../../src/format/sanitize.js';
import { textWidth, wrap } from '../../src/format/text-width.js';

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
    ['emoji', '👩', 2],
    ['box drawing', '│─┼', 3],
  ])('%s', (_, text, width) => {
    expect(textWidth(text)).toBe(width);
  });

  it('is never less than cli-table3 counts, so that nothing said to fit is cut', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const table = new CliTable({
          colWidths: [Math.max(1, textWidth(text))],
          style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
        });
        table.push([text]);
        const drawn = table.toString().split('\n')[1] as string;
        expect(drawn.slice(1, 1 + text.length)).toBe(text);
      }),
      { numRuns: 2000 },
    );
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
