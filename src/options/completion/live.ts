/** A listing that tells what is live. */
export interface LiveListing {
  /** The command line's flags. */
  readonly flags: readonly string[];
  /** The report that they ask for; left out: sockets. */
  readonly report?: 'interfaces';
  /** The column that has the values. */
  readonly column: string;
  /** The values are users' numbers, and their names are offered where they have one. */
  readonly areUsers?: true;
  /** The column that says more of each of them, to shells that show such. */
  readonly more?: string;
}

// What has ports on every platform; to name more would be a mistake where there is no SCTP.
const inet = ['-tuan'] as const;
const every = ['-an'] as const;

/**
 * Values that are there when a shell asks: what a flag names in `completes`, and an expression offers of
 * the field that is the column.
 */
export const liveListings = {
  ports: { flags: inet, column: 'lport' },
  'remote-ports': { flags: inet, column: 'rport' },
  pids: { flags: every, column: 'pid', more: 'program' },
  programs: { flags: every, column: 'program' },
  'peer-pids': { flags: every, column: 'peerpid', more: 'peer' },
  peers: { flags: every, column: 'peer' },
  workloads: { flags: every, column: 'workload' },
  units: { flags: every, column: 'unit' },
  containers: { flags: every, column: 'container' },
  pods: { flags: every, column: 'pod' },
  namespaces: { flags: ['--all-netns', '-an'], column: 'netns' },
  devices: { flags: inet, column: 'device' },
  cgroups: { flags: every, column: 'cgroup' },
  'socket-users': { flags: inet, column: 'user', areUsers: true },
  interfaces: { flags: ['-ia'], report: 'interfaces', column: 'interface' },
} as const satisfies Record<string, LiveListing>;

/** What is live, by its key in `liveListings`. */
export type LiveValues = keyof typeof liveListings;

/** The words of the command line that lists it. */
export function liveCommand({ flags, column, more }: LiveListing): readonly string[] {
  const columns = more === undefined ? column : `${column},${more}`;
  return [...flags, '--format', 'csv', '--columns', columns];
}
