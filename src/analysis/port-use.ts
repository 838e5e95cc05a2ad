import { unmapped } from '../model/address-text.ts';
import type { InetSocket, Socket } from '../model/socket.ts';

/** Which port, at which address: `0.0.0.0` any of IPv4; `::` any of both families, as Node listens. */
export interface PortPlace {
  readonly port: number;
  readonly address: string;
}

/** How sockets use a port at a place. */
export interface PortSockets {
  /** Those that listen on it or are bound to it: as long as they are there, no other can be. */
  readonly holders: readonly InetSocket[];
  /** Connections that have it for their local port; they keep nobody from listening there. */
  readonly connections: readonly InetSocket[];
  /** The same of connections that are over: a server without SO_REUSEADDR has to wait for their end. */
  readonly timeWait: readonly InetSocket[];
}

/**
 * Who uses a port, by the rules of bind(2): two sockets are in each other's way where their addresses
 * overlap. An IPv6 socket of any address takes IPv4 too unless it was told not to (IPV6_V6ONLY), which no
 * file says, so each is taken for one that does.
 */
export function portSockets(sockets: readonly Socket[], place: PortPlace): PortSockets {
  const [holders, connections, timeWait]: InetSocket[][] = [[], [], []];
  for (const socket of sockets) {
    if (socket.protocol === 'unix' || socket.protocol === 'raw') continue;
    if (socket.local.port !== place.port || !overlaps(socket.local.address, place.address))
      continue;
    if (socket.state === 'TIME_WAIT') timeWait?.push(socket);
    else if (isConnection(socket)) connections?.push(socket);
    else holders?.push(socket);
  }
  return { holders: holders ?? [], connections: connections ?? [], timeWait: timeWait ?? [] };
}

/** UDP has no connections: a socket with a peer is bound all the same. */
function isConnection({ protocol, remote }: InetSocket): boolean {
  return (protocol === 'tcp' || protocol === 'sctp') && remote.port !== 0;
}

function overlaps(one: string, other: string): boolean {
  const [mine, theirs] = [unmapped(one), unmapped(other)];
  if (mine === theirs || mine === '::' || theirs === '::') return true;
  const areIpv4 = !mine.includes(':') && !theirs.includes(':');
  return areIpv4 && (mine === '0.0.0.0' || theirs === '0.0.0.0');
}
