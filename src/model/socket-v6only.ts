import { unmapped } from './address-text.ts';
import type { InetSocket } from './socket.ts';

/**
 * Whether the program ruled out that its IPv6 server takes IPv4 too (IPV6_V6ONLY). Rows do not show it, and parts of
 * the program that are loaded apart have each their own modules, so it is kept under a symbol they share.
 */
const v6only = Symbol.for('tsnetstat.v6only');

/** Keeps it, as INET_DIAG_SKV6ONLY has it: one byte; null: the kernel did not tell. */
export function keepV6only(socket: InetSocket, value: Buffer | null): void {
  const [byte] = value ?? [];
  if (byte !== undefined) (socket as { [v6only]?: boolean })[v6only] = byte !== 0;
}

/** Whether what is sent to a server's port over IPv4 can reach it, as far as its address says; null: not known. */
export function takesIpv4(socket: InetSocket): boolean | null {
  const address = unmapped(socket.local.address);
  if (!address.includes(':')) return true;
  if (address !== '::') return false;
  if (socket.dualStack === true) return true;
  const isOnly = (socket as { [v6only]?: boolean })[v6only];
  return isOnly === undefined ? null : !isOnly;
}
