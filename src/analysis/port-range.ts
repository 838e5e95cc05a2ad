import { highestPort, isInRange, type PortRange } from '../model/address/port.ts';
import { unmapped } from '../model/address/text.ts';
import type { InetSocket } from '../model/socket/socket.ts';

/** How many ports of a range can be assigned to connections; at least 1. */
export function portCount({ first, last }: PortRange, reserved: readonly PortRange[]): number {
  let ports = last - first + 1;
  for (const one of reserved) {
    const from = Math.max(first, one.first);
    const to = Math.min(last, one.last);
    if (from <= to) ports -= to - from + 1;
  }
  return Math.max(ports, 1);
}

/**
 * Whether a connection took one of the ports that the system assigns. One that is half-open was opened by a client, and
 * what is not connected has the remote port 0.
 */
export function takesPort(
  range: PortRange,
  localPort: number,
  remotePort: number,
  state: string | null,
): boolean {
  return remotePort !== 0 && isInRange(range, localPort) && state !== 'SYN_RECV';
}

/** Where a connection leads, and from which address: connections with the same need a local port each. */
export function destinationOf({ local, remote }: Pick<InetSocket, 'local' | 'remote'>): string {
  const own = `${unmapped(local.address)}%${local.zone ?? ''}`;
  return `${own} ${unmapped(remote.address)} ${remote.port}`;
}

/** The range of ephemeral ports if the system does not report it: RFC 6335, section 6. */
export const dynamicPorts: PortRange = { first: 49_152, last: highestPort };

/** Which ports the system assigns by itself. */
export interface LocalPorts {
  /** null: the system does not report it. */
  readonly range: PortRange | null;
  /** Ports in the range that are never assigned. */
  readonly reserved: readonly PortRange[];
}

/** Whether the system may have assigned this port to a socket that asked for none. */
export function isGivenAway({ range, reserved }: LocalPorts, port: number): boolean {
  return isInRange(range ?? dynamicPorts, port) && !reserved.some((one) => isInRange(one, port));
}
