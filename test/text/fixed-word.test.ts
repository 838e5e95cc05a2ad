import { expect, it } from 'vitest';
import { fixedWord } from '../../src/text/fixed-word.ts';

it.each([
  ['CLOSE_WAIT', 'close-wait'],
  ['Fin_Wait_1', 'fin-wait-1'],
  ['close-wait', 'close-wait'],
  ['', ''],
])('%s as a word of a fixed set is %s', (word, expected) => {
  expect(fixedWord(word)).toBe(expected);
});
