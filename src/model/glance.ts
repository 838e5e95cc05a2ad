import type { Timer } from './socket.ts';
import type { InetState } from './state.ts';

/**
 * What can be told of a TCP connection before a row is made of it, so that none need be made of those that nobody
 * wants to see. One object, whose fields are set anew for each connection.
 */
export interface Glance {
  state: InetState;
  timer: Timer['kind'];
  retransmits: number;
  recvQueue: number;
  localPort: number;
  remotePort: number;
  /** 0: it has none any more, or not yet. */
  inode: number;
  /** Segments sent again, since the connection began; null: not told. */
  retransmitted: number | null;
  /** Smoothed round-trip time in milliseconds; null: none was measured yet, or it is not told. */
  rtt: number | null;
  /** Since the connection began; null: not told. */
  bytesSent: number | null;
  bytesRetransmitted: number | null;
  /** 32 bits that are the same for all connections from one local address to one remote end; others may share them. */
  path: number;
}
