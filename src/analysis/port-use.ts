import { unmapped } from '../model/address/text.ts';
import type { InetSocket, Socket } from '../model/socket/socket.ts';
import { takesIpv4 } from '../model/socket/v6only.ts';

/** A port and an address: `0.0.0.0` is any of IPv4; `::` any of both families, as Node listens. */
export interface PortPlace {
  readonly port: number;
  readonly address: string;
}

/** The sockets that use a port at an address. */
export interface PortSockets {
  /** Those that listen on it or are bound to it: while they exist, no other socket can be. */
  readonly holders: readonly InetSocket[];
  /** Connections with this local port: they prevent listening on it, unless they and the server have SO_REUSEADDR. */
  readonly connections: readonly InetSocket[];
  /** The same in TIME_WAIT. */
  readonly timeWait: readonly InetSocket[];
}

/**
 * Who uses a port, by the rules of bind(2): two sockets conflict where their addresses overlap. An IPv6 socket of
 * any address is assumed to accept IPv4 too, unless it is known that it does not.
 */
export function portSockets(sockets: readonly Socket[], place: PortPlace): PortSockets {
  const [holders, connections, timeWait]: InetSocket[][] = [[], [], []];
  for (const socket of sockets) {
    if (socket.protocol === 'unix' || socket.protocol === 'raw') continue;
    if (socket.local.port !== place.port || !overlaps(socket, place.address)) continue;
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

function overlaps(socket: InetSocket, address: string): boolean {
  const [held, asked] = [unmapped(socket.local.address), unmapped(address)];
  if (held === asked || asked === '::') return true;
  const isIpv4Asked = !asked.includes(':');
  if (held === '::') return !isIpv4Asked || takesIpv4(socket) !== false;
  const areIpv4 = isIpv4Asked && !held.includes(':');
  return areIpv4 && (held === '0.0.0.0' || asked === '0.0.0.0');
}
