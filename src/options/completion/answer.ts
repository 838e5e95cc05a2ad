import { sanitize } from '../../text/sanitize.ts';
import type { CurrentWord, Quoting } from './shell-line.ts';
import type { Shell } from './shells.ts';

/** A completion that is offered at the cursor. */
export interface Offer {
  readonly text: string;
  /** A description, for shells that show one. */
  readonly more?: string;
}

/** What a shell asks to complete. */
export interface WordAtCursor {
  readonly current: CurrentWord;
  /** The word that the shell itself replaces; null: all of `current`. */
  readonly typed: string | null;
  /** Offset in the current word's text at which the flag's value begins. */
  readonly valueAt: number;
  /** Offset in the current word's text at which the replacement begins. */
  readonly at: number;
}

/** How one shell quotes, and the format in which it reads offers. */
interface Dialect {
  readonly quoting: Quoting;
  /** An offer's line, without the line break; null: it cannot be written there. */
  line(offer: Offer, asked: WordAtCursor): string | null;
}

const posix: Quoting = { escapes: '\\', marks: { '"': '"', "'": "'" }, doubles: false };

const dialects = {
  // bash inserts an offer as it is, so it must be quoted here.
  bash: {
    quoting: posix,
    line: ({ text }, asked) => replacement(text, asked, bashQuoted),
  },
  // zsh quotes by itself, and gets only the part that is not typed yet.
  zsh: { quoting: posix, line: withMore },
  // fish quotes by itself, and needs the whole value.
  fish: {
    quoting: posix,
    line: ({ text, more }, { current, valueAt, at }) =>
      withMore({ text: current.text.slice(valueAt, at) + text, ...(more && { more }) }),
  },
  // Three fields: the text to insert, the text in the list, and a description (which must not be empty).
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

/** The quoting rules of a shell's command line. */
export function quotingOf(shell: Shell): Quoting {
  return dialects[shell].quoting;
}

/** The output for a shell: one line per offer. Texts that are not safe on a terminal are left out. */
export function answerText(shell: Shell, offers: readonly Offer[], asked: WordAtCursor): string {
  const dialect: Dialect = dialects[shell];
  const typedPart = asked.current.text.slice(asked.at);
  const lines = new Set<string>();
  for (const { text, more = '' } of offers) {
    if (text === '' || !text.startsWith(typedPart) || sanitize(text) !== text) continue;
    const line = dialect.line({ text, more: sanitize(more) }, asked);
    if (line !== null) lines.add(`${line}\n`);
  }
  return [...lines].join('');
}

function withMore({ text, more }: Offer): string {
  return more ? `${text}\t${more}` : text;
}

/** The text for the shell to put in place of its word; what was typed before stays unchanged. */
function replacement(
  text: string,
  { current, typed, at }: WordAtCursor,
  quoted: (text: string, quote: string) => string | null,
): string | null {
  const { raw, starts, quotes, opened } = current;
  const quote = quotes.at(-1) ?? '';
  const put = quoted(text, quote);
  // A quote that opens or closes within the replaced part would be left unpaired.
  if (put === null || quotes[at] !== quote) return null;
  const word = raw.slice(0, starts[at]) + put;
  const kept =
    opened > 0 ? opened : raw.length - (typed !== null && raw.endsWith(typed) ? typed : raw).length;
  return word.startsWith(raw.slice(0, kept)) ? word.slice(kept) : null;
}

/** In double quotes `!` still means history expansion, and nothing quotes it there. */
function bashQuoted(text: string, quote: string): string | null {
  if (quote === "'") return text.includes("'") ? null : text;
  if (quote === '"') return text.includes('!') ? null : text.replace(/[$`"\\]/g, '\\$&');
  // `!=` is not expanded.
  return text === '!=' ? text : text.replace(/[^\p{L}\p{N}_@%+=:,./-]/gu, '\\$&');
}

/** Inside an open quote, it is not known what PowerShell replaces. PowerShell's typographic quotes are quotes too. */
function powershellQuoted(text: string, quote: string): string | null {
  if (quote !== '') return null;
  if (/^[\p{L}\p{N}_:./=!][\p{L}\p{N}_:./=+-]*$/u.test(text) || /^--?[a-zA-Z0-9-]*$/.test(text))
    return text;
  return `'${text.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
}
