import { errorNaming, type NetstatError } from '../../errors.ts';
import { errnoOf, isGone, type Proc } from './proc/proc.ts';

/**
 * The error for a table that this kernel lacks; null: it has the table. `what`: what is missing, and why that may
 * be.
 */
export function lackingTable(proc: Proc, path: string, what: string): NetstatError | null {
  try {
    proc.openTable(path).close();
    return null;
  } catch (cause) {
    if (!isGone(errnoOf(cause))) return null;
    const source = `${proc.root}/${path}`;
    return errorNaming('unsupported', source, `this kernel has no ${what}`, { cause });
  }
}
