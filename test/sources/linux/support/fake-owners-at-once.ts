import {
  descriptorCollector,
  type OtherDescriptor,
  type OwnersAtOnce,
  type WalkDepth,
} from '../../../../src/sources/linux/owners/socket-descriptors.ts';
import type { Proc } from '../../../../src/sources/linux/proc/proc.ts';

/** A socket that a process holds: its PID, the inode, the descriptor. */
export type OwnerRow = readonly [pid: number, inode: number, fd: number];

/** What the kernel tells at once. */
export function ownersAtOnceOf(
  rows: readonly OwnerRow[],
  others: readonly OtherDescriptor[] = [],
): OwnersAtOnce {
  const sockets = descriptorCollector();
  for (const row of rows) sockets.add(...row);
  return { sockets: sockets.collected(), others };
}

/** How the kernel was asked: for what, and whether there are few descriptors. */
export type Asking = readonly [WalkDepth, readonly number[] | null, 'fitting'?];

/** A /proc with a kernel that may be asked, and answers so; null: it refuses. `asked`: what for, each time. */
export function telling<P extends Proc>(
  proc: P,
  held: OwnersAtOnce | null,
): P & { readonly asked: Asking[] } {
  const asked: Asking[] = [];
  return {
    ...proc,
    asked,
    ownersAtOnce: () => async (depth, wanted, onlyFitting) => {
      const list = wanted === null ? null : [...wanted];
      asked.push(onlyFitting ? [depth, list, 'fitting'] : [depth, list]);
      return held;
    },
  };
}
