import type { PlatformName } from '../model/report/snapshot.ts';

/**
 * What users of other netstats, of ss or lsof type: the only table of it. Loaded when a command line is invalid, to
 * say what to type (`habit-answer.ts`); those marked `understood` are translated by `foreign.ts` and `words-after-flags.ts`.
 */
export interface Habit {
  /** As typed there: each spelling of a flag; placeholders are in capitals. */
  readonly typed: readonly string[];
  /** The system or tool that it comes from. */
  readonly system: string;
  /** What it means there. */
  readonly meaning: string;
  /**
   * What to type here, or why there is nothing. Flags are for the same command line, in place of what was typed; a text
   * that begins with `tsnetstat` is all of it. A named group of `fits` replaces its name, in capitals.
   */
  readonly ours: string;
  /** The systems on which `ours` works; left out: all. */
  readonly on?: readonly PlatformName[];
  /** `ours` on the other systems; left out: that there is nothing. */
  readonly elsewhere?: string;
  /** What stands in `ours` for the value typed after the flag; a number stands only for one above 0. */
  readonly example?: string;
  /**
   * The values that may stand there; default: all that no shell reads as more than a word. Of a name that begins one of
   * ours, `--diag`: those that show that it was meant as there; default: all.
   */
  readonly like?: RegExp;
  /** Accepted with the same meaning, so it needs no message. */
  readonly understood?: true;
  /** Matches the words after the flags, joined by blanks, or a whole word with one dash. */
  readonly fits?: RegExp;
  /** Applies only if the command line also contains this. */
  readonly beside?: RegExp;
  /** Applies only if this is the word before. */
  readonly behind?: RegExp;
  /** Applies to a flag only if this is the word after. */
  readonly before?: RegExp;
  /** Only a guess: applies to a word that resembles none of those with which a filter begins. */
  readonly isGuess?: true;
  /**
   * Applies to a line with an expression and this flag, which means something else there. In `ours`, LINE stands for
   * the line without the flag.
   */
  readonly without?: ReplacedFlag;
}

/** A flag, in both spellings. */
export interface ReplacedFlag {
  readonly letter: string;
  readonly long: string;
}

const linux = ['linux'] as const;
const unixes = ['linux', 'darwin'] as const;

/** Where not every protocol and report is read, the system's own netstat may have it. */
const ownNetstat = "see the system's own netstat";

/** A name of a user or a program, and not the beginning of a condition. */
const bareName =
  /^(?!(?:.?port|src|dst|local|remote|state|exclude|not|proto|user|pid|program)$)[A-Za-z_][\w.-]*$/;

/** Columns by which sockets may be counted. */
const countedColumn =
  /^(?:state|proto|program|pid|user|src|dst|local|remote|lport|rport|workload|unit|container)$/;

/** An IPv6 address has eight parts, or `::` in place of some. */
const anAddress =
  /^(?:\d+\.\d+\.\d+\.\d+|(?=.*::|(?:[^:]*:){7})[0-9a-f]*:[0-9a-f:]*:[0-9a-f]*)(?:\/\d+)?$/i;

/** The usual names of interfaces. */
const anInterface = /^(?:lo\d?|eth\d+|en[opsx]\w+|wl[opsx]\w+|docker\d+|br\d+|veth\w+|wg\d+)$/;

const interfacesBeside = /^-[A-Za-z0-9]*[iI]|^--interfaces$/;
const routesBeside = /^-[A-Za-z0-9]*r|^--route$/;
const groupsBeside = /^-[A-Za-z0-9]*g|^--groups$/;
const statisticsBeside = /^-[A-Za-z0-9]*s|^--statistics$/;

/** The two flags that take an address or a network. */
const bothEnds = (text: string) => `--remote ${text}, or --local ${text}`;

/** Letters of a listing or a report, before a number that belongs to none of them; -h is BSD's for units. */
const letters = '[acegilnoprstuwxFNSTUWv46]';

/** A protocol's name alone, in any case, with the digit of a family or without. */
const protocolFlags = { tcp: '-t', udp: '-u', udplite: '-U', sctp: '-S', raw: '-w', unix: '-x' };
const systemsOf: Readonly<Record<string, readonly PlatformName[]>> = {
  ...{ udplite: linux, sctp: linux, raw: linux, unix: unixes },
};
const protocols = Object.entries(protocolFlags).flatMap(([name, flag]): readonly Habit[] =>
  ['', '4', '6'].map((version) => ({
    typed: version === '' ? [name] : [],
    fits: new RegExp(`^${name}${version}$`, 'i'),
    system: 'other tools',
    meaning: 'a protocol',
    ours: version === '' ? flag : `${flag} -${version}`,
    ...(systemsOf[name] !== undefined && { on: systemsOf[name], elsewhere: ownNetstat }),
  })),
);

/** More specific habits come first. */
export const habits: readonly Habit[] = [
  // Understood.
  {
    typed: [
      '-p tcp',
      '-p udp',
      '-p tcpv6',
      '-p udpv6',
      '-p udplite',
      '-p sctp',
      '-p raw',
      '-p unix',
    ],
    system: 'Windows, macOS, BSD',
    meaning: 'one protocol',
    ours: '-t, -u, -t -6, -u -6, -U, -S, -w, -x',
    understood: true,
  },
  {
    typed: ['-f inet', '-f inet6', '-f unix', '-finet', '-anf inet'],
    system: 'macOS, BSD, ss',
    meaning: 'one family',
    ours: '-4, -6, -x',
    understood: true,
  },
  {
    typed: ['-I NAME', '-INAME', '-i NAME', '--interface=NAME'],
    system: 'macOS, BSD',
    meaning: 'one interface',
    ours: '-i NAME',
    understood: true,
  },
  {
    typed: ['-c 2', '-tnc 2', '--continuous 2'],
    system: 'old net-tools, others',
    meaning: 'repeat every few seconds',
    ours: '--interval 2',
    understood: true,
  },
  {
    typed: ['help', '/?', '-?'],
    system: 'Windows',
    meaning: 'help',
    ours: '--help',
    understood: true,
  },

  // lsof
  {
    typed: ['-ti:3000', '-tiTCP:3000', '-nPti:http'],
    fits: /^-(?=[nP]*t)[nPt]+i(?=.)[46]?(?:tcp|udp)?(?:@[^:]*)?(?::\S+)?$/i,
    system: 'lsof',
    meaning: 'only the PIDs',
    ours: '-tl --port 3000 --pids, or without -l for clients too',
  },
  {
    typed: ['-iTCP', '-iUDP', '-i:3000', '-iTCP:3000', '-iTCP@HOST:PORT', '-i4TCP', '-nPiTCP'],
    fits: /^-[nP]*i(?=.)[46]?(?:tcp|udp)?(?:@[^:]*)?(?::\S+)?$/i,
    system: 'lsof',
    meaning: 'Internet sockets',
    ours: '-tanp for TCP, -tlnp for its servers, --port 3000 for a port, --pids for PIDs only',
  },
  {
    typed: ['-i -P -sTCP:LISTEN'],
    fits: /^-s(?:tcp|udp):\S*$/i,
    beside: interfacesBeside,
    system: 'lsof',
    meaning: 'a state',
    ours: 'tsnetstat -tlnp for servers, tsnetstat -tanp --state established for others',
  },
  {
    typed: ['-sTCP:LISTEN', '-sTCP:ESTABLISHED'],
    fits: /^-s(?:tcp|udp):\S*$/i,
    system: 'lsof',
    meaning: 'a state',
    ours: '-l for servers, --state established for others',
  },
  {
    typed: ['-i @HOST', '-i tcp@10.0.0.5', '-i @HOST:PORT', '-i @10.0.0.5:22'],
    fits: /^[46]?(?:tcp|udp)?@(?<HOST>[^:]+(?::[\w-]+)?)$/i,
    beside: interfacesBeside,
    system: 'lsof',
    meaning: 'the sockets of a host',
    ours: 'tsnetstat -tuanp --remote HOST, or tsnetstat -tuanp --local HOST',
  },
  ...(
    [
      ['tcp', '-t'],
      ['udp', '-u'],
      ['(?:tcp|udp)?', '-tu'],
    ] as const
  ).map(
    ([protocol, flags]): Habit => ({
      typed:
        protocol === 'tcp'
          ? ['-i tcp:3000']
          : protocol === 'udp'
            ? ['-i UDP:53']
            : ['-i :3000', '-i 4:3000'],
      fits: new RegExp(`^[46]?${protocol}:(?<PORT>[\\w,-]+)$`, 'i'),
      beside: interfacesBeside,
      system: 'lsof',
      meaning: 'a port',
      ours: `tsnetstat ${flags}anp --port PORT; for only the PIDs of its servers, tsnetstat ${flags}l --port PORT --pids`,
    }),
  ),
  {
    typed: ['-i tcp', '-i UDP', '-i 4tcp'],
    fits: /^[46]?(?:tcp|udp)$/i,
    beside: interfacesBeside,
    system: 'lsof',
    meaning: 'Internet sockets',
    ours: 'tsnetstat -tanp for TCP, tsnetstat -tlnp for its servers, tsnetstat -uanp for UDP',
  },
  {
    typed: ['-i -p 3000', '-a -i -p 3000', '-a -p 3000,3001 -i'],
    fits: /^\d+(?:,\d+)*$/,
    beside: interfacesBeside,
    behind: /^-[A-Za-z0-9]*p$/,
    system: 'lsof',
    meaning: 'the Internet sockets of a process',
    ours: 'tsnetstat -tuanp --pid 3000',
  },
  {
    typed: ['-i -a -c nginx', '-c nginx -i', '-ac nginx -i'],
    fits: new RegExp(`(?!${anInterface.source})${bareName.source}`),
    beside: interfacesBeside,
    behind: /^-a?c$/,
    system: 'lsof',
    meaning: 'the Internet sockets of programs whose name begins so',
    ours: "tsnetstat -tuanp --program 'TYPED*'",
  },
  {
    typed: ['-i -u root'],
    fits: bareName,
    beside: interfacesBeside,
    behind: /^-a?u$/,
    system: 'lsof',
    meaning: 'the Internet sockets of a user',
    ours: 'tsnetstat -tuanp --user TYPED',
    on: linux,
  },
  {
    typed: ['-pudp', '-anpudp6'],
    fits: /^-(?<LETTERS>[A-Za-z]*)p(?<PROTOCOL>udp(?:6|v6)?)$/,
    system: 'Windows, macOS, BSD',
    meaning: 'one protocol',
    ours: '-LETTERSp PROTOCOL, with a blank between them',
  },
  {
    typed: ['-p3000', '-ap3000,3001'],
    fits: /^-[A-Za-z]*p[0-9,]+$/,
    system: 'lsof',
    meaning: 'what a process holds',
    ours: '--pid 3000',
  },
  {
    typed: ['-P'],
    before: /^tcp$/i,
    system: 'Solaris',
    meaning: 'one protocol',
    ours: '-t',
  },
  {
    typed: ['-P'],
    before: /^udp$/i,
    system: 'Solaris',
    meaning: 'one protocol',
    ours: '-u',
  },
  {
    typed: ['-P'],
    beside: interfacesBeside,
    system: 'lsof',
    meaning: 'all Internet sockets, with port numbers',
    ours: 'tsnetstat -tuanp',
  },
  {
    typed: ['-P'],
    system: 'lsof',
    meaning: 'port numbers instead of names',
    ours: '-n, or --numeric-ports',
  },

  // Words after the flags.
  {
    typed: ['-i 5', '-s 5', '-r 5'],
    fits: /^\d+$/,
    beside: /^-[A-Za-z0-9]*[iIrsg]|^--(?:interfaces|route|statistics|groups)$/,
    system: 'Windows, macOS and BSD',
    meaning: 'repeat every few seconds',
    ours: '--interval 3000',
  },
  {
    typed: ['2s', '500ms'],
    fits: /^\d+(?:\.\d+)?(?:ms|s|m|h)$/i,
    system: 'other tools',
    meaning: 'repeat at this interval',
    ours: '--interval TYPED',
  },
  {
    typed: ['3000', '5'],
    fits: /^\d+$/,
    system: 'other tools',
    meaning: 'a port, a process ID or the seconds between two listings',
    ours: '--port 3000, --pid 3000 or --interval 3000',
  },
  {
    typed: ['-p 3000,3001'],
    fits: /^\d+(?:,\d+)+$/,
    beside: /^-[A-Za-z0-9]*p$|^--programs?$/,
    system: 'lsof',
    meaning: 'what these processes hold',
    ours: '--pid 3000',
  },
  {
    typed: ['3000/tcp', '-n tcp 3000', 'udp 53'],
    fits: /^(?:\d+\/(?:tcp|udp)|(?:tcp|udp) \d+)$/i,
    system: 'fuser',
    meaning: 'who uses a port',
    ours: '--port 3000 with -tuanp, or with --pids for PIDs only',
  },
  {
    typed: [':3000', 'tcp:3000', 'localhost:3000', '*:3000'],
    fits: /^(?:tcp|udp|localhost|\*)?:\d+$/i,
    system: 'other tools',
    meaning: 'a port',
    ours: '--port 3000, or --local :3000 or --remote :3000 for one end',
  },
  {
    typed: ['80,443', '8000-8100', ':80,443'],
    fits: /^(?:(?:tcp|udp|localhost|\*)?:)?\d+(?:[-,]\d+)+$/i,
    system: 'other tools',
    meaning: 'ports',
    ours: '--port 3000',
  },
  {
    typed: ['-r unix', '-s unix'],
    fits: /^unix$/i,
    beside: /^-[A-Za-z0-9]*[rs]|^--(?:route|statistics)$/,
    system: 'other tools',
    meaning: 'a protocol',
    ours: 'leave it out: UNIX sockets have neither routes nor counters',
  },
  {
    typed: ['-ui dst 10.0.0.5'],
    without: { letter: 'i', long: '--interfaces' },
    beside: /^-(?![A-Za-z0-9]*t)[A-Za-z0-9]*[uUSwx]/,
    system: 'ss',
    meaning: 'internals, which only TCP has',
    ours: 'tsnetstat LINE',
  },
  {
    typed: ['-tin dst 10.0.0.5', '-i sport = :22'],
    without: { letter: 'i', long: '--interfaces' },
    system: 'ss',
    meaning: "TCP's internals",
    ours: 'tsnetstat --tcp-info LINE',
    on: unixes,
    elsewhere: 'tsnetstat LINE',
  },
  {
    typed: ['-tr dst 10.0.0.5', '-ntr state established'],
    without: { letter: 'r', long: '--route' },
    system: 'ss',
    meaning: 'names, shown here unless -n is given',
    ours: 'tsnetstat LINE',
  },
  {
    typed: ['-ts dst 10.0.0.5'],
    without: { letter: 's', long: '--statistics' },
    system: 'ss',
    meaning: 'counts of sockets by state',
    ours: 'tsnetstat -aH --columns state LINE | sort | uniq -c',
  },
  ...protocols,
  ...(['tcp', 'udp'] as const).map(
    (name): Habit => ({
      typed: [`${name} port 53`],
      fits: new RegExp(`^${name} (?:src |dst )?port (?<PORT>[\\w-]+)$`, 'i'),
      system: 'tcpdump',
      meaning: 'a port of a protocol',
      ours: `${protocolFlags[name]} --port PORT`,
    }),
  ),
  {
    typed: ['-p ip', '-p ip6', '-p icmp', '-p icmp6'],
    fits: /^(?:ip|icmp)(?:v?6)?$/i,
    system: 'Windows, macOS, BSD',
    meaning: 'a protocol without ports',
    ours: '-w for raw sockets; -s -w for the counters of IP and ICMP',
    on: linux,
    elsewhere: ownNetstat,
  },
  {
    typed: ['-p igmp'],
    fits: /^igmp$/i,
    system: 'macOS and BSD',
    meaning: 'a protocol without ports',
    ours: '-g for the groups that are joined, -w for raw sockets',
    on: linux,
    elsewhere: ownNetstat,
  },
  {
    typed: ['-p tcp46', '-p udp46'],
    fits: /^(?:tcp|udp)46$/i,
    system: 'macOS',
    meaning: 'a protocol with both families',
    ours: '-t or -u',
  },
  {
    typed: ['-p ipsec', '-p mptcp', '-p divert'],
    fits: /^(?:ipsec\d?|mptcp|divert|carp|pfsync|dccp)$/i,
    system: 'macOS and BSD',
    meaning: 'a protocol that is not listed here',
    ours: ownNetstat,
  },
  {
    typed: ['-o json', 'json', 'ndjson'],
    fits: /^(?:nd)?json$/i,
    system: 'other tools',
    meaning: 'a format',
    ours: '--json, or --format ndjson with a line for each row',
  },
  {
    typed: ['-o csv', 'csv'],
    fits: /^csv$/i,
    system: 'other tools',
    meaning: 'a format',
    ours: '--format csv',
  },
  {
    typed: ['top', 'live'],
    fits: /^(?:top|live)$/i,
    system: 'other tools',
    meaning: 'a full-screen view',
    ours: '--live',
  },
  {
    typed: ['watch'],
    fits: /^watch$/i,
    system: 'other tools',
    meaning: 'repeat the listing',
    ours: '-c, or --live for a full-screen view',
  },
  {
    typed: ['routes', 'route'],
    fits: /^routes?$/i,
    system: 'other tools',
    meaning: 'the routing table',
    ours: '-r',
  },
  {
    typed: ['diagnose'],
    fits: /^diagnose$/i,
    system: 'other tools',
    meaning: 'what is wrong',
    ours: '--diagnose',
  },
  {
    typed: ['follow'],
    fits: /^follow$/i,
    system: 'other tools',
    meaning: 'what comes and goes',
    ours: '--follow',
  },
  {
    typed: ['--group state'],
    fits: countedColumn,
    beside: /^--group$/,
    system: 'other tools',
    meaning: 'counts by a column',
    ours: 'tsnetstat -tan -H --columns TYPED | sort | uniq -c',
  },
  {
    typed: ['listen', 'established', 'time-wait'],
    fits: /^(?:listen(?:ing)?|established|(?:time|close|fin)[-_ ]?wait[-_ ]?[12]?|last[-_ ]?ack|syn[-_ ]?(?:sent|re?cv\w*|received)|clos(?:ed|ing))$/i,
    system: 'other tools',
    meaning: 'a state',
    ours: '--state STATE',
  },
  {
    typed: ['-rn 10.0.0.5'],
    fits: anAddress,
    beside: routesBeside,
    system: 'other tools',
    meaning: 'the route to an address',
    ours: 'ip route get TYPED on Linux, route get TYPED on macOS; -r lists all routes',
  },
  {
    typed: ['10.0.0.5', '::1'],
    fits: anAddress,
    system: 'other tools',
    meaning: 'an address',
    ours: '--remote 10.0.0.5, or --local 10.0.0.5',
  },
  {
    typed: ['10.0.0.5:3000', 'example.org:443'],
    fits: /^(?:[\w-]+\.)+[\w-]+:[\w-]+$/,
    system: 'other tools',
    meaning: 'an address and a port',
    ours: bothEnds('TYPED'),
  },
  {
    typed: ['-u root', '-u www-data'],
    fits: bareName,
    beside: /^-u$/,
    system: 'lsof',
    meaning: 'the sockets of a user',
    ours: '--user TYPED',
    on: linux,
  },
  {
    typed: ['-c ssh'],
    fits: bareName,
    behind: /^-[A-Za-z0-9]*c$/,
    system: 'lsof',
    meaning: 'the sockets of programs whose name begins so',
    ours: "--program 'TYPED*'",
  },
  {
    typed: ['-p nginx', '--programs nginx'],
    fits: bareName,
    beside: /^-[A-Za-z0-9]*p$|^--prog\w*$/,
    system: 'other tools',
    meaning: 'the sockets of a program',
    ours: '--program TYPED',
  },
  {
    typed: ['-N web'],
    fits: bareName,
    beside: /^-[A-Za-z0-9]*N$/,
    system: 'ss',
    meaning: 'the sockets of a network namespace',
    ours: '--netns TYPED',
    on: linux,
  },
  {
    typed: ['--workloads docker:web', '--workloads nginx.service'],
    fits: /^(?!(?:state|exclude|not)$)[A-Za-z_][\w.:*@/-]*$/,
    beside: /^--workl\w*$/,
    system: 'other tools',
    meaning: 'a container, pod or unit',
    ours: '--workload TYPED',
    on: ['linux', 'win32'],
  },
  {
    typed: ['-r eth0'],
    fits: anInterface,
    beside: routesBeside,
    system: 'other tools',
    meaning: 'the routes of an interface',
    ours: 'leave it out: -r lists all routes; on Linux, ip route show dev TYPED lists those of one interface',
  },
  {
    typed: ['-g lo'],
    fits: anInterface,
    beside: groupsBeside,
    system: 'other tools',
    meaning: 'the groups of an interface',
    ours: 'leave it out: -g lists all groups, with their interfaces',
    on: unixes,
  },
  {
    typed: ['-s eth0'],
    fits: anInterface,
    beside: statisticsBeside,
    system: 'other tools',
    meaning: 'the counters of an interface',
    ours: 'tsnetstat -i TYPED; those of -s are of all interfaces together',
  },
  {
    typed: ['lo', 'eth0'],
    fits: anInterface,
    system: 'other tools',
    meaning: 'an interface',
    ours: "-i TYPED, or 'dev = TYPED' for the sockets bound to it",
    on: linux,
    elsewhere: '-i TYPED',
  },
  {
    typed: ['tulpn', 'plant', 'an'],
    fits: /^(?!.*(.).*\1)[tulanpxewo46]{2,}$/,
    system: 'ps and BSD',
    meaning: 'flags',
    ours: '-TYPED, with a dash',
  },
  {
    typed: ['--diff=old.json new.json'],
    fits: /^\S*[./]\S*$/,
    beside: /^--diff(?:=|$)/,
    system: 'diff',
    meaning: 'a second file',
    ours: 'leave it out: FILE is compared with what is there now; to compare two files, use diff() of the library',
  },
  {
    typed: ['/a', '/ano', '/r', '/a /n /o', '/an /p tcp'],
    fits: /^\/[abefnopqrst]+(?: (?:\/[abefnopqrst]+|(?:tcp|udp)(?:v6)?|\d+))*$/i,
    system: 'Windows',
    meaning: 'flags',
    ours: 'a dash instead of the slash',
  },
  {
    typed: ['/help', '/h', '-an /?'],
    fits: /^\/(?:\?|help|h)$/i,
    system: 'Windows',
    meaning: 'help',
    ours: '--help',
  },
  {
    typed: ['man'],
    fits: /^man$/i,
    system: 'other tools',
    meaning: 'the manual',
    ours: '--help',
  },
  {
    typed: ['--json true', '--tcp yes'],
    fits: /^(?:true|false|yes|no)$/i,
    system: 'other tools',
    meaning: 'the value of a switch',
    ours: 'leave it out: a switch takes no value',
  },
  {
    typed: ['[::1]:22', '[fe80::1]'],
    fits: /^\[[0-9a-f:.]+(?:%\w+)?\](?::[\w-]+)?$/i,
    system: 'other tools',
    meaning: 'an address',
    ours: bothEnds('TYPED'),
  },
  {
    typed: ['fe80::1%lo'],
    fits: /^[0-9a-f]*:[0-9a-f:]*:[0-9a-f]*%[\w.-]+$/i,
    system: 'other tools',
    meaning: 'an address',
    ours: bothEnds('TYPED'),
  },
  ...[1, 2, 3].map(
    (known): Habit => ({
      typed: known === 3 ? ['192.168.0.*'] : [],
      fits: new RegExp(`^(?<NET>\\d+(?:\\.\\d+){${known - 1}})(?:\\.\\*)+$`),
      system: 'other tools',
      meaning: 'a network',
      ours: bothEnds(`NET${'.0'.repeat(4 - known)}/${8 * known}`),
    }),
  ),
  {
    typed: ['http://example.org/', 'https://127.0.0.1:8443/x'],
    fits: /^https?:\/\/(?<HOST>(?:[\w.-]+|\[[0-9a-f:]+\])(?::\d+)?)(?:\/\S*)?$/i,
    system: 'other tools',
    meaning: 'a server',
    ours: '--remote HOST',
  },
  {
    typed: ['nginx.service', 'user@1000.service'],
    fits: /^[\w@.-]+\.(?:service|scope|socket)$/,
    system: 'systemctl',
    meaning: 'a unit',
    ours: '--workload TYPED',
    on: linux,
    isGuess: true,
  },
  {
    typed: ['localhost', 'host.example.org'],
    fits: /^(?:localhost|(?:[\w-]+\.)+[a-z]{2,})$/i,
    system: 'other tools',
    meaning: 'the name of a host',
    ours: bothEnds('TYPED'),
    isGuess: true,
  },
  {
    typed: ['-tulpn sshd', '-tl nginx'],
    fits: bareName,
    system: 'other tools',
    meaning: 'a name',
    ours: '--program TYPED; for a service --port TYPED, for a host --remote TYPED',
    isGuess: true,
  },

  // Letters.
  {
    typed: ['-b'],
    beside: interfacesBeside,
    system: 'macOS and BSD',
    meaning: 'bytes of each interface',
    ours: '-i --columns name,rxbytes,txbytes, or -ie',
  },
  {
    typed: ['-b'],
    system: 'Windows',
    meaning: 'the program of each socket',
    ours: '-p; for the bytes of interfaces, as on macOS and BSD, -i --columns name,rxbytes,txbytes',
  },
  {
    typed: ['-m'],
    beside: /^-[A-Za-z0-9]*[tuxwaln]/,
    system: 'ss',
    meaning: "each socket's memory",
    ours: '--socket-info',
    on: linux,
  },
  {
    typed: ['-m'],
    system: 'macOS and BSD',
    meaning: 'memory used by the network',
    ours: 'nothing here; see /proc/net/sockstat on Linux, netstat -m elsewhere',
  },
  {
    typed: ['-L'],
    system: 'macOS and BSD',
    meaning: 'the queues of listening sockets',
    ours: '-tl --socket-info, with the queue of each socket and its limit',
    on: linux,
    elsewhere: ownNetstat,
  },
  {
    typed: ['-K', '--kill'],
    without: { letter: 'K', long: '--kill' },
    system: 'ss',
    meaning: 'close sockets',
    ours: 'nothing is closed here; tsnetstat --pids LINE | xargs kill ends the processes that hold them',
  },
  {
    typed: ['-K', '--kill'],
    system: 'ss',
    meaning: 'close sockets',
    ours: 'nothing is closed here; with a filter, --pids | xargs kill ends the processes that hold them',
  },
  {
    typed: ['-j', '--ndjson', '--yaml'],
    system: 'other tools',
    meaning: 'a format',
    ours: '--json',
  },
  {
    typed: ['-O', '--oneline'],
    system: 'ss',
    meaning: 'a line for each socket',
    ours: 'leave it out: each socket has a line anyway',
  },
  {
    typed: ['-E', '--events'],
    system: 'ss',
    meaning: 'sockets as they close',
    ours: '--follow, which also reports what opens and changes',
  },
  {
    typed: ['-D', '-0', '--packet', '--vsock', '--dccp', '--mptcp', '--tipc', '--xdp'],
    system: 'ss',
    meaning: 'sockets or dumps that are not listed here',
    ours: 'see ss',
  },
  {
    typed: ['--tos', '--inet-sockopt', '--tipcinfo', '--bpf', '--threads', '--contexts'],
    system: 'ss',
    meaning: 'details that are not available here',
    ours: 'see ss',
  },
  {
    typed: ['-Q', '--no-queues'],
    system: 'ss',
    meaning: 'no columns for queues',
    ours: '--columns proto,src,dst,state',
  },
  {
    typed: ['-B'],
    system: 'ss',
    meaning: 'also sockets that are only bound',
    ours: '--bound-inactive',
    on: ['linux', 'win32'],
  },
  {
    typed: ['-d'],
    system: 'macOS and BSD',
    meaning: 'dropped packets',
    ours: '-i, which has RX-DRP and TX-DRP',
  },
  {
    typed: ['-f'],
    beside: /^(?:nd)?json$/i,
    system: 'other tools',
    meaning: 'a format',
    ours: '--json, or --format ndjson with a line for each row',
  },
  {
    typed: ['-f'],
    beside: /^csv$/i,
    system: 'other tools',
    meaning: 'a format',
    ours: '--format csv',
  },
  {
    typed: ['-f'],
    system: 'macOS, BSD and ss',
    meaning: 'a family, and on Windows full names',
    ours: '-4, -6 or -x; names are shown unless -n is given',
    on: unixes,
    elsewhere: '-4 or -6; names are shown unless -n is given',
  },
  {
    typed: ['-c2', '-tnc10'],
    fits: /^-[A-Za-z]*c[0-9.]+$/,
    system: 'other tools',
    meaning: 'repeat every few seconds',
    ours: '-c 3000, with a blank between them',
  },

  {
    typed: ['-w1', '-hw5'],
    fits: /^-h?w(?<SECONDS>[1-9]\d*)$/,
    system: 'macOS and BSD',
    meaning: 'repeat every few seconds',
    ours: '--interval SECONDS',
  },
  {
    typed: ['-nw1', '-ihw1'],
    fits: new RegExp(`^-(?<LETTERS>${letters}+)h?w(?<SECONDS>[1-9]\\d*)$`),
    system: 'macOS and BSD',
    meaning: 'repeat every few seconds',
    ours: '-LETTERS --interval SECONDS',
  },
  {
    typed: ['-an5', '-n5', '-e5'],
    fits: new RegExp(`^-(?<LETTERS>${letters}+)(?<SECONDS>[1-9]\\d*)$`),
    system: 'other tools',
    meaning: 'repeat every few seconds',
    ours: '-LETTERS --interval SECONDS',
  },

  // Words for options with another name here.
  {
    typed: ['--process', '--processes', '--procs', '--owner'],
    system: 'ss and others',
    meaning: 'who holds each socket',
    ours: '-p, or --programs',
  },
  {
    typed: ['--watch', '--repeat', '--refresh', '--loop', '--every'],
    system: 'other tools',
    meaning: 'repeat the listing',
    ours: '-c, or --interval 2',
    example: '2',
  },
  {
    typed: ['--top', '--tui', '--interactive'],
    system: 'other tools',
    meaning: 'a full-screen view',
    ours: '--live',
  },
  {
    typed: ['--prometheus', '--metrics'],
    system: 'other tools',
    meaning: 'metrics',
    ours: '--format prometheus, or --serve for a server of them',
  },
  {
    typed: ['--compare', '--baseline'],
    system: 'other tools',
    meaning: 'what has changed since then',
    ours: '--diff FILE, with a file that --save wrote',
    example: 'FILE',
  },
  {
    typed: ['--established', '--connected'],
    system: 'other tools',
    meaning: 'a state',
    ours: '--state established',
  },
  {
    typed: ['--servers', '--listeners'],
    system: 'other tools',
    meaning: 'who listens',
    ours: '-l',
  },
  {
    typed: ['--ipv4', '--ip4', '--inet4'],
    system: 'ss and others',
    meaning: 'a family',
    ours: '-4',
  },
  { typed: ['--ipv6', '--ip6'], system: 'ss and others', meaning: 'a family', ours: '-6' },
  {
    typed: ['--no-resolve', '--no-dns', '--nodns'],
    system: 'other tools',
    meaning: 'numbers instead of names',
    ours: '-n',
  },
  {
    typed: ['--info'],
    system: 'ss',
    meaning: "TCP's internals",
    ours: '--tcp-info',
    on: unixes,
  },
  {
    typed: ['--memory'],
    system: 'ss',
    meaning: "each socket's memory",
    ours: '--socket-info',
    on: linux,
  },
  {
    typed: ['--cgroup'],
    system: 'ss',
    meaning: 'the cgroup of each socket',
    ours: '--workloads, or --columns src,dst,cgroup',
    on: linux,
  },
  { typed: ['--options'], system: 'ss', meaning: 'timers', ours: '-o, or --timers', on: linux },
  { typed: ['--extended'], system: 'ss', meaning: 'users and inodes', ours: '-e, or --extend' },
  {
    typed: ['--summary'],
    system: 'ss',
    meaning: 'counts of sockets by state',
    ours: 'tsnetstat -tan -H --columns state | sort | uniq -c',
  },
  {
    typed: ['--group-by', '--by'],
    system: 'other tools',
    meaning: 'counts by a column',
    ours: 'tsnetstat -tan -H --columns state | sort | uniq -c',
    example: 'state',
    like: countedColumn,
  },
  {
    typed: ['--family', '--query', '--socket'],
    system: 'ss',
    meaning: 'which tables',
    ours: '-t, -u, -w, -x, -4, -6 or --protocol inet6',
    on: linux,
    elsewhere: '-t, -u, -4, -6 or --protocol inet6',
  },
  {
    typed: ['--filter', '--where', '--grep'],
    system: 'ss and others',
    meaning: 'a filter',
    ours: "an expression after the flags, such as 'sport = 443'",
  },
  {
    typed: ['--resolve'],
    like: /^$/,
    system: 'ss',
    meaning: 'names of hosts',
    ours: 'leave it out: names are shown unless -n is given',
  },
  {
    typed: ['--diag'],
    like: /^(?=.*[./A-Z])[\w./-]+$/,
    system: 'ss',
    meaning: 'a dump of TCP sockets into a file',
    ours: '--save FILE, in JSON',
    example: 'FILE',
  },
  { typed: ['--output'], system: 'other tools', meaning: 'a format', ours: '--format csv' },
  { typed: ['--csv'], system: 'other tools', meaning: 'a format', ours: '--format csv' },
  { typed: ['--table'], system: 'other tools', meaning: 'a format', ours: '--format table' },
  {
    typed: ['--name', '--command', '--comm'],
    system: 'other tools',
    meaning: "a program's name",
    ours: '--program nginx',
    example: 'nginx',
  },
  {
    typed: ['--uid'],
    system: 'other tools',
    meaning: 'a user',
    ours: '--user root',
    example: 'root',
    on: linux,
  },
  {
    typed: ['--sport', '--lport', '--local-port'],
    system: 'other tools',
    meaning: 'the port of the local end',
    ours: '--local :3000',
  },
  {
    typed: ['--dport', '--rport', '--remote-port'],
    system: 'other tools',
    meaning: 'the port of the remote end',
    ours: '--remote :3000',
  },
  {
    typed: ['--container', '--docker', '--podman'],
    system: 'other tools',
    meaning: 'where a socket lives',
    ours: '--workload container:web, or --workloads for a column',
    example: 'web',
    on: linux,
  },
  {
    typed: ['--pod'],
    system: 'other tools',
    meaning: 'where a socket lives',
    ours: '--workload pod:shop/web, or --workloads for a column',
    example: 'shop/web',
    on: linux,
  },
  {
    typed: ['--service'],
    system: 'other tools',
    meaning: 'where a socket lives',
    ours: '--workload ssh, or --workloads for a column',
    example: 'ssh',
    on: ['linux', 'win32'],
  },
  {
    typed: ['--unit', '--systemd'],
    system: 'other tools',
    meaning: 'where a socket lives',
    ours: '--workload unit:ssh, or --workloads for a column',
    example: 'ssh',
    on: linux,
  },
  {
    typed: ['--namespace', '--ns'],
    system: 'other tools',
    meaning: 'a network namespace',
    ours: '--netns NAME, or --all-netns',
    example: 'NAME',
    on: linux,
  },
  {
    typed: ['--bytes'],
    system: 'other tools',
    meaning: 'the bytes of each connection',
    ours: '--tcp-info, or --columns src,dst,sent,received',
    on: unixes,
  },
  {
    typed: ['--rtt', '--cwnd', '--retrans', '--retransmits'],
    system: 'other tools',
    meaning: "TCP's internals",
    ours: '--tcp-info, or --columns src,dst,rtt,retrans',
    on: linux,
  },
  {
    typed: ['--host', '--address', '--addr'],
    system: 'other tools',
    meaning: 'an address',
    ours: '--remote 10.0.0.5, or --local 10.0.0.5',
    example: '10.0.0.5',
  },
  {
    typed: ['--routes', '--routing', '--routing-table'],
    system: 'other tools',
    meaning: 'the routing table',
    ours: '-r, or --route',
  },
  {
    typed: ['--stats'],
    system: 'other tools',
    meaning: 'counters',
    ours: '-s, or --statistics',
    on: linux,
    elsewhere: ownNetstat,
  },
  {
    typed: ['--no-color', '--no-colour', '--nocolor', '--monochrome'],
    system: 'other tools',
    meaning: 'no colours',
    ours: '--color never',
  },
  {
    typed: ['--limit', '--head', '--lines'],
    system: 'other tools',
    meaning: 'only the first rows',
    ours: 'tsnetstat -tan -H | head -n 20',
    example: '20',
  },
  {
    typed: ['--count', '--total'],
    system: 'other tools',
    meaning: 'how many there are',
    ours: 'tsnetstat -tan -H | wc -l',
  },
  {
    typed: ['--timeout'],
    system: 'other tools',
    meaning: 'how long to wait',
    ours: '--wait 30 for a socket, --resolve-timeout 2 for names',
  },
  {
    typed: ['--help-all', '--usage', '--man'],
    system: 'other tools',
    meaning: 'help',
    ours: '--help',
  },
  {
    typed: ['--headers', '--noheader', '--no-headers', '--noheadings'],
    system: 'ss and others',
    meaning: 'the header',
    ours: '-H, or --no-header',
  },
];
