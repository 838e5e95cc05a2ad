import { knownWarnings } from '../../model/known-warnings.ts';
import { isOfLeftOut, leftOutNames } from '../../model/left-out.ts';
import { newAmong, type Warning } from '../../model/snapshot.ts';
import type { Socket } from '../../model/socket.ts';
import type { SocketEvent } from '../../model/socket-event.ts';
import type { WarningSink } from '../../sources/source.ts';
import { lackingRows } from '../lacking-rows.ts';
import type { FollowOptions } from './options.ts';

/**
 * Collects warnings as events, each reported once (the failure of a machine again after it has answered), and
 * whether a round was complete.
 */
export interface WarningEvents {
  readonly sink: WarningSink;
  beginRound(): void;
  /** A round succeeded: a later failure is news. */
  answered(): void;
  /**
   * Ends a round that began then.
   * @returns whether a socket may exist although the round lacks it; `lastSeen`: when the last round that had it began
   */
  mayLack(at: number): (row: Socket, lastSeen: number) => boolean;
  /** The warnings not reported yet. */
  take(): readonly SocketEvent[];
}

/** Takes the warnings of one place; `note`: as in `FollowOptions`. */
export function warningEvents({ note }: Pick<FollowOptions, 'note'>): WarningEvents {
  const known = knownWarnings();
  let fresh: Warning[] = [];
  let first: readonly Warning[] | null = null;
  let partials: Warning[] = [];
  /** Namespaces by name, with the beginning of the first of the rounds that left them out without a break. */
  let leftOut: ReadonlyMap<string, number> = new Map();
  return {
    sink: {
      warn(warning) {
        if (lackingRows.has(warning.code)) partials.push(warning);
        if (known.isNews(warning)) fresh.push(warning);
      },
      ...(note === undefined ? {} : { note }),
    },
    beginRound() {
      partials = [];
    },
    answered() {
      known.endRound([]);
    },
    mayLack(at) {
      const others = partials.filter((one) => leftOutNames(one) === null);
      const names = partials.flatMap((one) => leftOutNames(one) ?? []);
      leftOut = new Map(names.map((name) => [name, leftOut.get(name) ?? at]));
      first ??= others;
      if (newAmong(others, first).length > 0) return () => true;
      // What was seen while a namespace was left out is not of that one.
      const now = [...leftOut];
      return (row, lastSeen) =>
        now.some(([name, since]) => isOfLeftOut(row, name) ?? lastSeen < since);
    },
    take() {
      const events = fresh.map(warningEvent);
      fresh = [];
      return events;
    },
  };
}

/** A warning as an event of now. */
export function warningEvent(warning: Warning): SocketEvent {
  return { event: 'warning', time: new Date().toISOString(), warning };
}
