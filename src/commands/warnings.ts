import type { Host } from '../host.ts';
import type { Warning } from '../model/snapshot.ts';
import { complain } from './complain.ts';

/** Tells warnings, each once however many rounds it is true of. */
export interface WarningTeller {
  tell(warnings: readonly Warning[]): void;
  /** With -v: something worth knowing that is no warning. */
  note(message: string): void;
  /** What would show more, which is no warning: the first is told, those of later rounds are not. */
  hint(message: string): void;
  /** This message is told as an error: it is no warning too. */
  except(message: string): void;
}

/** A teller of standard error. `verbose`: also of tables that the kernel lacks. */
export function warningTeller(
  host: Pick<Host, 'stderr'>,
  { verbose }: { readonly verbose: boolean },
): WarningTeller {
  const told = new Set<string>();
  let hinted = false;
  return {
    tell(warnings) {
      for (const { code, message, source } of warnings) {
        if (code === 'absent' && !verbose) continue;
        const about = `${code} ${source}`;
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
