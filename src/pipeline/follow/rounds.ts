import { type SocketChanges, socketChanges } from '../../analysis/rounds/socket-changes.ts';
import { isNetstatError } from '../../errors.ts';
import { machineTime, steadyNow } from '../../flow/steady-clock.ts';
import type { SocketChange } from '../../model/report/socket-event.ts';
import { isWithoutPort } from '../../model/socket/classify.ts';
import type { Socket } from '../../model/socket/socket.ts';
import { seeingAll } from '../../select/index.ts';
import type { Closings, Source, WarningSink } from '../../sources/source.ts';
import { withoutRareTables } from '../absent-tables.ts';
import type { FailedRounds } from '../failed-rounds.ts';
import { lastingPlace } from '../lasting-place.ts';
import { type ReadOptions, readRows } from '../read.ts';
import { unknownFacts } from '../unknown-facts.ts';
import type { FollowTask, GrowingTally } from './task.ts';
import { possibleForms } from './unseen-closing.ts';
import type { WarningEvents } from './warning-events.ts';

/** The changes found by a round; null: it failed, which causes a warning. */
export async function unlessFailed(
  readRound: () => Promise<readonly SocketChange[]>,
  sink: WarningSink,
  { signal, onFailedRound }: FollowTask,
  failures: FailedRounds,
): Promise<readonly SocketChange[] | null> {
  try {
    const changes = await readRound();
    failures.succeeded();
    return changes;
  } catch (error) {
    // An abort makes pending requests fail.
    if (signal.aborted) return null;
    if (onFailedRound === undefined && failures.survives(error)) {
      sink.warn({ code: 'unreadable', message: error.message, source: error.path });
      return null;
    }
    if (onFailedRound === undefined || !isNetstatError(error)) throw error;
    sink.warn(onFailedRound(error));
    return null;
  }
}

/** Makes the function that reads a round and returns its changes. */
export async function rounds(
  task: FollowTask,
  closings: Closings | null,
  warnings: WarningEvents,
  tally: GrowingTally,
): Promise<{ readonly changes: SocketChanges; readRound(): Promise<readonly SocketChange[]> }> {
  const { source, query, selection, needs, verbose, openNumbered } = task;
  const place = openNumbered && lastingPlace(source, openNumbered);
  // What has no port is neither a server nor a connection: macOS and Windows list such too.
  const passes = (socket: Socket) =>
    !isWithoutPort(socket) && selection.early(socket) && selection.late(socket);
  const changes = socketChanges({
    passes,
    passesUnseen(closing) {
      const fits = possibleForms(closing).map(selection.fitUnseen);
      if (fits.includes('yes')) return true;
      if (fits.includes('unknown')) tally.undecided++;
      return false;
    },
    kernelReports: (socket) => closings?.reportsClose(socket) === true,
    withOwners: needs.owners !== 'none',
    withTcpInfo: needs.tcpInfo,
    timeOf: machineTime(),
  });
  const meters = needs.rates
    ? (await import('../../analysis/rounds/connection-rates.ts')).rateMeter()
    : undefined;
  return {
    changes,
    async readRound() {
      const at = steadyNow();
      const meter = meters?.(at);
      const sink = withoutRareTables(warnings.sink, query, verbose);
      warnings.beginRound();
      const read = async (from: Source): Promise<readonly Socket[]> => {
        const rows: Socket[] = [];
        const howToRead: ReadOptions = {
          // Keep every socket for comparison, but do not look up owners and the like for sockets that do not match.
          selection: seeingAll(selection, (socket) => {
            if (selection.early(socket) || changes.wasFollowed(socket)) return true;
            rows.push(socket);
            return false;
          }),
          ...{ needs, meter, keepsAll: true, needsTable: true, toFollow: closings !== null },
        };
        const reading = readRows(from, { ...query, report: 'sockets' }, howToRead, sink);
        for await (const batch of reading.batches) for (const socket of batch) rows.push(socket);
        return rows;
      };
      const rows = place === undefined ? await read(source) : ((await place.look(read)) ?? []);
      place?.see(rows);
      const found = changes.round({ at, rows, mayLack: warnings.mayLack(rows) });
      if (selection.isLate) warnOfUnknown(task, rows, changes, warnings.sink);
      return found;
    },
  };
}

/** Warns of sockets in these rows that may match, but are not followed since it is not known whether they do. */
function warnOfUnknown(
  { selection, source }: Pick<FollowTask, 'selection' | 'source'>,
  rows: readonly Socket[],
  changes: SocketChanges,
  sink: WarningSink,
): void {
  const { needs } = selection;
  // A socket that is followed stays so if what decides is not known any more.
  const fit = (row: Socket) => (changes.wasFollowed(row) ? 'yes' : selection.fit(row));
  const unknown = unknownFacts({ needs, fit }, source, sink);
  if (unknown === null) return;
  for (const row of rows) if (!isWithoutPort(row)) unknown.leaveOut(row);
  unknown.warn();
}
