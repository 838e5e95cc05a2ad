import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wrap } from '../../src/text/wrap.ts';

it.each([
  ['fits', 'one two', 7, ['one two']],
  ['breaks at a blank', 'one two', 6, ['one', 'two']],
  ['fills each line', 'a b c d e', 3, ['a b', 'c d', 'e']],
  ['a longer word stands alone', 'a longword b', 4, ['a', 'longword', 'b']],
  ['nothing', '', 4, ['']],
])('wrap: %s', (_, text, width, lines) => {
  expect(wrap(text, width)).toEqual(lines);
});

it('loses no word, and keeps to the width where words do', () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1 });
  fc.assert(
    fc.property(words, fc.integer({ min: 8, max: 30 }), (given, width) => {
      const lines = wrap(given.join(' '), width);
      expect(lines.join(' ').split(' ')).toEqual(given);
      expect(lines.every((line) => line.length <= width)).toBe(true);
    }),
  );
});
