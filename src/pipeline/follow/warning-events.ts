import { knownWarnings } from '../../model/known-warnings.ts';
import { newAmong, type Warning } from '../../model/snapshot.ts';
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
  /** Whether everything could be read that the first round could read. */
  isWhole(): boolean;
  /** The warnings not reported yet. */
  take(): readonly SocketEvent[];
}

/** Takes the warnings of one place; `note`: as in `FollowOptions`. */
export function warningEvents({ note }: Pick<FollowOptions, 'note'>): WarningEvents {
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
      ...(note === undefined ? {} : { note }),
    },
    beginRound() {
      partials = [];
    },
    answered() {
      known.endRound([]);
    },
    isWhole() {
      first ??= partials;
      return newAmong(partials, first).length === 0;
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
