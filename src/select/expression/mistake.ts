import { NetstatError } from '../../errors.ts';
import { sanitize } from '../../text/sanitize.ts';
import { fill, textWidth } from '../../text/width.ts';

/**
 * The error for an invalid expression, in three lines: what was expected (with the position counted in characters
 * from 1), the expression, and a caret under the position.
 */
export function mistake(source: string, at: number, expected: string): NetstatError {
  const before = source.slice(0, at);
  const position = [...before].length + 1;
  return new NetstatError(
    'usage',
    `filter expression, position ${position}: expected ${expected}`,
    { path: 'expression', excerpt: [source, `${fill('', textWidth(sanitize(before)))}^`] },
  );
}
