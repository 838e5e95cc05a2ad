import type { LiveValues } from './completion/live.ts';

/**
 * One option. The parser, --help, the man page, the completions and docs/reference.md all derive from the table of
 * these.
 */
export interface Flag {
  /** One letter or digit, without the dash. */
  readonly short?: string;
  /** Without the dashes. */
  readonly long?: string;
  /** Other spellings, with their dashes. */
  readonly aliases?: readonly string[];
  /** Not an option of net-tools', whose options take precedence when a name is abbreviated. */
  readonly own?: true;
  /** Its value; absent: it takes none. */
  readonly value?: FlagValue;
  /** The value may be left out. */
  readonly optionalValue?: true;
  /** What words may follow it that are not its value, as in the help text: `[NAMES]`. */
  readonly followers?: string;
  /** One line, no full stop. */
  readonly summary: string;
  /** Additional text for the man page, in full sentences; what to type is in backticks. */
  readonly details?: string;
  readonly group: FlagGroup;
  /**
   * Why this program does not support an option that netstat's users know, and what to use instead. Not in the help
   * text.
   */
  readonly refusal?: string;
}

/** The value of a flag that takes one. */
export interface FlagValue {
  /** As in the help text: `LIST`. */
  readonly name: string;
  /** All allowed values, if there is a fixed list. */
  readonly choices?: readonly string[];
  /** The choices that people mean by words that are none. */
  readonly meant?: Readonly<Record<string, string>>;
  /** A number. If the value is optional, a word that is not a number is not its value. */
  readonly isNumber?: true;
  /**
   * Words joined by hyphens (or by `_`, as people type them). If the value is optional, other words are not its
   * value.
   */
  readonly isHyphenated?: true;
  /** An address or a port. If the value is optional, other words are not its value. */
  readonly isPlace?: true;
  /** What the value is, with examples, for whoever has left it out or typed a word that is not its value. */
  readonly takes?: string;
  /** Several values separated by commas; any option with a value may also be repeated. */
  readonly list?: true;
  /** How the value is completed; a word of ours or one that the shell knows. */
  readonly completes?:
    | 'families'
    | 'states'
    | 'explained-words'
    | 'checks'
    | 'ignored'
    | 'columns'
    | LiveValues
    | 'users'
    | 'hosts'
    | 'folders'
    | 'files'
    | 'sort-keys';
}

/** Whether a word after a flag with an optional value can be its value. */
export function mayBeValue({ isNumber, isHyphenated, isPlace }: FlagValue, word: string): boolean {
  if (isPlace) return /^(?:[\d:[*]|localhost\b|[\da-f]*:|[^\s=!<>()]+:\d+$)/i.test(word);
  if (isNumber) return /^[\d.]/.test(word);
  if (isHyphenated) return /^[a-z][^\s=:,_-]*[-_][^\s]*$/i.test(word);
  return !word.startsWith('-');
}

/** The headings of the help text, in its order. */
export const flagGroups = {
  reports: 'Reports',
  sockets: 'Which sockets',
  filters: 'Filters',
  display: 'What to show',
  output: 'Output',
  other: 'Other',
} as const;

/** A group of flags, by its key in `flagGroups`. */
export type FlagGroup = keyof typeof flagGroups;

/** Every way to write a flag, dashes included, the long name last. */
export function spellings(flag: Flag): string[] {
  const names: string[] = [];
  if (flag.short !== undefined) names.push(`-${flag.short}`);
  names.push(...(flag.aliases ?? []));
  if (flag.long !== undefined) names.push(`--${flag.long}`);
  return names;
}
