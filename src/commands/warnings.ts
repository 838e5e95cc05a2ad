import type { NetstatError } from '../errors.ts';
import type { Host } from '../host.ts';
import { knownWarnings } from '../model/report/known-warnings.ts';
import type { Warning } from '../model/report/snapshot.ts';
import { onlyVerbose } from '../model/report/warning-codes.ts';
import { complain } from './complain.ts';

/**
 * Reports warnings, each once even if it recurs in several rounds, as `KnownWarnings` says.
 */
export interface WarningReporter {
  report(warnings: readonly Warning[]): void;
  /** With -v: reports something that is not a warning. */
  note(message: string): void;
  /** A hint at what could be shown in addition; only the first one is printed. */
  hint(message: string): void;
  /** Suppresses what is reported as an error instead: a warning with its message, and that the file it names is absent. */
  except(error: Pick<NetstatError, 'message' | 'path'>): void;
}

/** A reporter on standard error. `verbose`: also reports tables that the kernel lacks. */
export function warningReporter(
  host: Pick<Host, 'stderr'>,
  { verbose }: { readonly verbose: boolean },
): WarningReporter {
  const known = knownWarnings();
  /** Messages that are not to be printed, any more or at all. */
  const said = new Set<string>();
  let absent: string | null = null;
  let hinted = false;
  return {
    report(warnings) {
      for (const warning of warnings) {
        const { code, message, source } = warning;
        if ((onlyVerbose.has(code) && !verbose) || said.has(message)) continue;
        if (code === 'absent' && absent !== null && source === absent) continue;
        if (known.isNews(warning)) complain(host, `warning: ${message}`);
      }
      known.endRound(warnings);
    },
    note(message) {
      if (!verbose || said.has(message)) return;
      said.add(message);
      complain(host, message);
    },
    hint(message) {
      if (!hinted) complain(host, message);
      hinted = true;
    },
    except({ message, path }) {
      said.add(message);
      absent = path;
    },
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
