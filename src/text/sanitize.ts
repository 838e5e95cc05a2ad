import { lazily } from '../model/lazily.ts';

const emoji = String.raw`\p{Extended_Pictographic}`;
const marks = String.raw`[\p{Mn}\p{Me}]`;

/** How many combining marks one character may carry. */
const marksAtOnce = 4;

const parts = [
  // Control characters, line and paragraph separators, halves of surrogate pairs.
  String.raw`[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]`,
  // Format characters and others that show nothing, unless they hold an emoji together.
  String.raw`(?!(?<=${emoji})\ufe0f|(?<=${emoji}[\p{EMod}\ufe0f]?)\u200d(?=${emoji}))[\p{Cf}\p{DI}]`,
  `(?<=^|${marks}{${marksAtOnce}})${marks}`,
];

const unsafeSource = parts.join('|');

/**
 * What must not reach a terminal from text that others control: control characters (C0, DEL, C1), line
 * and paragraph separators, halves of surrogate pairs; what is not seen or changes how the rest is seen
 * (bidirectional controls, zero-width blanks and joiners, soft hyphens, fillers, tags, variation
 * selectors); combining marks without a character to be on, or beyond the fourth on one. Everything else
 * printable stays. V8 takes 2 ms to make this expression and the one below, and most runs need neither.
 */
export const unsafe = lazily(() => new RegExp(unsafeSource, 'gu'));

/**
 * What stands for a character that was taken out: `\x1b` for ASCII, `\u200b` and `\u{e0041}` for others.
 * (`\x80` to `\xff` are bytes that are not UTF-8: they are written so where text is read.)
 */
const escapeTail = String.raw`x[01][0-9a-f]|x7f|u[0-9a-f]{4}|u\{[0-9a-f]{5,6}\}`;

/**
 * Backslashes that would be read as the beginning of an escape, or stand before a real one. They are
 * doubled, so that an odd number of them begins an escape and an even number stands for half as many.
 * Anywhere else a backslash stays as it is: systemd's `/run/a\x2db.sock`, Windows' `C:\nginx`.
 */
const misleading = String.raw`(?<!\\)\\+(?=(?:${escapeTail})|${parts.map((part) => `(?:${part})`).join('|')})`;
const misleadingOrUnsafe = lazily(() => new RegExp(`${misleading}|${unsafeSource}`, 'giu'));

/** Text of nothing but these needs no second look. */
const plain = /^[ -[\]-~]*$/;

function escapeOf(character: string): string {
  if (character.startsWith('\\')) return character + character;
  const code = character.codePointAt(0) as number;
  const digits = code.toString(16);
  if (code < 0x80) return `\\x${digits.padStart(2, '0')}`;
  return code > 0xffff ? `\\u{${digits}}` : `\\u${digits.padStart(4, '0')}`;
}

/**
 * `text` on one line and of the same length, so that positions in it stay: a character that breaks or
 * turns a line is replaced. For a quotation in a message; what prints the message calls `sanitize`.
 */
export function masked(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, ({ length }) =>
    '\ufffd'.repeat(length),
  );
}

/** Makes `text` safe for one line of a terminal; what is taken out shows as an escape (`\x0a`, `\x1b`). */
export function sanitize(text: string): string {
  return plain.test(text) ? text : text.replace(misleadingOrUnsafe(), escapeOf);
}
