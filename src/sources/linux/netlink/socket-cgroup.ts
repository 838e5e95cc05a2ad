import type { InetSocket } from '../../../model/socket.ts';

/**
 * The number of the cgroup that made a socket, which its row does not show: kept beside it, for whoever
 * tells workloads.
 */
const numbers = new WeakMap<InetSocket, number>();

/** Keeps the number, as INET_DIAG_CGROUP_ID has it: 64 bits in the machine's order. */
export function keepCgroup(socket: InetSocket, value: Buffer | null): void {
  if (value === null || value.length < 8) return;
  numbers.set(socket, Number(value.readBigUInt64LE(0)));
}

/** The number that was kept; undefined: the kernel told none. */
export function keptCgroup(socket: InetSocket): number | undefined {
  return numbers.get(socket);
}
