import type { InetSocket } from '../../../model/socket/socket.ts';

/**
 * The number of the cgroup that created a socket, from which workloads are found. It is not shown in rows, and
 * separately loaded parts of the program each have their own modules, so it is kept under a shared symbol.
 */
const made = Symbol.for('tsnetstat.cgroup');

/** Keeps the number of INET_DIAG_CGROUP_ID: 64 bits in the machine's order. */
export function keepCgroup(socket: Partial<InetSocket>, value: Buffer | null): void {
  if (value === null || value.length < 8) return;
  (socket as { [made]?: number })[made] = Number(value.readBigUInt64LE(0));
}

/** The number that was kept; undefined: the kernel sent none. */
export function keptCgroup(socket: InetSocket): number | undefined {
  return (socket as { [made]?: number })[made];
}
