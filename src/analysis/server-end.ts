import { isLoopback } from '../model/address/read.ts';
import { unmapped } from '../model/address/text.ts';
import type { Protocol } from '../model/protocol.ts';
import { isServer } from '../model/socket/classify.ts';
import type { InetSocket } from '../model/socket/socket.ts';

/** Whether the other end of a connection is known to be on this machine: both have one address, or it is at loopback. */
export function isWithinMachine({ local, remote }: Pick<InetSocket, 'local' | 'remote'>): boolean {
  return isLoopback(remote.address) || unmapped(local.address) === unmapped(remote.address);
}

/** How many connections have a port at one end. */
type Counts = Map<number, number>;

/** The ports of one protocol in one network. */
interface Ports {
  /** Where servers listen. */
  readonly served: Set<number>;
  /** How many connections have each port locally, and how many at the other end. */
  readonly local: Counts;
  readonly remote: Counts;
  /** The same without those whose other port is more frequent: a client's port is also one of another server's. */
  readonly likelyLocal: Counts;
  readonly likelyRemote: Counts;
}

/**
 * Whether the server of a connection is its local end, judged by all these sockets: where one of them listens is a
 * server. Otherwise it is the port that more connections have, since the other changes with each; the lower one if
 * both are as frequent: systems assign clients high ones.
 */
export function localServers(sockets: readonly InetSocket[]): (socket: InetSocket) => boolean {
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
      ports = {
        served: new Set(),
        local: new Map(),
        remote: new Map(),
        likelyLocal: new Map(),
        likelyRemote: new Map(),
      };
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
    count(local, socket.local.port);
    count(remote, socket.remote.port);
  }
  for (const socket of sockets) {
    if (isServer(socket)) continue;
    const { local, remote, likelyLocal, likelyRemote } = portsOf(socket);
    const [own, other] = [socket.local.port, socket.remote.port];
    const more = (local.get(own) ?? 0) - (remote.get(other) ?? 0);
    if (more >= 0) count(likelyLocal, own);
    if (more <= 0) count(likelyRemote, other);
  }
  return (socket) => {
    const { served, likelyLocal, likelyRemote } = portsOf(socket);
    const [own, other] = [socket.local.port, socket.remote.port];
    if (served.has(own)) return true;
    if (served.has(other)) return false;
    const more = (likelyLocal.get(own) ?? 1) - (likelyRemote.get(other) ?? 1);
    return more === 0 ? own < other : more > 0;
  };
}

function count(counts: Counts, port: number): void {
  counts.set(port, (counts.get(port) ?? 0) + 1);
}
