/**
 * What a kernel tells of a socket beyond the rows of its tables, where it was asked for. null: it was
 * not told, or a socket of that kind has none.
 */
export interface SocketInfo {
  /** Of a TCP socket that listens: the connections that wait to be accepted. */
  readonly acceptQueue: AcceptQueue | null;
  /** Packets that the socket threw away, such as those that its receive buffer had no room for. */
  readonly drops: number | null;
  readonly memory: SocketMemory | null;
  /** The mark of its packets (SO_MARK); told only to whoever may administer the network. */
  readonly mark: number | null;
  /** The kernel's number for the socket: no other has the same while the machine is up. */
  readonly cookie: bigint | null;
  /**
   * The interface that an Internet socket is bound to, by its name in its network namespace, or its number where that
   * has none any more; null: to none, or not told, and then the cookie is not either.
   */
  readonly device: string | null;
}

/** A listener's queue, in connections. */
export interface AcceptQueue {
  readonly length: number;
  /** How many can wait: the backlog of listen(2), cut to net.core.somaxconn; null: not told. */
  readonly limit: number | null;
}

/** The memory of a socket, in bytes: SK_MEMINFO_* of <linux/sock_diag.h>. */
export interface SocketMemory {
  /** What is received and not yet read takes so much, of at most `receiveLimit` (SO_RCVBUF). */
  readonly receive: number;
  readonly receiveLimit: number;
  /** What is handed to the network and not yet sent takes so much. */
  readonly send: number;
  /** At most so much may wait to be sent (SO_SNDBUF). */
  readonly sendLimit: number;
  /** Set aside for what comes next. */
  readonly forward: number;
  /** What waits to be sent or acknowledged. */
  readonly queued: number;
  /** For options and filters. */
  readonly options: number;
  /** Received while the program was at work on the socket, and not yet looked at. */
  readonly backlog: number;
}

/** How fast a connection's data flows, in bytes a second; null: not known. */
export interface TcpRates {
  readonly sent: number | null;
  readonly received: number | null;
}

/** The columns that tell of them. */
export const rateKeys = ['sentrate', 'recvrate'] as const;
