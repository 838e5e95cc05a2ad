import type { Endpoint } from '../address/endpoint.ts';
import type { InPlace } from '../machine/place.ts';
import type { InetFamily, InetProtocol } from '../protocol.ts';
import type { Writable } from '../writable.ts';
import type { Exposure } from './exposure.ts';
import type { SocketInfo, TcpRates } from './info.ts';
import type { NoOwner, Owner } from './owner.ts';
import type { Peer } from './peer.ts';
import type { InetState, SctpState, UnixState, UnknownState } from './state.ts';
import type { TcpInfo } from './tcp-info.ts';
import type { NoWorkload, Workload } from './workload.ts';

/** Fields of every socket: owners, and what follows from them. */
interface Owned extends InPlace {
  /** The socket's inode number; null if it has none (TIME_WAIT) or the platform has no inodes. */
  readonly inode: number | null;
  /** Every process found to hold the socket, by PID; null if owners were not asked for. */
  readonly owners: readonly Owner[] | null;
  /** Why `owners` is empty; null if it is not, or if owners were not asked for. */
  readonly noOwner: NoOwner | null;
  /** The other end of the connection; present if asked for. null: not on this machine, or not known. */
  readonly peer?: Peer | null;
  /**
   * What it belongs to; present if asked for. If there are several, that of the first owner. null: see
   * `noWorkload`.
   */
  readonly workload?: Workload | null;
  /** All workloads of its owners, if there are several. */
  readonly workloads?: readonly Workload[];
  /** Why there is no workload; null if there is one. */
  readonly noWorkload?: NoWorkload | null;
  /** The path of the cgroup (cgroups(7)) that `workload` was derived from, whatever other workloads have; null: not known. */
  readonly cgroup?: string | null;
  /** From where a server can be reached; present if asked for. null: not a server, or not known. */
  readonly exposure?: Exposure | null;
}

/** The kinds of timers, by their code in Linux. */
export const timerKinds = ['off', 'on', 'keepalive', 'timewait', 'probe'] as const;

/** The timer that runs for a TCP socket (Linux: `tr` in /proc/net/tcp). */
export interface Timer {
  /** `on` is retransmission, `probe` the zero-window probe. */
  readonly kind: (typeof timerKinds)[number] | `unknown(${number})`;
  /** Time until the timer fires, in milliseconds. */
  readonly expiresIn: number;
  /** Retransmissions of the oldest unacknowledged segment so far. */
  readonly retransmits: number;
  /** Unanswered keep-alive or zero-window probes so far; negative if the kernel says so. */
  readonly probes: number;
}

/** A row of an Internet table: TCP, UDP, UDP-Lite, raw or SCTP. */
export interface InetSocket extends Owned, Partial<SocketInfo> {
  readonly protocol: InetProtocol;
  /** Which table the row came from: an IPv4-mapped address is in `inet6`. */
  readonly family: InetFamily;
  /** macOS: an IPv6 socket that takes IPv4 too (`tcp46`). */
  readonly dualStack?: true;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** SCTP: the further addresses of a multi-homed end. */
  readonly localAlternates?: readonly string[];
  readonly remoteAlternates?: readonly string[];
  /** null: the platform reports no state for this protocol. SCTP: the socket's state, in TCP's terms. */
  readonly state: InetState | null;
  /** SCTP: the association's own state. */
  readonly associationState?: SctpState | UnknownState;
  /** Bytes not yet read by the program; in LISTEN, connections not yet accepted. null: not known. */
  readonly recvQueue: number | null;
  /** Bytes not yet acknowledged by the peer; in LISTEN on some kernels, the backlog. null: not known. */
  readonly sendQueue: number | null;
  /** null: the platform reports no timers. */
  readonly timer: Timer | null;
  /** The user who created the socket; null if the platform does not say. */
  readonly uid: number | null;
  /** Windows: when the socket was created, ISO 8601, UTC; present if asked for. null: Windows does not say. */
  readonly createdAt?: string | null;
  /**
   * The kernel's `tcp_info` of the connection; present if asked for. null if there is none (not TCP, a listener,
   * TIME_WAIT), or if it is not known.
   */
  readonly tcpInfo?: TcpInfo | null;
  /** Present if asked for; null: the previous round has no such connection to compare with. */
  readonly rates?: TcpRates | null;
}

/** A socket that is still being built. */
export type WritableSocket = Writable<InetSocket>;

/** Flags of a UNIX socket that this program interprets: <linux/net.h>. */
export const unixFlag = {
  /** `__SO_ACCEPTCON`: it listens. */
  accepts: 0x10000,
  /** `SO_WAITDATA` */
  waits: 0x20000,
  /** `SO_NOSPACE` */
  noSpace: 0x40000,
} as const;

/** `SOCK_*` of socket(2), by their code in Linux less 1. */
export const unixTypes = ['STREAM', 'DGRAM', 'RAW', 'RDM', 'SEQPACKET'] as const;

export type UnixType = (typeof unixTypes)[number] | `UNKNOWN(${number})`;

/** What a kernel reports about a UNIX socket beyond the row of its table, if asked for. */
export interface UnixInfo extends SocketInfo {
  /** Bytes not yet read by the program; if it listens, connections not yet accepted. null: not known. */
  readonly recvQueue: number | null;
  /** Bytes that the other end has not read yet. null: not known. */
  readonly sendQueue: number | null;
}

/** A row of the UNIX domain table. */
export interface UnixSocket extends Owned, Partial<UnixInfo> {
  readonly protocol: 'unix';
  readonly family: 'unix';
  readonly type: UnixType;
  readonly state: UnixState;
  /** Reference count, the kernel's own references included; null if the platform does not report it. */
  readonly refCount: number | null;
  /** The kernel's socket flags: bit 0x10000 if it listens, 0x20000 `SO_WAITDATA`, 0x40000 `SO_NOSPACE`. */
  readonly flags: number;
  /**
   * The bound name as bytes allow: null when unbound, `@…` for an abstract name (Linux), without the NUL bytes that
   * pad it.
   */
  readonly path: string | null;
}

/** A row of any socket table. */
export type Socket = InetSocket | UnixSocket;

/** Other values for fields that every socket has. */
type CommonFields<S extends Socket> = {
  readonly [Name in keyof Owned | 'state']?: S[Name] | undefined;
};

/** The same socket with other values of some fields. */
export function withFields<S extends Socket>(socket: S, fields: CommonFields<S>): S {
  // A union that is spread becomes one type with the fields of all, which is none of them.
  return { ...socket, ...fields } as S;
}
