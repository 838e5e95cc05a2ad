import { unmapped } from '../model/address/text.ts';
import type { InetSocket, Socket } from '../model/socket/socket.ts';

/** A port and an address: `0.0.0.0` is any of IPv4; `::` any of both families, as Node listens. */
export interface PortPlace {
  readonly port: number;
  readonly address: string;
}

/** The sockets that use a port at an address. */
export interface PortSockets {
  /** Those that listen on it or are bound to it: while they exist, no other socket can be. */
  readonly holders: readonly InetSocket[];
  /** Connections with this local port; they do not prevent listening on it. */
  readonly connections: readonly InetSocket[];
  /** The same in TIME_WAIT: a server without SO_REUSEADDR has to wait until they are gone. */
  readonly timeWait: readonly InetSocket[];
}

/**
 * Who uses a port, by the rules of bind(2): two sockets conflict where their addresses overlap. An IPv6 socket of
 * any address accepts IPv4 too unless IPV6_V6ONLY is set; no file shows that, so each is assumed to accept it.
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

/** UDP has no connections: a connected socket still holds its port. */
function isConnection({ protocol, remote }: InetSocket): boolean {
  return (protocol === 'tcp' || protocol === 'sctp') && remote.port !== 0;
}

function overlaps(one: string, other: string): boolean {
  const [mine, theirs] = [unmapped(one), unmapped(other)];
  if (mine === theirs || mine === '::' || theirs === '::') return true;
  const areIpv4 = !mine.includes(':') && !theirs.includes(':');
  return areIpv4 && (mine === '0.0.0.0' || theirs === '0.0.0.0');
}
