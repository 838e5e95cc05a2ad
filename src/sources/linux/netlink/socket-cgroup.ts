import type { InetSocket } from '../../../model/socket.ts';

/**
 * The number of the cgroup that made a socket, for whoever tells workloads. Rows do not show it, and parts
 * of the program that are loaded apart have each their own modules, so it is kept under a symbol they share.
 */
const made = Symbol.for('tsnetstat.cgroup');

/** Keeps the number, as INET_DIAG_CGROUP_ID has it: 64 bits in the machine's order. */
export function keepCgroup(socket: Partial<InetSocket>, value: Buffer | null): void {
  if (value === null || value.length < 8) return;
  (socket as { [made]?: number })[made] = Number(value.readBigUInt64LE(0));
}

/** The number that was kept; undefined: the kernel told none. */
export function keptCgroup(socket: InetSocket): number | undefined {
  return (socket as { [made]?: number })[made];
}
