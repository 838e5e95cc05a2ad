import type { Warning } from './snapshot.ts';

/** The code of a warning. */
export type WarningCode = Warning['code'];

/** What a warning means, by its code. A new code says all of it here. */
interface Meaning {
  /** Rows may be missing although what they tell of exists. */
  readonly mayLackRows: boolean;
  /** No row of a table was read, whether there are any or not. */
  readonly lacksTable: boolean;
  /** What may be there unseen; `owners`: rows only where they are selected by owner. */
  readonly hides: 'rows' | 'owners' | 'nothing';
  /** Said only with -v: the answer is complete without it. */
  readonly onlyVerbose: boolean;
  /** What went wrong, for metrics: a report or table as a whole, something in a reading, or a machine. */
  readonly counts: 'error' | 'warning' | 'machine';
}

const unreadTable: Meaning = {
  ...{ mayLackRows: true, lacksTable: true, hides: 'rows', onlyVerbose: false, counts: 'error' },
};
const noTable: Meaning = {
  ...{
    mayLackRows: false,
    lacksTable: true,
    hides: 'nothing',
    onlyVerbose: true,
    counts: 'warning',
  },
};
const lackingLines: Meaning = { ...unreadTable, lacksTable: false, counts: 'warning' };
const lackingOwners: Meaning = { ...lackingLines, mayLackRows: false, hides: 'owners' };
const unsure: Meaning = { ...lackingLines, mayLackRows: false };

/** The codes of warnings, in the order of documents. `Warning` says what each is about. */
export const warningCodes: Readonly<Record<WarningCode, Meaning>> = {
  absent: noTable,
  forbidden: unreadTable,
  unreadable: unreadTable,
  empty: unreadTable,
  malformed: lackingLines,
  'owners-denied': lackingOwners,
  'owners-failed': lackingOwners,
  cut: lackingLines,
  lost: unsure,
  uncertain: unsure,
  incomplete: { ...unsure, hides: 'nothing' },
  'host-failed': { ...lackingLines, counts: 'machine' },
};

/** Warnings that mean that rows are missing although their sockets may exist. */
export const lackingRows = codesThat(({ mayLackRows }) => mayLackRows);

/** Warnings that mean that a table's rows are missing. */
export const lackingTable = codesThat(({ lacksTable }) => lacksTable);

/** Warnings that only mean that owners are not known. */
export const hidingOwners = codesThat(({ hides }) => hides === 'owners');

/** Warnings that hide nothing: a table that the kernel lacks has no rows. */
export const hidingNothing = codesThat(({ hides }) => hides === 'nothing');

/** Warnings that are said only with -v. */
export const onlyVerbose = codesThat((meaning) => meaning.onlyVerbose);

/** What went wrong with reports and tables as a whole. */
export const errorsOfReading = codesThat(({ counts }) => counts === 'error');

/** What went wrong within a reading. */
export const warningsOfReading = codesThat(({ counts }) => counts === 'warning');

/** What went wrong with a machine as a whole: over once it answers again. */
export const failuresOfMachine = codesThat(({ counts }) => counts === 'machine');

/** The codes that have such a meaning, in their order. A saved answer may have others, of a later version. */
function codesThat(fits: (meaning: Meaning) => boolean): ReadonlySet<WarningCode> {
  const codes = Object.keys(warningCodes) as WarningCode[];
  return new Set(codes.filter((code) => fits(warningCodes[code])));
}
