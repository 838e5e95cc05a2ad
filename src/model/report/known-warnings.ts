import { newAmong, type Warning, warningKey } from './snapshot.ts';
import { failuresOfMachine } from './warning-codes.ts';

/** Remembers warnings, so that each is passed on once, and again if it is about more than before. */
export interface KnownWarnings {
  /** Whether a warning is news; from then on it is none. */
  isNews(warning: Warning): boolean;
  /**
   * Call with the warnings of each round: the failure of a machine that did not fail in one is news again.
   */
  endRound(warnings: readonly Warning[]): void;
}

/** Nothing is known yet. */
export function knownWarnings(): KnownWarnings {
  /** By what they are about, with everything that they have been about. */
  const known = new Map<string, Warning>();
  return {
    isNews(warning) {
      const about = warningKey(warning);
      const before = known.get(about);
      if (before !== undefined && newAmong([warning], [before]).length === 0) return false;
      const all = new Set([...(before?.subjects ?? []), ...(warning.subjects ?? [])]);
      known.set(
        about,
        warning.subjects === undefined ? warning : { ...warning, subjects: [...all] },
      );
      return true;
    },
    endRound(warnings) {
      const failing = new Set(warnings.filter(isFailure).map(warningKey));
      for (const [about, one] of known) {
        if (isFailure(one) && !failing.has(about)) known.delete(about);
      }
    },
  };
}

function isFailure({ code }: Warning): boolean {
  return failuresOfMachine.has(code);
}
