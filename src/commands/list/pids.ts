import { exitCode } from '../../errors.ts';
import type { Host } from '../../host.ts';
import type { Row, Warning } from '../../model/report/snapshot.ts';
import type { Listing } from '../../model/request/listing.ts';
import type { OpenRound, Pipeline } from '../../pipeline/pipeline.ts';
import { unseenIn, waitFor } from '../../pipeline/wait.ts';
import type { Batches } from '../../sources/source.ts';
import { leftOutText } from '../hints.ts';
import type { WarningReporter } from '../warnings.ts';
import { lateText } from './wait.ts';

/** Reads a round and reports what is missing from it. */
interface Answering {
  begin(warnings: Warning[]): Promise<OpenRound>;
  readonly reporter: WarningReporter;
  /** Call it if nothing was found; null: there is nowhere else to look. */
  readonly hintElsewhere: (() => Promise<void>) | null;
}

/**
 * --pids: prints the processes that hold the matching sockets, one per line.
 * @returns the exit code: 0 some found, 1 none, 2 none visible
 */
export async function pids(
  { ownerFits, sought }: Pipeline,
  { query, schedule: { wait } }: Listing,
  { begin, reporter, hintElsewhere }: Answering,
  host: Host,
): Promise<number> {
  const look = async () => {
    const warnings: Warning[] = [];
    const round = await begin(warnings);
    const found = await pidsIn(round.batches, ownerFits);
    const leftOut = round.leftOut();
    return {
      isThere: found.size > 0,
      unseen: unseenIn(warnings, { ...sought, byOwner: true }),
      found,
      warnings,
      leftOut,
    };
  };
  const waited = wait === null ? null : await waitFor(wait, look, host, reporter.report);
  const last = waited?.last ?? (await look());
  const numbers = [...last.found];
  if (query.sort.length === 0) numbers.sort((a, b) => a - b);
  for (const pid of numbers) {
    host.stdout.write(`${pid}\n`);
    await host.stdout.drained?.();
  }
  reporter.report(last.warnings);
  if (last.leftOut > 0) reporter.hint(leftOutText(last.leftOut));
  else if (!last.isThere) await hintElsewhere?.();
  if (last.isThere) return exitCode.done;
  if (last.unseen.length > 0) return exitCode.trouble;
  if (waited?.outcome === 'late') reporter.hint(lateText('there', waited.after));
  return exitCode.noMatch;
}

/** The owners of rows, without repetitions, in the order of the rows. */
async function pidsIn(
  batches: Batches<Row>,
  ownerFits: Pipeline['ownerFits'],
): Promise<ReadonlySet<number>> {
  const found = new Set<number>();
  for await (const batch of batches) {
    for (const row of batch) {
      if (!('owners' in row)) continue;
      for (const owner of row.owners ?? []) if (ownerFits(owner, row)) found.add(owner.pid);
    }
  }
  return found;
}
