import type { Protocol } from '../model/protocol.ts';
import { isServer } from '../model/socket/classify.ts';
import type { InetSocket } from '../model/socket/socket.ts';

/** The ports of one protocol in one network. */
interface Ports {
  /** Where servers listen. */
  readonly served: Set<number>;
  /** How many connections have each port locally, and how many at the other end. */
  readonly local: Map<number, number>;
  readonly remote: Map<number, number>;
}

/**
 * Whether the server of a connection is its local end, judged by all these sockets: where one of them listens is a
 * server. Otherwise it is the port that more connections have, since the other changes with each; the lower one if
 * both are as frequent: systems assign clients high ones.
 */
export function localServers(sockets: Iterable<InetSocket>): (socket: InetSocket) => boolean {
  const known = new Map<string, Map<Protocol, Ports>>();
  const portsOf = ({ host, netns, protocol }: InetSocket): Ports => {
    const network = host === undefined && netns === undefined ? '' : `${netns?.inode} ${host}`;
    let ofNetwork = known.get(network);
    if (ofNetwork === undefined) {
      ofNetwork = new Map();
      known.set(network, ofNetwork);
    }
    let ports = ofNetwork.get(protocol);
    if (ports === undefined) {
      ports = { served: new Set(), local: new Map(), remote: new Map() };
      ofNetwork.set(protocol, ports);
    }
    return ports;
  };
  for (const socket of sockets) {
    const { served, local, remote } = portsOf(socket);
    if (isServer(socket)) {
      served.add(socket.local.port);
      continue;
    }
    local.set(socket.local.port, (local.get(socket.local.port) ?? 0) + 1);
    remote.set(socket.remote.port, (remote.get(socket.remote.port) ?? 0) + 1);
  }
  return (socket) => {
    const { served, local, remote } = portsOf(socket);
    const [own, other] = [socket.local.port, socket.remote.port];
    if (served.has(own)) return true;
    if (served.has(other)) return false;
    const more = (local.get(own) ?? 0) - (remote.get(other) ?? 0);
    return more === 0 ? own < other : more > 0;
  };
}
