import { readdirSync, readFileSync } from 'node:fs';
import { parseSoftLimit } from '../model/machine/limits.ts';

/** How many more files and sockets this process can open; null: not limited, or not known. */
export function descriptorRoom(): number | null {
  try {
    const limit = parseSoftLimit(readFileSync('/proc/self/limits', 'latin1'), 'Max open files');
    if (limit === null || limit === Number.POSITIVE_INFINITY) return null;
    return limit - readdirSync('/proc/self/fd').length;
  } catch {
    // No Linux, no /proc, or no descriptor left to read it.
    return null;
  }
}
