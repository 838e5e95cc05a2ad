import type { Host } from '../host.ts';
import { type Warning, warningKey } from '../model/snapshot.ts';
import { complain } from './complain.ts';

/**
 * Reports warnings, each once even if it recurs in several rounds. The failure of a machine is reported again if it
 * answered in a round in between.
 */
export interface WarningReporter {
  report(warnings: readonly Warning[]): void;
  /** With -v: reports something that is not a warning. */
  note(message: string): void;
  /** A hint at what could be shown in addition; only the first one is printed. */
  hint(message: string): void;
  /** Suppresses a warning with this message: it is reported as an error instead. */
  except(message: string): void;
}

/**
 * Forgets the failures of machines that did not fail in this round, so that a later one is reported again; returns
 * the failures of this round.
 */
export function forgetAnswered(
  reported: Set<string>,
  failed: ReadonlySet<string>,
  round: readonly Warning[],
): ReadonlySet<string> {
  const failing = new Set(round.filter(({ code }) => code === 'host-failed').map(warningKey));
  for (const about of failed) if (!failing.has(about)) reported.delete(about);
  return failing;
}

/** A reporter on standard error. `verbose`: also reports tables that the kernel lacks. */
export function warningReporter(
  host: Pick<Host, 'stderr'>,
  { verbose }: { readonly verbose: boolean },
): WarningReporter {
  const reported = new Set<string>();
  let failing: ReadonlySet<string> = new Set();
  let hinted = false;
  return {
    report(warnings) {
      failing = forgetAnswered(reported, failing, warnings);
      for (const warning of warnings) {
        const { code, message } = warning;
        if (code === 'absent' && !verbose) continue;
        const about = warningKey(warning);
        if (reported.has(about) || reported.has(message)) continue;
        reported.add(about);
        complain(host, `warning: ${message}`);
      }
    },
    note(message) {
      if (!verbose || reported.has(message)) return;
      reported.add(message);
      complain(host, message);
    },
    hint(message) {
      if (!hinted) complain(host, message);
      hinted = true;
    },
    except: (message) => reported.add(message),
  };
}

/**
 * Runs `reading`; if it fails, the warnings so far are printed first: they may be the only explanation, for example
 * of machines that did not answer. `warnings`: the list to which the reading adds them.
 */
export async function reportingWarnings<T>(
  host: Pick<Host, 'stderr'>,
  warnings: readonly Warning[],
  reading: () => Promise<T>,
): Promise<T> {
  try {
    return await reading();
  } catch (error) {
    warningReporter(host, { verbose: false }).report(warnings);
    throw error;
  }
}
