import { errorNaming, type NetstatError } from '../../errors.ts';
import type { Host } from '../../host.ts';
import type { NotCompared } from '../../model/report/difference.ts';
import { isOfLeftOut, leftOutNames } from '../../model/report/left-out-netns.ts';
import { newAmong, type Row, type Warning } from '../../model/report/snapshot.ts';
import { mayConcern } from '../../model/report/warned-tables.ts';
import { failuresOfMachine, lackingRows } from '../../model/report/warning-codes.ts';
import type { View } from '../../model/request/view.ts';
import { counted } from '../../text/counted.ts';
import { shortened } from '../../text/shortened.ts';
import { complain } from '../complain.ts';
import { warningReporter } from '../warnings.ts';

/** The warnings of a comparison, and the rows that may be missing by them. */
interface ComparedWarnings {
  /** Those of the file. */
  readonly known: readonly Warning[];
  /** The file's rows that are compared. */
  readonly compared: readonly Row[];
  readonly warnings: readonly Warning[];
  /** The rows that would show as new. */
  readonly added: readonly Row[];
  /** The file. */
  readonly path: string;
}

/**
 * Reports the warnings that the file does not have too: others are no news, and cron mails all output.
 * @throws NetstatError if rows could not be read that would show as removed, or then, that would show as new
 */
export function reportNewWarnings(
  { known, compared, warnings, added, path }: ComparedWarnings,
  view: View,
  host: Host,
): void {
  const news = newAmong(warnings, known);
  // A machine that the command line names is asked for each time: that it does not answer is always news.
  const newWarnings = warnings.filter(
    (one) => failuresOfMachine.has(one.code) || news.includes(one),
  );
  warningReporter(host, view).report(view.verbose ? warnings : newWarnings);
  const missing = newWarnings.find((one) => mayLack(one, known, compared));
  if (missing !== undefined) {
    const what = `what could not be read now would show as gone: ${missing.message}`;
    throw incompleteSide(path, what);
  }
  // Where nothing that it may be shows as new, it makes no difference: it may not even be in what is compared.
  const missed = newAmong(known, warnings).find(
    (one) =>
      // What is known of such a machine is not compared.
      !failuresOfMachine.has(one.code) &&
      added.some((row) => mayConcern(one, row)) &&
      mayLack(one, warnings, added),
  );
  if (missed !== undefined) {
    const what = `what could not be read when it was saved would show as new; save it again: ${shortened(missed.message)}`;
    throw incompleteSide(path, what);
  }
}

/** The error for a comparison of which one side lacks rows that the other may have. */
function incompleteSide(path: string, what: string): NetstatError {
  return errorNaming('unreadable', path, `not compared, since ${what}`);
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
  return errorNaming(
    'unreadable',
    path,
    `nothing was compared (${counted(undecided, 'row')}), ${whyUndecided}`,
  );
}

/**
 * The error for a file that does not record what was asked, if its rows are others than those now asked for and there
 * are none of these: somebody forgot the flags, and a check in a script would never fail.
 */
export function noneAsked(rows: number, path: string): NetstatError {
  const what = rows === 1 ? 'its row is not' : `none of its ${rows} rows is`;
  return errorNaming(
    'unreadable',
    path,
    `nothing was compared: ${what} of what these flags ask for; give those that it was made with`,
  );
}

/**
 * Whether one side may lack rows by a warning that the other does not have. A namespace that only one side leaves out is
 * missed only by rows of it on the other side, `rows`: it may be new itself. Not by a single line that cannot be read,
 * which any user can cause by the name of a UNIX socket: it must not keep all other differences from being reported.
 */
function mayLack(warning: Warning, others: readonly Warning[], rows: readonly Row[]): boolean {
  if (!lackingRows.has(warning.code) || warning.code === 'malformed') return false;
  const names = leftOutNames(warning);
  if (names === null) return true;
  const known = new Set(
    others.flatMap((one) => (one.host === warning.host ? leftOutNames(one) : null) ?? []),
  );
  const ofMachine = rows.filter(({ host }) => host === warning.host);
  return names.some(
    (name) => !known.has(name) && ofMachine.some((row) => isOfLeftOut(row, name) !== false),
  );
}
