/** A listing whose column provides completions. */
export interface LiveListing {
  /** The flags of its command line. */
  readonly flags: readonly string[];
  /** The report that the flags ask for; left out: sockets. */
  readonly report?: 'interfaces';
  /** The column with the values. */
  readonly column: string;
  /** The field of expressions that has these values; default: if they are of sockets, the column. */
  readonly field?: string;
  /** The values are UIDs; names are offered for those that have one. */
  readonly areUsers?: true;
  /** A value may also be written after a kind, as in `unit:nginx.service`: any that is one for filters. */
  readonly mayFollowKind?: true;
  /** Flags of which an expression must have one beside it, by long name, to be about these values. */
  readonly beside?: readonly string[];
  /** A column that describes each value, for shells that show descriptions. */
  readonly more?: string;
}

// The protocols with ports on every platform; naming SCTP as well would fail where it is missing.
const inet = ['-tuan'] as const;
const every = ['-an'] as const;

/**
 * Values that exist when a shell asks, by the name used in a flag's `completes` and for the fields of expressions.
 */
export const liveListings = {
  ports: { flags: inet, column: 'lport' },
  'remote-ports': { flags: inet, column: 'rport' },
  pids: { flags: every, column: 'pid', more: 'program' },
  programs: { flags: every, column: 'program' },
  'peer-pids': { flags: every, column: 'peerpid', more: 'peer' },
  peers: { flags: every, column: 'peer' },
  workloads: { flags: every, column: 'workload', mayFollowKind: true },
  units: { flags: every, column: 'unit' },
  containers: { flags: every, column: 'container' },
  pods: { flags: every, column: 'pod' },
  'published-workloads': { flags: ['-tuln'], column: 'publishedfor', mayFollowKind: true },
  namespaces: {
    flags: ['--all-netns', '-an'],
    column: 'netns',
    beside: ['all-netns', 'netns'],
  },
  'peer-workloads': { flags: every, column: 'peerworkload', mayFollowKind: true },
  cgroups: { flags: every, column: 'cgroup' },
  'socket-users': { flags: inet, column: 'user', areUsers: true },
  'process-users': { flags: every, column: 'euser', areUsers: true },
  executables: { flags: every, column: 'executable' },
  algorithms: { flags: ['-tan'], column: 'congestion' },
  paths: { flags: ['-xan'], column: 'path' },
  // A socket can be bound to any of them.
  interfaces: { flags: ['-ia'], report: 'interfaces', column: 'interface', field: 'device' },
} as const satisfies Record<string, LiveListing>;

/** A key of `liveListings`. */
export type LiveValues = keyof typeof liveListings;

/** The arguments of the command line that lists the values. */
export function liveCommand({ flags, column, more }: LiveListing): readonly string[] {
  const columns = more === undefined ? column : `${column},${more}`;
  return [...flags, '--format', 'csv', '--columns', columns];
}
