import type { Owner } from './owner.ts';
import type { Warning } from './snapshot.ts';
import type { InetSocket, Socket } from './socket.ts';
import type { TcpInfo } from './tcp-info.ts';

/** What can happen to a socket that is followed. */
const changeKinds = ['opened', 'closed', 'state', 'owner'] as const;

/** One of them. */
export type ChangeKind = (typeof changeKinds)[number];

/** What a TCP connection had carried when it was last looked at. null: not told. */
export interface LastTraffic {
  /** Bytes, the repeated ones included. */
  readonly bytesSent: bigint | null;
  readonly bytesReceived: bigint | null;
  /** Smoothed round-trip time, milliseconds. */
  readonly rtt: number | null;
  /** Segments sent again. */
  readonly retransmitted: number | null;
}

/** A socket that was opened or closed, or of which something changed. */
export interface SocketChange {
  readonly event: ChangeKind;
  /**
   * When it was noticed: ISO 8601, UTC. A round notices when it begins; the kernel tells of a close as it
   * happens.
   */
  readonly time: string;
  /** Who told it: the kernel, as it happened, or two rounds that differ. */
  readonly knownBy: 'kernel' | 'round';
  /**
   * The socket after the change; of one that closed, as it was last seen. Of one that no round saw, what the
   * kernel told as it closed: its ends, and `CLOSE` for the state of a TCP socket.
   */
  readonly socket: Socket;
  /** `closed`: milliseconds since it was first seen, so it was open at least as long. null: no round saw it. */
  readonly seenFor: number | null;
  /** `state`: the state before; null for the other events. */
  readonly stateBefore: Socket['state'];
  /** `owner`: its owners before, none where it had none (not accepted yet); null for the other events. */
  readonly ownersBefore: readonly Owner[] | null;
  /**
   * `closed`: what the connection had carried, by the kernel's last word or by the last round that asked. null:
   * no TCP connection, or nobody told.
   */
  readonly traffic: LastTraffic | null;
}

/** Something that is missing from what is followed: told once, except for changes that were lost. */
export interface FollowWarning {
  readonly event: 'warning';
  readonly time: string;
  readonly warning: Warning;
}

/** What following sockets tells, one after another. */
export type SocketEvent = SocketChange | FollowWarning;

/** A socket that the kernel says it has destroyed. */
export interface Closing {
  /** When it was told, in milliseconds on a clock that nobody sets. */
  readonly at: number;
  /** What the kernel tells of it then, its cookie kept beside it (`keptCookie`). */
  readonly socket: InetSocket;
  /** What it knew of the connection last; null: no TCP. */
  readonly tcpInfo: TcpInfo | null;
}
