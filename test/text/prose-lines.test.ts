import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainCode } from '../../src/text/plain-code.ts';
import { proseLines } from '../../src/text/prose-lines.ts';
import { wrap } from '../../src/text/wrap.ts';

describe('proseLines', () => {
  it.each<[string, string, number, string[]]>([
    ['keeps code whole', 'See `ls -l x` now', 12, ['See', "'ls -l x'", 'now']],
    ['keeps what adjoins code with it', 'Look (`ls -l`).', 10, ['Look', "('ls -l')."]],
    [
      'breaks code that is longer than a line',
      'See `ls -l /proc/1` now',
      9,
      ["See 'ls", '-l', "/proc/1'", 'now'],
    ],
    ['fills a line with code', 'a `b c` d', 9, ["a 'b c' d"]],
    ['takes a single backtick as it is', 'a ` b', 3, ['a `', 'b']],
    ['makes one empty line of nothing', '', 4, ['']],
  ])('%s', (_, text, width, lines) => {
    expect(proseLines(text, width)).toEqual(lines);
  });

  it('is wrap at blanks where there is no code', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 });
    fc.assert(
      fc.property(words, fc.integer({ min: 2, max: 30 }), (given, width) => {
        const text = given.join(' ');
        expect(proseLines(text, width)).toEqual(wrap(text, width, 'blanks'));
      }),
    );
  });

  it('loses nothing, and breaks no code that fits', () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    const code = fc
      .array(word, { minLength: 1, maxLength: 4 })
      .map((some) => `\`${some.join(' ')}\``);
    const texts = fc.array(fc.oneof(word, code), { minLength: 1 });
    fc.assert(
      fc.property(texts, fc.integer({ min: 10, max: 30 }), (given, width) => {
        const lines = proseLines(given.join(' '), width);
        expect(lines.join(' ')).toBe(plainCode(given.join(' ')));
        expect(lines.every((line) => line.length <= width)).toBe(true);
        for (const one of given.filter((some) => some.length <= width)) {
          expect(lines.some((line) => line.includes(plainCode(one)))).toBe(true);
        }
      }),
    );
  });
});
