import type { Endpoint } from './endpoint.ts';
import type { Exposure } from './exposure.ts';
import type { NoOwner, Owner } from './owner.ts';
import type { Peer } from './peer.ts';
import type { InPlace } from './place.ts';
import type { SocketInfo, TcpRates } from './socket-info.ts';
import type { InetState, SctpState, UnixState, UnknownState } from './state.ts';
import type { TcpInfo } from './tcp-info.ts';
import type { NoWorkload, Workload } from './workload.ts';

/** The Internet protocols that have socket tables, in the order they are listed. */
export const inetProtocols = ['tcp', 'sctp', 'udp', 'udplite', 'raw'] as const;

/** One of them. */
export type InetProtocol = (typeof inetProtocols)[number];

/** What has a socket table: an Internet protocol, or the UNIX domain. */
export type Protocol = InetProtocol | 'unix';

/** IPv4 and IPv6. */
export type InetFamily = 'inet' | 'inet6';

/** What a socket is addressed by. */
export type Family = InetFamily | 'unix';

/** Who has the socket open. */
interface Owned extends InPlace {
  /** The socket's inode number; null where it has none (TIME_WAIT) or the platform has no inodes. */
  readonly inode: number | null;
  /** Every process found to hold the socket, by PID; null when owners were not asked for. */
  readonly owners: readonly Owner[] | null;
  /** Why `owners` is empty; null when it is not, or when owners were not asked for. */
  readonly noOwner: NoOwner | null;
  /**
   * The other end of the connection: there where it was asked for. null where it is not on this machine, or
   * cannot be told.
   */
  readonly peer?: Peer | null;
  /** What it belongs to: there where it was asked for; of several, that of the first owner. null: see `noWorkload`. */
  readonly workload?: Workload | null;
  /** All that its owners belong to, where they belong to several. */
  readonly workloads?: readonly Workload[];
  /** Why there is no workload; null where there is one. */
  readonly noWorkload?: NoWorkload | null;
  /** The path of the cgroup (cgroups(7)) that the workload was told by; null: not told. */
  readonly cgroup?: string | null;
  /** How far a server can be reached: there where it was asked for; null: it is no server, or not told. */
  readonly exposure?: Exposure | null;
}

/** What the retransmission timer of a TCP socket waits for (Linux: `tr` in /proc/net/tcp). */
export interface Timer {
  /** `on` is retransmission, `probe` the zero-window probe. */
  readonly kind: 'off' | 'on' | 'keepalive' | 'timewait' | 'probe' | `unknown(${number})`;
  /** Time until the timer fires, in milliseconds. */
  readonly expiresIn: number;
  /** Retransmissions of the oldest unacknowledged segment so far. */
  readonly retransmits: number;
  /** Unanswered keep-alive or zero-window probes so far; below zero where the kernel says so. */
  readonly probes: number;
}

/** A row of an Internet table: TCP, UDP, UDP-Lite, raw or SCTP. */
export interface InetSocket extends Owned, Partial<SocketInfo> {
  readonly protocol: InetProtocol;
  /** Which table the row came from: an IPv4-mapped address lives in `inet6`. */
  readonly family: InetFamily;
  /** macOS: an IPv6 socket that takes IPv4 too (`tcp46`). */
  readonly dualStack?: true;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** SCTP: the further addresses of a multi-homed end. */
  readonly localAlternates?: readonly string[];
  readonly remoteAlternates?: readonly string[];
  /** null where the platform tells no state for this protocol. SCTP: the socket's, in TCP's words. */
  readonly state: InetState | null;
  /** SCTP: the association's own state. */
  readonly associationState?: SctpState | UnknownState;
  /** Bytes not yet read by the program; in LISTEN, connections not yet accepted. null: not told. */
  readonly recvQueue: number | null;
  /** Bytes not yet acknowledged by the peer; in LISTEN on some kernels, the backlog. null: not told. */
  readonly sendQueue: number | null;
  /** null where the platform tells no timers. */
  readonly timer: Timer | null;
  /** The user who made the socket; null where the platform does not tell. */
  readonly uid: number | null;
  /**
   * Windows: when the socket was created, ISO 8601, UTC: there where it was asked for. null: Windows does not
   * say.
   */
  readonly createdAt?: string | null;
  /**
   * What the kernel knows of the connection: there where it was asked for. null where it cannot be told:
   * no TCP, a listener, TIME_WAIT.
   */
  readonly tcpInfo?: TcpInfo | null;
  /** There where it was asked for; null: nothing to compare with, the round before has no such connection. */
  readonly rates?: TcpRates | null;
}

/** The object of one that nobody has seen yet. */
export type WritableSocket = { -readonly [Key in keyof InetSocket]: InetSocket[Key] };

/** The flags of a UNIX socket that have a meaning here: <linux/net.h>. */
export const unixFlag = {
  /** `__SO_ACCEPTCON`: it listens. */
  accepts: 0x10000,
  /** `SO_WAITDATA` */
  waits: 0x20000,
  /** `SO_NOSPACE` */
  noSpace: 0x40000,
} as const;

/** `SOCK_*` of socket(2). */
export type UnixType = 'STREAM' | 'DGRAM' | 'RAW' | 'RDM' | 'SEQPACKET' | `UNKNOWN(${number})`;

/** What a kernel tells of a UNIX socket beyond the row of its table, where it was asked for. */
export interface UnixInfo extends SocketInfo {
  /** Bytes not yet read by the program; of one that listens, connections not yet accepted. null: not told. */
  readonly recvQueue: number | null;
  /** Bytes that the other end has not read yet. null: not told. */
  readonly sendQueue: number | null;
}

/** A row of the UNIX domain table. */
export interface UnixSocket extends Owned, Partial<UnixInfo> {
  readonly protocol: 'unix';
  readonly family: 'unix';
  readonly type: UnixType;
  readonly state: UnixState;
  /** Users of the socket, the kernel's own included; null where the platform does not tell. */
  readonly refCount: number | null;
  /** The kernel's socket flags; see `unixFlag`. */
  readonly flags: number;
  /**
   * The bound name as bytes allow: null when unbound, `@…` for an abstract name (Linux), without the NUL bytes
   * that pad it.
   */
  readonly path: string | null;
}

/** A row of any socket table. */
export type Socket = InetSocket | UnixSocket;
