import { joinWords, lastWordAt } from './tokenize.ts';
import { isOperatorWord } from './words.ts';

/** A value as written in an expression: in quotes if it would be parsed differently. null: it cannot be written. */
export function asValue(text: string): string | null {
  // An expression must be one printable line; this text would change.
  if (joinWords([text]) !== text) return null;
  const isWord = text !== '' && lastWordAt(text) === 0 && !text.includes(',');
  if (isWord && !isOperatorWord(text.toLowerCase())) return text;
  const quote = ['"', "'"].find((one) => !text.includes(one));
  return quote === undefined ? null : quote + text + quote;
}
