import type { Counter } from '../../src/model/machine/counter.ts';
import type { InterfaceAddress, NetInterface, Traffic } from '../../src/model/machine/interface.ts';
import type { Group } from '../../src/model/machine/multicast-group.ts';
import type { Route } from '../../src/model/machine/route.ts';
import type { InetFamily } from '../../src/model/protocol.ts';
import type { Owner } from '../../src/model/socket/owner.ts';
import type { InetSocket, UnixSocket } from '../../src/model/socket/socket.ts';
import type { TcpInfo } from '../../src/model/socket/tcp-info.ts';
import type { Workload } from '../../src/model/socket/workload.ts';

/**
 * Rows of the model, for tests: each function takes the differences from a typical row. Tests of a parser's result
 * write out every field instead.
 */

const familyOf = (address: string): InetFamily => (address.includes(':') ? 'inet6' : 'inet');

/** A TCP socket of Linux that listens on 127.0.0.1:631; owners were not asked for. */
export function inetSocket(changes: Partial<InetSocket> = {}): InetSocket {
  return {
    protocol: 'tcp',
    family: 'inet',
    local: { address: '127.0.0.1', port: 631, zone: null },
    remote: { address: '0.0.0.0', port: 0, zone: null },
    state: 'LISTEN',
    recvQueue: 0,
    sendQueue: 128,
    timer: { kind: 'off', expiresIn: 0, retransmits: 0, probes: 0 },
    uid: 0,
    inode: 24153,
    owners: null,
    noOwner: null,
    ...changes,
  };
}

/** Parses `192.0.2.1:80` or `[::1]:80`; without a port, it is 0. */
function endpoint(text: string): InetSocket['local'] {
  const [, v6, v4, port = '0'] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? [];
  return { address: v6 ?? v4 ?? '', port: Number(port), zone: null };
}

/** A TCP socket with these two ends; only its state is known, and what `changes` contains. */
export function inet(local: string, remote: string, changes: Partial<InetSocket> = {}): InetSocket {
  const ends = { local: endpoint(local), remote: endpoint(remote) };
  const listens = ends.remote.port === 0;
  const protocol = changes.protocol ?? 'tcp';
  return inetSocket({
    family: familyOf(ends.local.address),
    ...ends,
    state: listens ? (protocol === 'tcp' ? 'LISTEN' : 'UNCONN') : 'ESTABLISHED',
    sendQueue: 0,
    timer: null,
    inode: 1,
    ...changes,
  });
}

/** TCP's internals of a Linux connection that has lost a few packets. */
export function tcpInfo(changes: Partial<TcpInfo> = {}): TcpInfo {
  return {
    ...{ rtt: 36.125, rttVar: 1.25, minRtt: 30.001, rto: 204, cwnd: 10, ssthresh: 20 },
    ...{ mss: 1448, pmtu: 1500, unacked: 7, lost: 1, retransmitting: 2, retransmitted: 5 },
    duplicates: 0,
    ...{ bytesSent: 2_896_000n, bytesAcked: 2_885_864n, bytesReceived: 512n },
    ...{ bytesRetransmitted: 7240n, notSent: 4096, deliveryRate: 250_000, pacingRate: null },
    ...{ busy: 1.5, rwndLimited: 0.25, sndbufLimited: 0, lastSent: 12, lastReceived: 40 },
    congestionControl: 'cubic',
    options: {
      ...{ timestamps: true, sack: true, ecn: false },
      ...{ sendWindowScale: 7, receiveWindowScale: 9 },
    },
    ...changes,
  };
}

/** A systemd unit, or another workload that is one. */
export function unit(name: string, kind: Workload['kind'] = 'unit'): Workload {
  return {
    ...{ kind, runtime: 'systemd', name, id: null, namespace: null, podUid: null },
    ...{ container: null, image: null, unit: name },
  };
}

/** A container of Docker's. */
export function container(name: string, changes: Partial<Workload> = {}): Workload {
  return {
    ...{ kind: 'container', runtime: 'docker', name, id: null, namespace: null, podUid: null },
    ...{ container: null, image: null, unit: null },
    ...changes,
  };
}

/** A UNIX stream socket that listens at a path; owners were not asked for. */
export function unixSocket(changes: Partial<UnixSocket> = {}): UnixSocket {
  return {
    protocol: 'unix',
    family: 'unix',
    type: 'STREAM',
    state: 'LISTENING',
    refCount: 2,
    flags: 0x10000,
    path: '/run/dbus/system_bus_socket',
    inode: 8123,
    owners: null,
    noOwner: null,
    ...changes,
  };
}

/** A connected UNIX stream socket with this path. */
export function unix(path: string | null, changes: Partial<UnixSocket> = {}): UnixSocket {
  return unixSocket({ state: 'CONNECTED', flags: 0, path, inode: 1, ...changes });
}

/** A process of which only the name is known. */
export function owner(pid: number, program: string | null, changes: Partial<Owner> = {}): Owner {
  return { pid, program, commandLine: null, executable: null, fd: null, ...changes };
}

/** A Linux IPv4 route to 203.0.113.0/24 by a gateway; all else has its default. */
export function route(changes: Partial<Route> = {}): Route {
  return {
    family: 'inet',
    destination: '203.0.113.0',
    prefixLength: 24,
    gateway: '192.0.2.1',
    source: null,
    interface: 'eth0',
    flags: 'UG',
    flagBits: 3,
    metric: 0,
    refCount: 0,
    useCount: 0,
    mss: 0,
    window: 0,
    irtt: 0,
    mtu: null,
    ...changes,
  };
}

/** Traffic with no known counters. */
export function traffic(changes: Partial<Traffic> = {}): Traffic {
  return {
    bytes: null,
    packets: null,
    errors: null,
    dropped: null,
    overruns: null,
    frameOrCarrier: null,
    ...changes,
  };
}

/** An interface's address; the family follows from the text. */
export function interfaceAddress(
  address: string,
  prefixLength: number,
  changes: Partial<InterfaceAddress> = {},
): InterfaceAddress {
  return {
    family: familyOf(address),
    address,
    prefixLength,
    broadcast: null,
    peer: null,
    scope: null,
    ...changes,
  };
}

/** An interface of which only the name is known. */
export function netInterface(name: string, changes: Partial<NetInterface> = {}): NetInterface {
  return {
    name,
    index: null,
    mtu: null,
    flags: null,
    flagBits: null,
    linkType: null,
    hardwareAddress: null,
    txQueueLength: null,
    collisions: null,
    multicast: null,
    compressedReceived: null,
    compressedSent: null,
    received: traffic(),
    sent: traffic(),
    addresses: [],
    ...changes,
  };
}

/** A group membership of an interface; the family follows from the address. */
export function group(interfaceName: string, address: string, refCount: number | null): Group {
  return { family: familyOf(address), interface: interfaceName, group: address, refCount };
}

/** A counter. */
export function counter(
  groupName: string,
  name: string,
  value: number | bigint,
  changes: Partial<Counter> = {},
): Counter {
  const plain = { kind: 'count', meaning: 'things seen' } as const;
  return { group: groupName, name, value: BigInt(value), ...plain, ...changes };
}
