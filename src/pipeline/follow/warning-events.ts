import { netnsKey } from '../../model/machine/netns.ts';
import { knownWarnings } from '../../model/report/known-warnings.ts';
import { isOfLeftOut, leftOutNames } from '../../model/report/left-out-netns.ts';
import { newAmong, type Warning } from '../../model/report/snapshot.ts';
import type { SocketEvent } from '../../model/report/socket-event.ts';
import { mayConcern } from '../../model/report/warned-tables.ts';
import { lackingRows } from '../../model/report/warning-codes.ts';
import type { Socket } from '../../model/socket/socket.ts';
import type { WarningSink } from '../../sources/source.ts';
import type { FollowTask } from './task.ts';

/**
 * Collects warnings as events, each reported once (the failure of a machine again after it has answered), and
 * whether a round was complete.
 */
export interface WarningEvents {
  readonly sink: WarningSink;
  beginRound(): void;
  /** A round succeeded: a later failure is news. */
  answered(): void;
  /** Ends a round: whether a socket of an earlier one may exist although it is not among its rows. */
  mayLack(rows: readonly Socket[]): (row: Socket) => boolean;
  /** The warnings not reported yet. */
  take(): readonly SocketEvent[];
}

/** Takes the warnings of one place; `note`: as in `FollowTask`. */
export function warningEvents({ note }: Pick<FollowTask, 'note'>): WarningEvents {
  const known = knownWarnings();
  let fresh: Warning[] = [];
  let first: readonly Warning[] | null = null;
  let partials: Warning[] = [];
  return {
    sink: {
      warn(warning) {
        if (lackingRows.has(warning.code)) partials.push(warning);
        if (known.isNews(warning)) fresh.push(warning);
      },
      ...(note !== undefined && { note }),
    },
    beginRound() {
      partials = [];
    },
    answered() {
      known.endRound([]);
    },
    mayLack(rows) {
      first ??= partials;
      const news = newAmong(partials, first).filter((one) => leftOutNames(one) === null);
      const before = new Set(namesIn(first));
      const names = namesIn(partials);
      const wasRead = readPlaces(rows);
      return (row) =>
        news.some((one) => mayConcern(one, row)) ||
        names.some((name) => isOfLeftOut(row, name) ?? (!before.has(name) && !wasRead(row)));
    },
    take() {
      const events = fresh.map(warningEvent);
      fresh = [];
      return events;
    },
  };
}

/** The network namespaces that are left out by these warnings. */
function namesIn(warnings: readonly Warning[]): readonly string[] {
  return warnings.flatMap((one) => leftOutNames(one) ?? []);
}

/** Tells whether these rows show that the network namespace of a socket was read. */
function readPlaces(rows: readonly Socket[]): (row: Socket) => boolean {
  let read: ReadonlySet<string> | null = null;
  return ({ netns }) => {
    if (netns === undefined) return false;
    // Rows of one namespace share an object.
    read ??= new Set(
      [...new Set(rows.map((row) => row.netns))].flatMap((one) =>
        one ? (netnsKey(one) ?? []) : [],
      ),
    );
    const key = netnsKey(netns);
    return key !== null && read.has(key);
  };
}

/** A warning as an event of now. */
export function warningEvent(warning: Warning): SocketEvent {
  return { event: 'warning', time: new Date().toISOString(), warning };
}
