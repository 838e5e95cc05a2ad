/**
 * Pieces of a manual page in the man(7) macros, which groff and mandoc both know. Text comes plain,
 * with what is to be typed between backticks, and is escaped here.
 */

/** Characters that roff prints as typographic ones, or takes for its own, where code is meant. */
const codeEscapes: Readonly<Record<string, string>> = {
  '\\': '\\(rs',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
};

/** What is to be typed, as it stands. */
export function roffCode(text: string): string {
  return protectedStart(
    asciiOnly(text.replace(/[\\\-'`^~]/g, (character) => codeEscapes[character] ?? '')),
  );
}

/** What stands for something else: `FILE`. */
export function italic(text: string): string {
  return `\\fI${roffCode(text)}\\fR`;
}

/** What is to be typed, in bold and never hyphenated. */
export function bold(code: string): string {
  return `\\fB\\%${roffCode(code)}\\fR`;
}

/** A line that begins with a dot or an apostrophe would be a request. */
function protectedStart(line: string): string {
  return /^[.']/.test(line) ? `\\&${line}` : line;
}

/**
 * groff takes its input for Latin-1 unless told otherwise; this spelling all of them know. An ellipsis,
 * which ASCII terminals lack, is three dots.
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

/** Flags show bold where they stand among words. */
function words(text: string): string {
  return asciiOnly(
    text.replaceAll('\\', '\\(rs').replace(/(?<![\w-])--?[a-zA-Z0-9][\w-]*/g, (flag) => bold(flag)),
  );
}

/** Prose, on one line: roff fills lines itself. */
function roffText(text: string): string {
  const parts = text.split('`').map((part, index) => (index % 2 === 1 ? bold(part) : words(part)));
  // Within a word, \% would be a place to hyphenate.
  return protectedStart(parts.join('').replaceAll('(\\fB\\%', '\\%(\\fB'));
}

/** A section of the page. */
export function heading(title: string): string {
  return `.SH ${title}`;
}

/** A part of a section. */
export function subheading(title: string): string {
  return `.SS ${title}`;
}

/** A paragraph of prose. */
export function paragraph(text: string): string {
  return `.PP\n${roffText(text)}`;
}

/** A term, which is roff already, and, indented, what it is. */
export function item(term: string, text: string): string {
  return `.TP\n${term}\n${roffText(text)}`;
}

/** One of several things that are said in turn. */
export function bullet(text: string): string {
  return `.IP \\(bu 2\n${roffText(text)}`;
}

/** Lines that stay as they are. */
export function verbatim(lines: readonly string[]): string {
  return ['.PP', '.RS 4', '.nf', ...lines.map(roffCode), '.fi', '.RE'].join('\n');
}

/** A page from its pieces, under its title line. */
export function page(title: string, pieces: readonly string[]): string {
  // A heading begins a paragraph by itself.
  return `${[title, ...pieces].join('\n').replace(/^(\.S[HS] .*\n)\.PP\n/gm, '$1')}\n`;
}
