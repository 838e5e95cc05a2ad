import type { NoOwner, Owner } from '../../model/socket/owner.ts';
import type { Details } from './layouts.ts';

/** A socket's owners or, if there are none, the reason. */
export interface Ownership {
  readonly owners: readonly Owner[];
  readonly noOwner: NoOwner | null;
}

/**
 * Returns a socket's owner as reported by netstat: the process that used it last, which stands for all that hold it.
 * Process 0 is the kernel. `holdable` is false in a state in which no process holds the socket.
 */
export function ownershipOf({ pid, process }: Details, holdable: boolean): Ownership {
  if (!holdable) return { owners: [], noOwner: 'none' };
  if (pid === null) return { owners: [], noOwner: 'unknown' };
  if (pid === 0) return { owners: [], noOwner: 'kernel' };
  const owner = { pid, program: process, commandLine: null, executable: null, fd: null };
  return { owners: [owner], noOwner: null };
}
