/**
 * What the kernel knows of a TCP connection. Times in milliseconds, rates in bytes a second. null: not
 * told, by a kernel that is older than the field or for a state that has none.
 */
export interface TcpInfo {
  /** Smoothed round-trip time (RFC 6298); null: none was measured yet. */
  readonly rtt: number | null;
  readonly rttVar: number | null;
  /** The least that was seen lately. */
  readonly minRtt: number | null;
  /** Until an unacknowledged segment is sent again. */
  readonly rto: number | null;
  /** Congestion window, segments. */
  readonly cwnd: number | null;
  /** Slow start threshold, segments; null: none yet. */
  readonly ssthresh: number | null;
  /** Largest segment that is sent, bytes. */
  readonly mss: number | null;
  /** Path MTU, bytes. */
  readonly pmtu: number | null;
  /** Segments on their way. */
  readonly unacked: number | null;
  /** Segments that are taken for lost. */
  readonly lost: number | null;
  /** Segments that are on their way a second time. */
  readonly retransmitting: number | null;
  /** Segments sent again, since the connection began. */
  readonly retransmitted: number | null;
  /** Segments that the peer says it got twice (DSACK, RFC 2883): they were sent again in vain. */
  readonly duplicates: number | null;
  readonly bytesSent: bigint | null;
  readonly bytesAcked: bigint | null;
  readonly bytesReceived: bigint | null;
  readonly bytesRetransmitted: bigint | null;
  /** Bytes that wait to be sent for the first time. */
  readonly notSent: number | null;
  /** The best rate at which data was delivered lately. */
  readonly deliveryRate: number | null;
  /** The highest rate at which it sends; null: no limit, or not told. */
  readonly pacingRate: number | null;
  /** How long data was under way or waited to be sent; of it for the peer's window, for the send buffer. */
  readonly busy: number | null;
  readonly rwndLimited: number | null;
  readonly sndbufLimited: number | null;
  /** Since data was last sent, and received. */
  readonly lastSent: number | null;
  readonly lastReceived: number | null;
  /** The algorithm: `cubic`, `bbr`. */
  readonly congestionControl: string | null;
  readonly options: TcpOptions | null;
}

/** Nothing is told. */
export const noTcpInfo: TcpInfo = {
  ...{ rtt: null, rttVar: null, minRtt: null, rto: null, cwnd: null, ssthresh: null, mss: null },
  ...{ pmtu: null, unacked: null, lost: null, retransmitting: null, retransmitted: null },
  duplicates: null,
  ...{ bytesSent: null, bytesAcked: null, bytesReceived: null, bytesRetransmitted: null },
  ...{ notSent: null, deliveryRate: null, pacingRate: null, busy: null, rwndLimited: null },
  ...{ sndbufLimited: null, lastSent: null, lastReceived: null, congestionControl: null },
  options: null,
};

/** What both ends agreed on. */
export interface TcpOptions {
  readonly timestamps: boolean;
  readonly sack: boolean;
  readonly ecn: boolean;
  /** Shifts of the window's size, what we send and what we receive; null: not scaled. */
  readonly sendWindowScale: number | null;
  readonly receiveWindowScale: number | null;
}
