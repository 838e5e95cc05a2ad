import type { Timer } from './socket.ts';
import type { InetState } from './state.ts';

/**
 * The cheap facts of a TCP connection, known before a row is made of it, so that no row is made of those that are not
 * wanted. One object, whose fields are set anew for each connection.
 */
export interface Glance {
  state: InetState;
  timer: Timer['kind'];
  retransmits: number;
  /** Unanswered keep-alive or zero-window probes. */
  probes: number;
  recvQueue: number;
  localPort: number;
  remotePort: number;
  /** 0: it has none yet, or no longer. */
  inode: number;
  /** Segments retransmitted since the connection began; null: not known. */
  retransmitted: number | null;
  /** Smoothed round-trip time in milliseconds; null: not measured yet, or not known. */
  rtt: number | null;
  /** Since the connection began; null: not known. */
  bytesSent: number | null;
  bytesRetransmitted: number | null;
}
