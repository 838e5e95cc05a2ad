import { sanitize, unsafe } from '../text/sanitize.ts';

/** Quotes a word for a shell of the system that this program runs on, as a command of it is typed there. */
export function shellWord(word: string): string {
  return process.platform === 'win32' ? windowsWord(word) : posixWord(word);
}

/**
 * Quotes a word for a POSIX shell. Where printing would change it, as a name with control characters, it is `$'…'` (bash,
 * zsh, ksh; POSIX 2024), with the bytes of such characters in octal, which printing leaves as they are.
 */
export function posixWord(word: string): string {
  if (/^[\w.,:/@%+=-]+$/.test(word)) return word;
  if (sanitize(word) === word) return `'${word.replaceAll("'", `'\\''`)}'`;
  return `$'${word.replace(/['\\]/g, octal).replace(unsafe(), octal)}'`;
}

function octal(text: string): string {
  const bytes = [...new TextEncoder().encode(text)];
  return bytes.map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

/**
 * Quotes a word for cmd.exe and PowerShell alike, so that neither takes a part of it for a command: names of programs may be
 * any. Only double quotes are any to cmd.exe, and nothing escapes one within them; two are one to PowerShell and to
 * programs. What PowerShell would replace, or take for such a quote, is behind its own escape, which cmd.exe leaves in the
 * word. A comma makes a list in PowerShell, which npm's script for it passes on as words apart.
 */
export function windowsWord(word: string): string {
  if (/^[\w.:\\/+=-]+$/.test(word)) return word;
  // Backslashes before a quote are doubled, as programs read their command lines.
  const text = word.replace(/(\\*)"/g, '$1$1""').replace(/\\+$/, '$&$&');
  return `"${text.replace(/[$`“”„]/g, '`$&')}"`;
}
