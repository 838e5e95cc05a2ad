import type { Owner } from './owner.ts';
import type { Socket } from './socket.ts';

/** The workload fields of a row. */
type Belonging = Pick<Socket, 'workload' | 'workloads' | 'cgroup' | 'noWorkload'>;

/**
 * What each owner by itself belongs to. Rows show only what they all do together. Parts of the program that are loaded
 * separately have their own modules, so it is kept under a symbol that they share.
 */
const ownerWorkloads = Symbol.for('tsnetstat.ownerWorkloads');

interface WithOwnerWorkloads {
  [ownerWorkloads]?: readonly (Belonging | null)[];
}

/** Records, for a row's owners in their order, what the socket would belong to if that one alone held it; null: not known. */
export function keepOwnerWorkloads(socket: Socket, each: readonly (Belonging | null)[]): void {
  (socket as WithOwnerWorkloads)[ownerWorkloads] = each;
}

/**
 * The row with what it would belong to if that owner alone held it. null: all owners belong to the same, or it is not
 * known.
 */
export function asHeldBy(owner: Owner, socket: Socket): Socket | null {
  const each = (socket as WithOwnerWorkloads)[ownerWorkloads];
  const own = each?.[socket.owners?.indexOf(owner) ?? -1];
  return own ? { ...socket, ...own } : null;
}
