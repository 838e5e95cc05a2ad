import type { Owner } from '../socket/owner.ts';
import type { InetSocket, Socket } from '../socket/socket.ts';
import type { TcpInfo } from '../socket/tcp-info.ts';
import type { Warning } from './snapshot.ts';

/** What can happen to a socket that is followed. */
const changeKinds = ['opened', 'closed', 'state', 'owner'] as const;

/** What happened to a socket. */
export type ChangeKind = (typeof changeKinds)[number];

/** A TCP connection's traffic when it was last seen. null: not known. */
export interface LastTraffic {
  /** Bytes, retransmissions included. */
  readonly bytesSent: bigint | null;
  readonly bytesReceived: bigint | null;
  /** Smoothed round-trip time, milliseconds. */
  readonly rtt: number | null;
  /** Segments retransmitted. */
  readonly retransmitted: number | null;
}

/** A socket that was opened, closed or changed. */
export interface SocketChange {
  readonly event: ChangeKind;
  /** When it was noticed: ISO 8601, UTC. A round notices when it begins; the kernel reports a close as it happens. */
  readonly time: string;
  /** Who reported it: the kernel, as it happened, or a comparison of two rounds. */
  readonly knownBy: 'kernel' | 'round';
  /**
   * The socket after the change; a closed one as last seen. If no round saw it, what the kernel reported when it
   * closed: its two ends, and `CLOSE` as the state of a TCP socket.
   */
  readonly socket: Socket;
  /** `closed`: milliseconds since it was first seen, so it was open at least this long. null: no round saw it. */
  readonly seenFor: number | null;
  /** `state`: the state before; null for the other events. */
  readonly stateBefore: Socket['state'];
  /** `owner`: its owners before, empty if it had none (not accepted yet); null for the other events. */
  readonly ownersBefore: readonly Owner[] | null;
  /**
   * `closed`: the connection's traffic, from the kernel's last report or from the last round that asked for it.
   * null: not a TCP connection, or not known.
   */
  readonly traffic: LastTraffic | null;
}

/** Something missing from what is followed: reported once, except for lost changes. */
export interface FollowWarning {
  readonly event: 'warning';
  readonly time: string;
  readonly warning: Warning;
}

/** An event of `follow`. */
export type SocketEvent = SocketChange | FollowWarning;

/** A socket that the kernel reports as destroyed. */
export interface Closing {
  /** When it was reported, in milliseconds of the monotonic clock. */
  readonly at: number;
  /** What the kernel reports of the socket, with its cookie kept beside it (`keptCookie`). */
  readonly socket: InetSocket;
  /** The connection's last `tcp_info`; null: not TCP. */
  readonly tcpInfo: TcpInfo | null;
}
