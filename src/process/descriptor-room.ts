import { readdirSync, readFileSync } from 'node:fs';
import { parseSoftLimit } from '../model/machine/limits.ts';

/** As `Host.descriptorRoom`. */
export function descriptorRoom(): number {
  try {
    const limit = parseSoftLimit(readFileSync('/proc/self/limits', 'latin1'), 'Max open files');
    return (limit ?? Number.POSITIVE_INFINITY) - readdirSync('/proc/self/fd').length;
  } catch {
    // No Linux, no /proc, or no descriptor left to read it.
    return Number.POSITIVE_INFINITY;
  }
}
