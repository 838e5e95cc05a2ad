import { NetstatError } from '../../errors.ts';
import type { Host } from '../../host.ts';
import type { NotCompared } from '../../model/report/difference.ts';
import { isOfLeftOut, leftOutNames } from '../../model/report/left-out-netns.ts';
import { newAmong, type Row, type Warning } from '../../model/report/snapshot.ts';
import { failuresOfMachine, lackingRows } from '../../model/report/warning-codes.ts';
import type { View } from '../../model/request/view.ts';
import { counted } from '../../text/counted.ts';
import { complain } from '../complain.ts';
import { warningReporter } from '../warnings.ts';

/** The warnings of a comparison. */
interface ComparedWarnings {
  /** Those of the file. */
  readonly known: readonly Warning[];
  /** The file's rows that are compared. */
  readonly compared: readonly Row[];
  readonly warnings: readonly Warning[];
  /** The file. */
  readonly path: string;
}

/**
 * Reports the warnings that the file does not have too: others are no news, and cron mails all output.
 * @throws NetstatError if rows could not be read that would show as removed
 */
export function reportNewWarnings(
  { known, compared, warnings, path }: ComparedWarnings,
  view: View,
  host: Host,
): void {
  const news = newAmong(warnings, known);
  // A machine that the command line names is asked for each time: that it does not answer is always news.
  const newWarnings = warnings.filter(
    (one) => failuresOfMachine.has(one.code) || news.includes(one),
  );
  warningReporter(host, view).report(view.verbose ? warnings : newWarnings);
  refuseIncomplete(
    newWarnings.filter((one) => mayLack(one, known, compared)),
    path,
  );
}

/** Reports how many rows could not be compared, and why. */
export function reportNotCompared(
  { owners, ownersHidden, unnamed, undecided }: NotCompared,
  isVerbose: boolean,
  host: Host,
): void {
  const oneSided = owners - ownersHidden;
  if (oneSided > 0) {
    complain(
      host,
      `${counted(oneSided, 'socket')}: owners not compared, since one side lacks them`,
    );
  }
  // As in the file: no news for cron, but a person should know what is not compared.
  if (ownersHidden > 0 && (isVerbose || host.stderr.isTerminal)) {
    complain(
      host,
      `${counted(ownersHidden, 'socket')}: owners not compared, since both sides lack them`,
    );
  }
  if (undecided > 0) {
    complain(host, `${counted(undecided, 'row')}: not compared, ${whyUndecided}`);
  }
  if (isVerbose && unnamed > 0) {
    complain(host, `${counted(unnamed, 'socket')} without a name or port: not compared`);
  }
}

const whyUndecided = 'since one side lacks what a filter or --ignore needs';

/** The error for a comparison in which no row could be compared: that nothing differs would be no answer. */
export function nothingCompared({ undecided }: NotCompared, path: string): NetstatError {
  return new NetstatError(
    'unreadable',
    `${path}: nothing was compared (${counted(undecided, 'row')}), ${whyUndecided}`,
    { path },
  );
}

/**
 * The error for a file that does not record what was asked, if its rows are others than those now asked for and there
 * are none of these: somebody forgot the flags, and a check in a script would never fail.
 */
export function noneAsked(rows: number, path: string): NetstatError {
  const what = rows === 1 ? 'its row is not' : `none of its ${rows} rows is`;
  return new NetstatError(
    'unreadable',
    `${path}: nothing was compared: ${what} of what these flags ask for; give those that it was made with`,
    { path },
  );
}

/**
 * Rejects a comparison in which rows that could not be read now would appear as removed. What could not be read
 * when the file was saved makes no difference.
 */
function refuseIncomplete([missing]: readonly Warning[], path: string): void {
  if (missing === undefined) return;
  throw new NetstatError(
    'unreadable',
    `${path}: not compared, since what could not be read now would show as gone: ${missing.message}`,
    { path },
  );
}

/**
 * Whether rows that are compared may be missing by a new warning. A namespace that is newly left out is missed only by
 * rows of it: it may be new itself. Not by a single line that cannot be read, which any user can cause by the name of a
 * UNIX socket: it must not keep all other differences from being reported.
 */
function mayLack(warning: Warning, before: readonly Warning[], compared: readonly Row[]): boolean {
  if (!lackingRows.has(warning.code) || warning.code === 'malformed') return false;
  const names = leftOutNames(warning);
  if (names === null) return true;
  const known = new Set(
    before.flatMap((one) => (one.host === warning.host ? leftOutNames(one) : null) ?? []),
  );
  const rows = compared.filter(({ host }) => host === warning.host);
  return names.some(
    (name) => !known.has(name) && rows.some((row) => isOfLeftOut(row, name) !== false),
  );
}
