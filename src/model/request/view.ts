/** What `--format` takes. */
export const formats = ['netstat', 'table', 'json', 'ndjson', 'csv'] as const;

export type Format = (typeof formats)[number];

/** Whether a format is read by programs: numbers instead of names, and every known field. The others are for people. */
export function isForPrograms(format: Format): boolean {
  return format !== 'netstat' && format !== 'table';
}

/** The formats whose text needs no end: those of events. */
export type EventFormat = Exclude<Format, 'table'>;

/** Whether to colour; `auto`: on a terminal, unless the environment says otherwise. */
export type ColorMode = 'auto' | 'always' | 'never';

/** How rows are shown. */
export interface View {
  readonly format: Format;
  /** Column keys to show, in this order; null: the format's own. */
  readonly columns: readonly string[] | null;
  readonly header: boolean;
  readonly color: ColorMode;
  /** True: numbers; false: names. */
  readonly numeric: { readonly hosts: boolean; readonly ports: boolean; readonly users: boolean };
  /** -p: the processes that hold each socket. */
  readonly programs: boolean;
  /** How often -e was given; 2 and more are the same. */
  readonly extend: number;
  /** -o */
  readonly timers: boolean;
  /** --tcp-info: the kernel's `tcp_info` of each TCP connection. */
  readonly tcpInfo: boolean;
  /** --socket-info: memory, drops and the accept queue of each Internet socket. */
  readonly socketInfo: boolean;
  /** --peers: the processes at the other end of each socket. */
  readonly peers: boolean;
  /** --workloads: what each socket belongs to. */
  readonly workloads: boolean;
  /** --exposure: from where each server can be reached. */
  readonly exposure: boolean;
  /** --all-netns, --netns: the network namespace of each row. */
  readonly withNetns: boolean;
  /** --on: the machines that rows come from, named in each row; null: only this one. */
  readonly machineNames: readonly string[] | null;
  /** -W */
  readonly wide: boolean;
  /** -v: report tables that the kernel lacks. */
  readonly verbose: boolean;
  /** No rows: the exit code says whether there are any. */
  readonly quiet: boolean;
  /** --pids: print the processes that hold the rows, instead of the rows. */
  readonly pids: boolean;
}

/** Nothing gets a name. */
export const allNumeric: View['numeric'] = { hosts: true, ports: true, users: true };
