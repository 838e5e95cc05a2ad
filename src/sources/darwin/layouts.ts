/**
 * The columns that `netstat -v` prints after `(state)`, or on UNIX sockets before `Addr`, by
 * release (Apple's network_cmds: protopr in inet.c, print_socket_stats_format in main.c). The names
 * in the header tell which layout it is; where they stand does not.
 */

/** What each column looks like, so that nothing can be taken for another. */
const columns = {
  rxbytes: '(?<rxbytes>\\d+)',
  txbytes: '(?<txbytes>\\d+)',
  rhiwat: '\\d+',
  shiwat: '\\d+',
  pid: '(?<pid>\\d+)',
  epid: '\\d+',
  /** The name may hold blanks and colons, so what surrounds it must leave no doubt. */
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

/** Another spelling of a column's name: macOS 13 to 15.0. */
const spellings: Readonly<Record<string, string>> = { usscnt: 'usecnt' };

/** One release's way of printing what a socket's process and options are. */
export interface Layout {
  readonly macos: string;
  /** Whether it tells process IDs. */
  readonly tellsPid: boolean;
  /**
   * Matches the columns; groups: rxbytes, txbytes, pid, process, socketState, options, usecnt, where there
   * are any.
   */
  readonly pattern: string;
}

const layouts = new Map<string, Layout>(
  releases.map(({ macos, columns: names }) => [
    names.join(' '),
    {
      macos,
      tellsPid: names.some((name) => name.endsWith('pid') && name !== 'epid'),
      pattern: names.map((name) => `\\s+${columns[name]}`).join(''),
    },
  ]),
);

/**
 * Columns of a release that this version does not know: nothing of them is read, since a byte count taken
 * for a process ID would name the wrong process.
 */
export const unknownLayout: Layout = {
  macos: 'not known',
  tellsPid: false,
  pattern: '(?:\\s.*)?',
};

/** The layout whose column names are exactly `names`; undefined where no release has such. */
export function layoutOf(names: readonly string[]): Layout | undefined {
  return layouts.get(names.map((name) => spellings[name] ?? name).join(' '));
}

/** What one row says in its layout's columns. */
export interface Details {
  /** The process that used the socket last; 0 is the kernel. null: not told. */
  readonly pid: number | null;
  readonly process: string | null;
  /** so_state and so_options (<sys/socketvar.h>, <sys/socket.h>); null: not told. */
  readonly socketState: number | null;
  readonly options: number | null;
  /** How many use the socket; null: not told. */
  readonly useCount: number | null;
}

/** Reads the groups that a layout's pattern matched. */
export function detailsOf(groups: Readonly<Record<string, string | undefined>> = {}): Details {
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
