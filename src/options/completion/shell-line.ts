/** How a shell quotes. */
export interface Quoting {
  readonly escapes: '\\' | '`';
  /** The quotation marks of each kind. PowerShell accepts typographic ones too. */
  readonly marks: { readonly [kind in '"' | "'"]: string };
  /** PowerShell: a doubled quote within quotes of the same kind is a literal one. */
  readonly doubles: boolean;
}

/** The word at the cursor. */
export interface CurrentWord {
  /** As written on the line. */
  readonly raw: string;
  /** Its text without quoting. */
  readonly text: string;
  /** For each character of `text`, and for its end: its offset in `raw`. */
  readonly starts: readonly number[];
  /** The quote around each character, and around the end; `''`: none. */
  readonly quotes: readonly string[];
  /** Offset in `raw` after a quote that is still open; 0: none is. */
  readonly opened: number;
}

/** A command line up to the cursor, split into words. */
export interface ShellLine {
  /** The unquoted words before the cursor's, the program's name first. */
  readonly before: readonly string[];
  readonly current: CurrentWord;
}

/** Splits a command line at unquoted blanks. Variables and the like are not expanded: they stay text. */
export function readShellLine(line: string, { escapes, doubles, marks }: Quoting): ShellLine {
  const before: string[] = [];
  let begin = 0;
  let text = '';
  let starts: number[] = [];
  let quotes: string[] = [];
  let quote = '';
  let opened = 0;
  const add = (character: string, at: number) => {
    // Never split the two code units of one character.
    text += character;
    for (let unit = 0; unit < character.length; unit++) {
      starts.push(at - begin);
      quotes.push(quote);
    }
  };
  const kindOf = (character = '') =>
    (['"', "'"] as const).find((kind) => character !== '' && marks[kind].includes(character)) ?? '';
  let at = 0;
  const next = () => String.fromCodePoint(line.codePointAt(at) as number);
  while (at < line.length) {
    const from = at;
    const character = next();
    at += character.length;
    if (character === escapes && quote !== "'" && at < line.length) {
      const escaped = next();
      // In double quotes a backslash escapes only these characters.
      if (quote === '"' && escapes === '\\' && !/[$`"\\]/.test(escaped)) {
        add(character, from);
        continue;
      }
      at += escaped.length;
      add(escaped, from);
    } else if (quote !== '' && kindOf(character) === quote) {
      if (doubles && kindOf(line[at]) === quote) {
        at++;
        add(character, from);
      } else {
        quote = '';
        opened = 0;
      }
    } else if (quote === '' && kindOf(character) !== '') {
      quote = kindOf(character);
      opened = at - begin;
    } else if (quote === '' && /\s/.test(character)) {
      if (at - 1 > begin) before.push(text);
      begin = at;
      text = '';
      starts = [];
      quotes = [];
    } else add(character, from);
  }
  const raw = line.slice(begin);
  starts.push(raw.length);
  quotes.push(quote);
  return { before, current: { raw, text, starts, quotes, opened } };
}
