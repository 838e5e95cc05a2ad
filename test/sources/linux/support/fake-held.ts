import {
  descriptorCollector,
  type HeldSockets,
  type OtherDescriptor,
  type WalkDepth,
} from '../../../../src/sources/linux/owners/socket-descriptors.ts';
import type { Proc } from '../../../../src/sources/linux/proc/proc.ts';

/** A socket that a process holds: its PID, the inode, the descriptor. */
export type HeldRow = readonly [pid: number, inode: number, fd: number];

/** What the kernel tells at once. */
export function heldOf(
  rows: readonly HeldRow[],
  others: readonly OtherDescriptor[] = [],
): HeldSockets {
  const sockets = descriptorCollector();
  for (const row of rows) sockets.add(...row);
  return { sockets: sockets.collected(), others };
}

/** A /proc with a kernel that may be asked, and answers so; null: it refuses. `asked`: what for, each time. */
export function telling<P extends Proc>(
  proc: P,
  held: HeldSockets | null,
): P & { readonly asked: (readonly [WalkDepth, readonly number[] | null])[] } {
  const asked: (readonly [WalkDepth, readonly number[] | null])[] = [];
  return {
    ...proc,
    asked,
    heldSockets: () => async (depth, wanted) => {
      asked.push([depth, wanted === null ? null : [...wanted]]);
      return held;
    },
  };
}
