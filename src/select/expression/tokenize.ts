import { masked } from '../../text/sanitize.ts';
import { mistake } from './mistake.ts';
import type { Token } from './token.ts';

/** Longest first, so that `>=` is not read as `>`. */
const symbols = ['&&', '||', '==', '!=', '>=', '<=', '&', '|', '=', '!', '>', '<', '(', ')'];

const blank = /\s/;
const word = /[^\s()&|=!<>"']+/y;

/** Offset of the word at the end of the text, which may be incomplete; the text's length if there is none. */
export function lastWordAt(text: string): number {
  return text.search(new RegExp(`(?:${word.source})?$`));
}

/**
 * The words of a command line as one line of text: other white space becomes a blank, and characters that are
 * unsafe on a terminal are replaced, so that positions stay the same.
 */
export function joinWords(words: readonly string[]): string {
  return masked(words.join(' ').replace(/\s/g, ' '));
}

/** Splits an expression into words, quoted strings and symbols; the last token is the end. */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const character = source.charAt(at);
    if (blank.test(character)) {
      at++;
      continue;
    }
    if (character === '"' || character === "'") {
      const close = source.indexOf(character, at + 1);
      if (close < 0) throw mistake(source, at, `a closing ${character}`);
      tokens.push({ kind: 'string', text: source.slice(at + 1, close), at });
      at = close + 1;
      continue;
    }
    const symbol = symbols.find((text) => source.startsWith(text, at));
    if (symbol !== undefined) {
      tokens.push({ kind: 'symbol', text: symbol, at });
      at += symbol.length;
      continue;
    }
    word.lastIndex = at;
    const text = word.exec(source)?.[0] ?? character;
    tokens.push({ kind: 'word', text, at });
    at += text.length;
  }
  tokens.push({ kind: 'end', text: '', at: source.length });
  return tokens;
}
