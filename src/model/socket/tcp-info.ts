/**
 * The kernel's `tcp_info` of a connection. Times in milliseconds, rates in bytes per second. null: not reported,
 * because the kernel is older than the field or the state has no such value.
 */
export interface TcpInfo {
  /** Smoothed round-trip time (RFC 6298); null: none was measured yet. */
  readonly rtt: number | null;
  readonly rttVar: number | null;
  /** The recent minimum. */
  readonly minRtt: number | null;
  /** Time until an unacknowledged segment is sent again. */
  readonly rto: number | null;
  /** Congestion window, segments. */
  readonly cwnd: number | null;
  /** Slow start threshold, segments; null: none yet. */
  readonly ssthresh: number | null;
  /** Largest segment sent, bytes. */
  readonly mss: number | null;
  /** Path MTU, bytes. */
  readonly pmtu: number | null;
  /** Segments in flight. */
  readonly unacked: number | null;
  /** Segments presumed lost. */
  readonly lost: number | null;
  /** Retransmitted segments in flight. */
  readonly retransmitting: number | null;
  /** Segments retransmitted since the connection began. */
  readonly retransmitted: number | null;
  /** Segments that the peer received twice (DSACK, RFC 2883): retransmitted needlessly. */
  readonly duplicates: number | null;
  readonly bytesSent: bigint | null;
  readonly bytesAcked: bigint | null;
  readonly bytesReceived: bigint | null;
  readonly bytesRetransmitted: bigint | null;
  /** Bytes not yet sent for the first time. */
  readonly notSent: number | null;
  /** The best recent delivery rate. */
  readonly deliveryRate: number | null;
  /** The maximum sending rate; null: no limit, or not known. */
  readonly pacingRate: number | null;
  /** Time during which data was in flight or waiting to be sent. */
  readonly busy: number | null;
  /** Part of `busy` during which the peer's window was the limit. */
  readonly rwndLimited: number | null;
  /** Part of `busy` during which the send buffer was the limit. */
  readonly sndbufLimited: number | null;
  /** Time since data was last sent, or since the connection was established; null: it is not yet, or not known. */
  readonly lastSent: number | null;
  /** The same of data received. */
  readonly lastReceived: number | null;
  /** The algorithm: `cubic`, `bbr`. */
  readonly congestionControl: string | null;
  readonly options: TcpOptions | null;
}

/** No field is known. */
export const noTcpInfo: TcpInfo = {
  ...{ rtt: null, rttVar: null, minRtt: null, rto: null, cwnd: null, ssthresh: null, mss: null },
  ...{ pmtu: null, unacked: null, lost: null, retransmitting: null, retransmitted: null },
  duplicates: null,
  ...{ bytesSent: null, bytesAcked: null, bytesReceived: null, bytesRetransmitted: null },
  ...{ notSent: null, deliveryRate: null, pacingRate: null, busy: null, rwndLimited: null },
  ...{ sndbufLimited: null, lastSent: null, lastReceived: null, congestionControl: null },
  options: null,
};

/** The options that both ends agreed on. */
export interface TcpOptions {
  readonly timestamps: boolean;
  readonly sack: boolean;
  readonly ecn: boolean;
  /** Window scale for what we send, as a shift; null: not scaled. */
  readonly sendWindowScale: number | null;
  /** Window scale for what we receive, as a shift; null: not scaled. */
  readonly receiveWindowScale: number | null;
}
