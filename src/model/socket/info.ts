/**
 * What a kernel reports about a socket beyond the rows of its tables, if it was asked for. null: not reported, or a
 * socket of that kind has none.
 */
export interface SocketInfo {
  /** A listening TCP socket's connections that wait to be accepted. */
  readonly acceptQueue: AcceptQueue | null;
  /** Packets that the socket discarded, such as those that did not fit into its receive buffer. */
  readonly drops: number | null;
  readonly memory: SocketMemory | null;
  /** The mark of its packets (SO_MARK); reported only with CAP_NET_ADMIN. */
  readonly mark: number | null;
  /** The kernel's number for the socket, unique while the machine is up. */
  readonly cookie: bigint | null;
  /**
   * The interface that an Internet socket is bound to: its name in its network namespace, or its index if it has no
   * name any more; null: none, or, if `cookie` is null too, not known.
   */
  readonly device: string | null;
}

/** A listener's queue, in connections. */
export interface AcceptQueue {
  readonly length: number;
  /** How many can wait: the backlog of listen(2), capped by net.core.somaxconn; null: not known. */
  readonly limit: number | null;
}

/** A socket's memory, in bytes: SK_MEMINFO_* of <linux/sock_diag.h>. */
export interface SocketMemory {
  /** Used by received data that is not read yet; at most `receiveLimit` (SO_RCVBUF). */
  readonly receive: number;
  readonly receiveLimit: number;
  /** Used by data handed to the network and not yet sent. */
  readonly send: number;
  /** Limit for data that waits to be sent (SO_SNDBUF). */
  readonly sendLimit: number;
  /** Reserved for further data. */
  readonly forward: number;
  /** Used by data that waits to be sent or acknowledged. */
  readonly queued: number;
  /** Used by options and filters. */
  readonly options: number;
  /** Used by packets that arrived while the socket was locked and are not processed yet. */
  readonly backlog: number;
}

/** A connection's throughput, in bytes per second; null: not known. */
export interface TcpRates {
  readonly sent: number | null;
  readonly received: number | null;
}

/** The columns that show `TcpRates`. */
export const rateKeys = ['sentrate', 'recvrate'] as const;
