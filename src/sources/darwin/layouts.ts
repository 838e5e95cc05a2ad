/**
 * The columns that `netstat -v` prints after `(state)`, or for UNIX sockets before `Addr`, by release (Apple's
 * network_cmds: protopr in inet.c, print_socket_stats_format in main.c). The layout is recognized by the names in the
 * header, not by their positions.
 */

/** The pattern of each column, strict enough that no value is taken for another. */
const columns = {
  rxbytes: '(?<rxbytes>\\d+)',
  txbytes: '(?<txbytes>\\d+)',
  rhiwat: '\\d+',
  shiwat: '\\d+',
  pid: '(?<pid>\\d+)',
  epid: '\\d+',
  /** The name may contain spaces and colons, so the columns around it must be unambiguous. */
  'process:pid': '(?<process>.*?):(?<pid>\\d+)',
  state: '(?<socketState>(?:0x)?[0-9a-f]+)',
  options: '(?<options>(?:0x)?[0-9a-f]+)',
  gencnt: '[0-9a-f]+',
  flags: '[0-9a-f]+',
  flags1: '[0-9a-f]+',
  usecnt: '(?<usecnt>-?\\d+)',
  rtncnt: '-?\\d+',
  fltrs: '[0-9a-f]+',
} as const;
type Column = keyof typeof columns;

const counts = ['gencnt', 'flags', 'flags1', 'usecnt', 'rtncnt', 'fltrs'] as const;

const releases: readonly { readonly macos: string; readonly columns: readonly Column[] }[] = [
  { macos: '10.9 and earlier, or without -v', columns: [] },
  { macos: 'without -v, with -b', columns: ['rxbytes', 'txbytes'] },
  { macos: '10.10 to 10.13', columns: ['rhiwat', 'shiwat', 'pid', 'epid'] },
  { macos: '10.14 to 12', columns: ['rhiwat', 'shiwat', 'pid', 'epid', 'state', 'options'] },
  {
    macos: '13 to 15.0',
    columns: ['rhiwat', 'shiwat', 'pid', 'epid', 'state', 'options', ...counts],
  },
  {
    macos: '15.1 to 15.x',
    columns: [
      'rxbytes',
      'txbytes',
      'rhiwat',
      'shiwat',
      'pid',
      'epid',
      'state',
      'options',
      ...counts,
    ],
  },
  {
    macos: '26',
    columns: [
      'rxbytes',
      'txbytes',
      'rhiwat',
      'shiwat',
      'process:pid',
      'state',
      'options',
      ...counts,
    ],
  },
];

/** Other names of columns: macOS 13 to 15.0. */
const spellings: Readonly<Record<string, string>> = { usscnt: 'usecnt' };

/** How a release prints a socket's process and options. */
export interface Layout {
  readonly macos: string;
  /** Matches the columns; groups, if present: rxbytes, txbytes, pid, process, socketState, options, usecnt. */
  readonly pattern: string;
}

const layouts = new Map<string, Layout>(
  releases.map(({ macos, columns: names }) => [
    names.join(' '),
    {
      macos,
      pattern: names.map((name) => `\\s+${columns[name]}`).join(''),
    },
  ]),
);

/**
 * The columns of an unknown release: none is read, since a byte count mistaken for a process ID would name the wrong
 * process.
 */
export const unknownLayout: Layout = {
  macos: 'not known',
  pattern: '(?:\\s.*)?',
};

/** Returns the layout with exactly these column names; undefined if no release has it. */
export function layoutOf(names: readonly string[]): Layout | undefined {
  return layouts.get(names.map((name) => spellings[name] ?? name).join(' '));
}

/** The values in a row's columns. */
export interface Details {
  /** The process that used the socket last; 0 is the kernel. null: not reported. */
  readonly pid: number | null;
  readonly process: string | null;
  /** so_state and so_options (<sys/socketvar.h>, <sys/socket.h>); null: not reported. */
  readonly socketState: number | null;
  readonly options: number | null;
  /** The number of users of the socket; null: not reported. */
  readonly useCount: number | null;
}

/** Reads the groups of a match of a layout's pattern. */
export function detailsOf(groups: Readonly<Record<string, string | undefined>>): Details {
  const number = (text: string | undefined, base = 10) =>
    text === undefined ? null : Number.parseInt(text, base);
  return {
    pid: number(groups.pid),
    process: groups.process || null,
    socketState: number(groups.socketState, 16),
    options: number(groups.options, 16),
    useCount: number(groups.usecnt),
  };
}
