import { unmapped } from '../address/text.ts';
import type { InetSocket } from './socket.ts';

/**
 * Whether an IPv6 server was set not to take IPv4 (IPV6_V6ONLY). Rows do not show it. Parts of the program that are
 * loaded separately have their own modules, so it is kept under a symbol that they share.
 */
const v6only = Symbol.for('tsnetstat.v6only');

/** Records the value of INET_DIAG_SKV6ONLY, one byte, beside the row; null: the kernel did not report it. */
export function keepV6only(socket: InetSocket, value: Buffer | null): void {
  const [byte] = value ?? [];
  if (byte !== undefined) (socket as { [v6only]?: boolean })[v6only] = byte !== 0;
}

/** Whether IPv4 traffic to a server's port can reach it, judging by its address; null: not known. */
export function takesIpv4(socket: InetSocket): boolean | null {
  const address = unmapped(socket.local.address);
  if (!address.includes(':')) return true;
  if (address !== '::') return false;
  if (socket.dualStack === true) return true;
  const isOnly = (socket as { [v6only]?: boolean })[v6only];
  return isOnly === undefined ? null : !isOnly;
}
