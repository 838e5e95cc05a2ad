import { sanitize, unsafe } from '../text/sanitize.ts';

/**
 * Quotes a word for a POSIX shell. Where printing would change it, as a name with control characters, it is `$'…'` (bash,
 * zsh, ksh; POSIX 2024), with the bytes of such characters in octal, which printing leaves as they are.
 */
export function shellWord(word: string): string {
  if (/^[\w.,:/@%+=-]+$/.test(word)) return word;
  if (sanitize(word) === word) return `'${word.replaceAll("'", `'\\''`)}'`;
  return `$'${word.replace(/['\\]/g, octal).replace(unsafe(), octal)}'`;
}

function octal(text: string): string {
  const bytes = [...new TextEncoder().encode(text)];
  return bytes.map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
