/** How a shell quotes: what takes the next character as it is, and whether that works in double quotes. */
export interface Quoting {
  readonly escapes: '\\' | '`';
  /** What begins and ends quotes, by their kind. PowerShell takes typographic ones too. */
  readonly marks: { readonly [kind in '"' | "'"]: string };
  /** PowerShell: two quotes in quotes of the same kind are one. */
  readonly doubles: boolean;
}

/** The word that a cursor is in. */
export interface CurrentWord {
  /** As it stands on the line. */
  readonly raw: string;
  /** What it says, without quotes. */
  readonly text: string;
  /** Of each character of `text`, and of its end: where in `raw` it begins. */
  readonly starts: readonly number[];
  /** In which quotes each of them, and the end, is; `''`: in none. */
  readonly quotes: readonly string[];
  /** Where in `raw` the text behind a quote begins that is still open; 0: none is. */
  readonly opened: number;
}

/** A command line up to the cursor, taken apart. */
export interface ShellLine {
  /** What the words before the cursor's say, the program's name first. */
  readonly before: readonly string[];
  readonly current: CurrentWord;
}

/**
 * Takes a command line apart at blanks that no quotes hold. Variables and the like are not looked into:
 * they stay text.
 */
export function readShellLine(line: string, { escapes, doubles, marks }: Quoting): ShellLine {
  const before: string[] = [];
  let begin = 0;
  let text = '';
  let starts: number[] = [];
  let quotes: string[] = [];
  let quote = '';
  let opened = 0;
  const add = (character: string, at: number) => {
    // Two units of one character are never parted.
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
      // In double quotes a backslash quotes nothing but these.
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
