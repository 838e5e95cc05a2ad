/** What sockets can be grouped by. */
export const groupings = ['program', 'workload', 'host', 'port', 'state'] as const;

/** One of them: `host` is the remote host, `port` the server's port. */
export type Grouping = (typeof groupings)[number];

/** Sockets that have something in common. */
export interface SocketGroup {
  /** The common value, as reported; null: these sockets have none. */
  readonly name: string | null;
  /** An expression that selects these sockets; null: there is none. */
  readonly condition: string | null;
  readonly count: number;
  /** How many of them are connections, and how many servers. */
  readonly established: number;
  readonly listening: number;
  /** Bytes per second of all together; null: known of none. */
  readonly sent: number | null;
  readonly received: number | null;
}
