import type { LiveValues } from './completion/live.ts';

/**
 * Every option there is: the one table that the parser, --help, the man page, the completions and
 * docs/reference.md are made from.
 */
export interface Flag {
  /** One letter or digit, without the dash. */
  readonly short?: string;
  /** Without the dashes. */
  readonly long?: string;
  /** Further spellings, with their dashes, that mean the same. */
  readonly aliases?: readonly string[];
  /** Not one of net-tools' options, which come first when a name is shortened. */
  readonly own?: true;
  /** What it takes; absent: nothing. */
  readonly value?: FlagValue;
  /** The value may be left out. */
  readonly optionalValue?: true;
  /** One line, no full stop. */
  readonly summary: string;
  /** More, for the man page: whole sentences; what is to be typed stands between backticks. */
  readonly details?: string;
  readonly group: FlagGroup;
  /** Known to netstat's users but not to this program: says why, and what to use. Not in help. */
  readonly refusal?: string;
}

/** The value of a flag that takes one. */
export interface FlagValue {
  /** As help shows it: `LIST`. */
  readonly name: string;
  /** All it may be, where that is a closed list. */
  readonly choices?: readonly string[];
  /** A number: where the value may be left out, a word that is none is not taken for it. */
  readonly isNumber?: true;
  /** Words joined by hyphens (or by `_`, as people type them): where the value may be left out, a word that is none is not taken for it. */
  readonly isHyphenated?: true;
  /** An address or a port: where the value may be left out, a word that is none is not taken for it. */
  readonly isPlace?: true;
  /** Several values with commas between them; any option that takes a value may also be repeated. */
  readonly list?: true;
  /** Completed from what is there, or by the shell. */
  readonly completes?:
    | 'families'
    | 'states'
    | 'explained-states'
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

/** Whether a word behind a flag whose value may be left out can be its value. */
export function mayBeValue({ isNumber, isHyphenated, isPlace }: FlagValue, word: string): boolean {
  if (isPlace) return /^(?:[\d:[*]|localhost\b|[\da-f]*:|[^\s=!<>()]+:\d+$)/i.test(word);
  if (isNumber) return /^[\d.]/.test(word);
  if (isHyphenated) return /^[a-z][^\s=:,_-]*[-_][^\s]*$/i.test(word);
  return !word.startsWith('-');
}

/** The headings that help shows flags under, in its order. */
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

/** The flags that do something, by group, in the table's order. */
export function shownFlags(flags: readonly Flag[], group: FlagGroup): readonly Flag[] {
  return flags.filter((flag) => flag.group === group && flag.refusal === undefined);
}

/** Every way to write a flag, dashes included, the long name last. */
export function spellings(flag: Flag): string[] {
  const names: string[] = [];
  if (flag.short !== undefined) names.push(`-${flag.short}`);
  names.push(...(flag.aliases ?? []));
  if (flag.long !== undefined) names.push(`--${flag.long}`);
  return names;
}
