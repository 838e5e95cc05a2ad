import { NetstatError } from '../../errors.ts';

/** Characters that a terminal draws two columns wide. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const unseen = /\p{Mn}|\p{Me}/u;

function columns(text: string): number {
  let count = 0;
  for (const character of text) count += unseen.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return count;
}

/**
 * The error for an expression that can't be read, in three lines: what was expected (with the
 * position counted in characters from 1), the expression, and a caret under the place.
 */
export function mistake(source: string, at: number, expected: string): NetstatError {
  const before = source.slice(0, at);
  const position = [...before].length + 1;
  return new NetstatError(
    'usage',
    `filter expression, position ${position}: expected ${expected}`,
    { excerpt: [source, `${' '.repeat(columns(before))}^`] },
  );
}
