import { type Warning, warningKey } from '../../model/snapshot.ts';
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
  const known = new Set<string>();
  let fresh: Warning[] = [];
  let failures: string[] = [];
  let first: Set<string> | null = null;
  let partials = new Set<string>();
  return {
    sink: {
      warn(warning) {
        const about = warningKey(warning);
        if (lackingRows.has(warning.code)) partials.add(about);
        if (known.has(about)) return;
        known.add(about);
        if (warning.code === 'host-failed') failures.push(about);
        fresh.push(warning);
      },
      ...(note === undefined ? {} : { note }),
    },
    beginRound() {
      partials = new Set();
    },
    answered() {
      for (const about of failures) known.delete(about);
      failures = [];
    },
    isWhole() {
      first ??= partials;
      const before = first;
      return [...partials].every((about) => before.has(about));
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
