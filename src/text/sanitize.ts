import { lazily } from '../flow/lazily.ts';

const emoji = String.raw`\p{Extended_Pictographic}`;
const marks = String.raw`[\p{Mn}\p{Me}]`;

/** How many combining marks one character may have. */
const marksAtOnce = 4;

const parts = [
  // Control characters, line and paragraph separators, halves of surrogate pairs.
  String.raw`[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]`,
  // Format characters and other invisible ones, unless they hold an emoji together. Two that Unicode counts as symbols
  // are blank: Braille without dots, and a musical note without a head.
  String.raw`(?!(?<=${emoji})\ufe0f|(?<=${emoji}[\p{EMod}\ufe0f]?)\u200d(?=${emoji}))[\p{Cf}\p{DI}\u2800\u{1d159}]`,
  `(?<=^|${marks}{${marksAtOnce}})${marks}`,
];

const unsafeSource = parts.join('|');

/**
 * What must not reach a terminal from text that others control: control characters (C0, DEL, C1), line and
 * paragraph separators, halves of surrogate pairs; characters that are invisible or change how others appear
 * (bidirectional controls, zero-width blanks and joiners, soft hyphens, fillers, tags, variation selectors, symbols without ink);
 * combining marks without a base character, or beyond the fourth on one. Everything else printable stays. V8 takes
 * 2 ms to make this expression and the one below, and most runs need neither.
 */
export const unsafe = lazily(() => new RegExp(unsafeSource, 'gu'));

/**
 * The escapes that replace characters, without their backslash: `\x1b` for ASCII, `\u200b` and `\u{e0041}` for others.
 * (`\x80` to `\xff` are bytes that are not UTF-8; they are written that way where text is read.)
 */
export const escapeTail = String.raw`x[01][0-9a-f]|x7f|u[0-9a-f]{4}|u\{[0-9a-f]{5,6}\}`;

/**
 * Backslashes that would be read as the beginning of an escape, or that precede a real one. They are doubled, so
 * that an odd number of them begins an escape and an even number stands for half as many. Anywhere else a backslash
 * stays as it is: systemd's `/run/a\x2db.sock`, Windows' `C:\nginx`.
 */
const ambiguousBackslashes = String.raw`(?<!\\)\\+(?=(?:${escapeTail})|${parts.map((part) => `(?:${part})`).join('|')})`;
const ambiguousOrUnsafe = lazily(
  () => new RegExp(`${ambiguousBackslashes}|${unsafeSource}`, 'giu'),
);

/** Text of only these characters needs no escaping. */
const plain = /^[ -[\]-~]*$/;

function escapeOf(character: string): string {
  if (character.startsWith('\\')) return character + character;
  const code = character.codePointAt(0) as number;
  const digits = code.toString(16);
  if (code < 0x80) return `\\x${digits.padStart(2, '0')}`;
  return code > 0xffff ? `\\u{${digits}}` : `\\u${digits.padStart(4, '0')}`;
}

/**
 * `text` on one line with the same length, so that positions in it stay valid: characters that break a line or
 * change its direction are replaced. For quoting in a message; the code that prints the message calls `sanitize`.
 */
export function masked(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, ({ length }) =>
    '\ufffd'.repeat(length),
  );
}

/** Makes `text` safe for one line of a terminal; unsafe characters become escapes (`\x0a`, `\x1b`). */
export function sanitize(text: string): string {
  return plain.test(text) ? text : text.replace(ambiguousOrUnsafe(), escapeOf);
}
