import type { Piece } from './piece.ts';

/**
 * Builds a manual page from the man(7) macros, which both groff and mandoc support. Text is plain, with code in
 * backticks, and is escaped here.
 */

/** Characters in code that roff would print as typographic ones or interpret. */
const codeEscapes: Readonly<Record<string, string>> = {
  '\\': '\\(rs',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
};

/** Code, printed literally. */
export function roffCode(text: string): string {
  return protectedStart(
    asciiOnly(text.replace(/[\\\-'`^~]/g, (character) => codeEscapes[character] ?? '')),
  );
}

/** A placeholder: `FILE`. */
export function italic(text: string): string {
  return `\\fI${roffCode(text)}\\fR`;
}

/** Code in bold, never hyphenated. */
export function bold(code: string): string {
  return `\\fB\\%${roffCode(code)}\\fR`;
}

/** The longest code that is kept on one line, which fits into an item on a terminal of 60 columns. */
const longestWhole = 40;

/** Code within prose: in bold, and not broken at its blanks unless it is long. */
function codeInProse(code: string): string {
  return code.length > longestWhole ? bold(code) : bold(code).replaceAll(' ', '\\ ');
}

/** Escapes a dot or apostrophe at the beginning of a line, which would make it a request. */
function protectedStart(line: string): string {
  return /^[.']/.test(line) ? `\\&${line}` : line;
}

/**
 * Writes non-ASCII characters as escapes that every roff knows: groff reads Latin-1 unless told otherwise. An
 * ellipsis, which ASCII terminals lack, becomes three dots.
 */
function asciiOnly(text: string): string {
  return text
    .replaceAll('…', '...')
    .replace(
      /[^\0-\x7f]/gu,
      (character) =>
        `\\[u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`,
    );
}

/** Prose with its flags in bold. */
function words(text: string): string {
  return asciiOnly(
    text.replaceAll('\\', '\\(rs').replace(/(?<![\w-])--?[a-zA-Z0-9][\w-]*/g, (flag) => bold(flag)),
  );
}

/** Prose on one line; roff fills lines itself. */
function roffText(text: string): string {
  const parts = text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? codeInProse(part) : words(part)));
  // Within a word, \% would be a hyphenation point.
  return protectedStart(parts.join('').replaceAll('(\\fB\\%', '\\%(\\fB'));
}

/** A section of the page. */
export function heading(title: string): string {
  return `.SH ${title}`;
}

/** A subsection. */
export function subheading(title: string): string {
  return `.SS ${title}`;
}

/** A paragraph of prose. */
export function paragraph(text: string): string {
  return `.PP\n${roffText(text)}`;
}

/** A term, already in roff, and its indented description. */
export function item(term: string, text: string): string {
  return `.TP\n${term}\n${roffText(text)}`;
}

/** An item of a bulleted list. */
export function bullet(text: string): string {
  return `.IP \\(bu 2\n${roffText(text)}`;
}

/** Lines that are not filled. */
export function verbatim(lines: readonly string[]): string {
  return ['.PP', '.RS 4', '.nf', ...lines.map(roffCode), '.fi', '.RE'].join('\n');
}

/** A piece of a reference text. */
export function roffOf(piece: Piece): string {
  switch (piece.kind) {
    case 'heading':
      return heading(piece.text);
    case 'subheading':
      return subheading(piece.text);
    case 'paragraph':
      return paragraph(piece.text);
    case 'item':
      return item(roffText(piece.term), piece.text);
    case 'verbatim':
      return verbatim(piece.lines);
  }
}

/** Lines are not stretched to the margin: commands look as they are typed. */
const leftAligned = '.ad l';

/** A page from its title line and its pieces. */
export function page(title: string, pieces: readonly string[]): string {
  // A heading already begins a paragraph.
  return `${[title, leftAligned, ...pieces].join('\n').replace(/^(\.S[HS] .*\n)\.PP\n/gm, '$1')}\n`;
}
