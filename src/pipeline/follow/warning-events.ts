import { newAmong, type Warning, warningKey } from '../../model/snapshot.ts';
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
  /** By what they are about. */
  const known = new Map<string, Warning>();
  let fresh: Warning[] = [];
  let failures: string[] = [];
  let first: readonly Warning[] | null = null;
  let partials: Warning[] = [];
  return {
    sink: {
      warn(warning) {
        const about = warningKey(warning);
        if (lackingRows.has(warning.code)) partials.push(warning);
        const before = known.get(about);
        if (before !== undefined && newAmong([warning], [before]).length === 0) return;
        known.set(about, withSubjectsOf(warning, before));
        if (warning.code === 'host-failed') failures.push(about);
        fresh.push(warning);
      },
      ...(note === undefined ? {} : { note }),
    },
    beginRound() {
      partials = [];
    },
    answered() {
      for (const about of failures) known.delete(about);
      failures = [];
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

/** The warning, with everything that it or an earlier one was about. */
function withSubjectsOf(warning: Warning, before: Warning | undefined): Warning {
  if (before?.subjects === undefined) return warning;
  return { ...warning, subjects: [...before.subjects, ...(warning.subjects ?? [])] };
}

/** A warning as an event of now. */
export function warningEvent(warning: Warning): SocketEvent {
  return { event: 'warning', time: new Date().toISOString(), warning };
}
