/** How many descriptors are left to this process. */

import { readdirSync, readFileSync } from 'node:fs';

/** How many more files and sockets this process can open (proc_pid_limits(5)); null: not limited, or not known. */
export function descriptorRoom(): number | null {
  try {
    const limits = readFileSync('/proc/self/limits', 'latin1');
    const limit = /^Max open files +(\d+) /m.exec(limits)?.[1];
    return limit === undefined ? null : Number(limit) - readdirSync('/proc/self/fd').length;
  } catch {
    // No Linux, no /proc, or no descriptor left to read it.
    return null;
  }
}
