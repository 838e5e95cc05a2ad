/** What `--format` takes. */
export const formats = ['netstat', 'table', 'json', 'ndjson', 'csv'] as const;

/** One of them. */
export type Format = (typeof formats)[number];

/** What `--color` takes. */
export type ColorMode = 'auto' | 'always' | 'never';

/** How rows are shown. */
export interface View {
  readonly format: Format;
  /** Column keys to show, in this order; null: the format's own. */
  readonly columns: readonly string[] | null;
  readonly header: boolean;
  readonly color: ColorMode;
  /** Show numbers where true, names where false. */
  readonly numeric: { readonly hosts: boolean; readonly ports: boolean; readonly users: boolean };
  /** -p: the processes that hold each socket. */
  readonly programs: boolean;
  /** How often -e was given; 0 to 2 tell apart. */
  readonly extend: number;
  /** -o */
  readonly timers: boolean;
  /** --tcp-info: what the kernel knows of each TCP connection. */
  readonly tcpInfo: boolean;
  /** --socket-info: memory, drops and the accept queue of each Internet socket. */
  readonly socketInfo: boolean;
  /** --peers: the processes at the other end of each socket. */
  readonly peers: boolean;
  /** --workloads: what each socket belongs to. */
  readonly workloads: boolean;
  /** --exposure: how far each server can be reached. */
  readonly exposure: boolean;
  /** --all-netns, --netns: which network namespace each row is of. */
  readonly withNetns: boolean;
  /** --on: the machines that rows are of, which each is to say; null: this one alone. */
  readonly machines: readonly string[] | null;
  /** -W */
  readonly wide: boolean;
  /** -v: tables that the kernel lacks are told of. */
  readonly verbose: boolean;
  /** No rows: the exit code tells whether there are any. */
  readonly quiet: boolean;
  /** --pids: no rows either, but the processes that hold them. */
  readonly pids: boolean;
}
