import { sanitize } from '../../text/sanitize.ts';
import type { CurrentWord, Quoting } from './shell-line.ts';
import type { Shell } from './shells.ts';

/** A word that may stand at the cursor. */
export interface Offer {
  readonly text: string;
  /** What it is, to shells that show it. */
  readonly more?: string;
}

/** What a shell asks about. */
export interface Asked {
  readonly current: CurrentWord;
  /** What the shell itself takes for the word that it replaces; null: all of `current`. */
  readonly typed: string | null;
  /** Where in the current word's text the flag's value begins that is being written. */
  readonly valueAt: number;
  /** Where in it begins what the offers are to replace. */
  readonly at: number;
}

/** How one shell writes, and reads offers. */
interface Dialect {
  readonly quoting: Quoting;
  /** An offer's line, without its end; null: it cannot be written there. */
  line(offer: Offer, asked: Asked): string | null;
}

const posix: Quoting = { escapes: '\\', marks: { '"': '"', "'": "'" }, doubles: false };

const dialects = {
  // Puts in what it is told, as it is: it has to be quoted here.
  bash: {
    quoting: posix,
    line: ({ text }, asked) => replacement(text, asked, bashQuoted),
  },
  // It quotes, and is told only of what it does not have yet.
  zsh: { quoting: posix, line: withMore },
  // It quotes, and wants the whole value.
  fish: {
    quoting: posix,
    line: ({ text, more }, { current, valueAt, at }) =>
      withMore({ text: current.text.slice(valueAt, at) + text, ...(more && { more }) }),
  },
  // Three things: what is put in, what the list shows, and what is said of it (which must not be empty).
  powershell: {
    quoting: {
      escapes: '`',
      marks: { '"': '"\u201c\u201d\u201e', "'": "'\u2018\u2019\u201a\u201b" },
      doubles: true,
    },
    line(offer, asked) {
      const put = replacement(offer.text, asked, powershellQuoted);
      return put === null ? null : [put, offer.text, offer.more || offer.text].join('\t');
    },
  },
} as const satisfies Record<Shell, Dialect>;

/** How a shell's command lines are read. */
export function quotingOf(shell: Shell): Quoting {
  return dialects[shell].quoting;
}

/** What a shell is told: a line for each offer. Texts that are not safe on a terminal are not offered. */
export function answerText(shell: Shell, offers: readonly Offer[], asked: Asked): string {
  const dialect: Dialect = dialects[shell];
  const begun = asked.current.text.slice(asked.at);
  const lines = new Set<string>();
  for (const { text, more = '' } of offers) {
    if (text === '' || !text.startsWith(begun) || sanitize(text) !== text) continue;
    const line = dialect.line({ text, more: sanitize(more) }, asked);
    if (line !== null) lines.add(`${line}\n`);
  }
  return [...lines].join('');
}

function withMore({ text, more }: Offer): string {
  return more ? `${text}\t${more}` : text;
}

/** What is to stand in place of what the shell takes for the word; what was typed before stays as it is. */
function replacement(
  text: string,
  { current, typed, at }: Asked,
  quoted: (text: string, quote: string) => string | null,
): string | null {
  const { raw, starts, quotes, opened } = current;
  const quote = quotes.at(-1) ?? '';
  const put = quoted(text, quote);
  // A quote that opens or ends within what is replaced would not stay one of two.
  if (put === null || quotes[at] !== quote) return null;
  const word = raw.slice(0, starts[at]) + put;
  const kept =
    opened > 0 ? opened : raw.length - (typed !== null && raw.endsWith(typed) ? typed : raw).length;
  return word.startsWith(raw.slice(0, kept)) ? word.slice(kept) : null;
}

/** `!` is history's even in double quotes, and nothing quotes it there. */
function bashQuoted(text: string, quote: string): string | null {
  if (quote === "'") return text.includes("'") ? null : text;
  if (quote === '"') return text.includes('!') ? null : text.replace(/[$`"\\]/g, '\\$&');
  // `!=` stands for itself.
  return text === '!=' ? text : text.replace(/[^\p{L}\p{N}_@%+=:,./-]/gu, '\\$&');
}

/** Where a quote is open already, what PowerShell replaces is not told. Its typographic quotes are quotes. */
function powershellQuoted(text: string, quote: string): string | null {
  if (quote !== '') return null;
  if (/^[\p{L}\p{N}_:./=!][\p{L}\p{N}_:./=+-]*$/u.test(text) || /^--?[a-zA-Z0-9-]*$/.test(text))
    return text;
  return `'${text.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
}
