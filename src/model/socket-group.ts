/** What sockets can be put together by. */
export const groupings = ['program', 'workload', 'host', 'port', 'state'] as const;

/** One of them: `host` is the remote one, `port` the server's. */
export type Grouping = (typeof groupings)[number];

/** Sockets that have something in common. */
export interface SocketGroup {
  /** What they have in common, as others wrote it; null: they have none of it. */
  readonly name: string | null;
  /** What chooses them again, as an expression; null: none does. */
  readonly condition: string | null;
  readonly count: number;
  /** How many of them are connections, and servers. */
  readonly established: number;
  readonly listening: number;
  /** Bytes a second of all together; null: of none it is known. */
  readonly sent: number | null;
  readonly received: number | null;
}
