import { NetstatError } from '../../errors.ts';
import { sanitize } from '../../text/sanitize.ts';
import { fill, textWidth } from '../../text/width.ts';

/** How much of a long expression is shown before and after a mistake. */
const around = 200;

/** The error for an expression in which something else is expected at a position. */
export function mistake(source: string, at: number, expected: string): NetstatError {
  return wrongAt(source, at, `expected ${expected}`);
}

/**
 * The error for an invalid expression, in three lines: what is wrong (with the position counted in characters from 1),
 * the expression, or the part of it around that position, and a caret under the position.
 */
export function wrongAt(source: string, at: number, what: string): NetstatError {
  const position = [...source.slice(0, at)].length + 1;
  const [from, to] = [wholeAt(source, at - around), wholeAt(source, at + around)];
  const before = `${from > 0 ? '…' : ''}${source.slice(from, at)}`;
  const after = `${source.slice(at, to)}${to < source.length ? '…' : ''}`;
  return new NetstatError('usage', `filter expression, position ${position}: ${what}`, {
    path: 'expression',
    about: 'expression',
    at,
    excerpt: [before + after, `${fill('', textWidth(sanitize(before)))}^`],
  });
}

/** The nearest place in a text that is not within a surrogate pair. */
function wholeAt(text: string, at: number): number {
  if (at <= 0 || at >= text.length) return Math.max(0, Math.min(at, text.length));
  return /[\udc00-\udfff]/.test(text[at] as string) ? at - 1 : at;
}
