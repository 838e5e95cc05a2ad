import type { Host } from '../host.ts';
import { type Warning, warningKey } from '../model/snapshot.ts';
import { complain } from './complain.ts';

/**
 * Tells warnings, each once however many rounds it is true of. That a machine failed is told anew where it has
 * answered in a round between.
 */
export interface WarningTeller {
  tell(warnings: readonly Warning[]): void;
  /** With -v: something worth knowing that is no warning. */
  note(message: string): void;
  /** What would show more, which is no warning: the first is told, those of later rounds are not. */
  hint(message: string): void;
  /** This message is told as an error: it is no warning too. */
  except(message: string): void;
}

/** Forgets of those that failed that they were told where they are not in this round; gives those that fail in it. */
export function forgetAnswered(
  told: Set<string>,
  failed: ReadonlySet<string>,
  round: readonly Warning[],
): ReadonlySet<string> {
  const failing = new Set(round.filter(({ code }) => code === 'host-failed').map(warningKey));
  for (const about of failed) if (!failing.has(about)) told.delete(about);
  return failing;
}

/** A teller of standard error. `verbose`: also of tables that the kernel lacks. */
export function warningTeller(
  host: Pick<Host, 'stderr'>,
  { verbose }: { readonly verbose: boolean },
): WarningTeller {
  const told = new Set<string>();
  let failing: ReadonlySet<string> = new Set();
  let hinted = false;
  return {
    tell(warnings) {
      failing = forgetAnswered(told, failing, warnings);
      for (const warning of warnings) {
        const { code, message } = warning;
        if (code === 'absent' && !verbose) continue;
        const about = warningKey(warning);
        if (told.has(about) || told.has(message)) continue;
        told.add(about);
        complain(host, `warning: ${message}`);
      }
    },
    note(message) {
      if (!verbose || told.has(message)) return;
      told.add(message);
      complain(host, message);
    },
    hint(message) {
      if (!hinted) complain(host, message);
      hinted = true;
    },
    except: (message) => told.add(message),
  };
}

/**
 * What reading gives. Where it fails as a whole, what it warned of before is told all the same: of machines that did
 * not answer, only that says why. `warnings`: where reading puts them.
 */
export async function tellingWhy<T>(
  host: Pick<Host, 'stderr'>,
  warnings: readonly Warning[],
  reading: () => Promise<T>,
): Promise<T> {
  try {
    return await reading();
  } catch (error) {
    warningTeller(host, { verbose: false }).tell(warnings);
    throw error;
  }
}
