import { severities } from '../model/report/diagnosis.ts';
import { socketSources } from '../model/request/listing.ts';
import { metricFormats } from '../model/request/metrics.ts';
import { formats } from '../model/request/view.ts';
import { shells } from './completion/shells.ts';
import type { Flag } from './flags.ts';
import { helpTopics } from './help-topic.ts';

const noContext = 'SELinux contexts are not shown; on Linux, see ps -Z for those of processes';
const gone = (what: string) => `${what} is gone from Linux; there is nothing to list`;
/** For a family recently removed from Linux, or about to be. */
const leaving = (what: string, file: string) =>
  `${what} is not listed; a kernel that still has it shows it in /proc/net/${file}`;

const waitedSeconds = {
  name: 'SEC',
  isNumber: true,
  takes: 'seconds such as 30, 30s or 5m',
} as const;

/** In the order of the help text. `as const` keeps the names as types. */
export const flagTable = [
  {
    group: 'reports',
    short: 'r',
    long: 'route',
    summary: 'routing tables',
    details:
      'IPv4, or IPv6 with `-6` or `-A inet6`. On Linux, IPv4 routes are those of the main table; `ip route show table all` shows the others.',
  },
  {
    group: 'reports',
    short: 'i',
    long: 'interfaces',
    followers: '[NAMES]',
    summary: 'network interfaces, or only these',
    details:
      'One line for each that is up, or for each of those named (separate words: `-i lo eth0`), up or down. `-a` adds those that are down; `-e` prints a paragraph each, with addresses.',
  },
  { group: 'reports', short: 'g', long: 'groups', summary: 'multicast group memberships' },
  {
    group: 'reports',
    short: 's',
    long: 'statistics',
    summary: 'counters per protocol; -a: zeros too',
    details:
      'Counters have their MIB names and a description. `-t`, `-u`, `-U`, `-w`, `-S`, `-4` and `-6` select protocols (`-w`: IP and ICMP). With `-c`, the second and later rounds also show the change per second.',
  },
  {
    group: 'reports',
    long: 'explain',
    own: true,
    value: { name: 'WORD', list: true, completes: 'explained-words' },
    optionalValue: true,
    summary: 'what a state, protocol, column or check means',
    details:
      'How a socket enters and leaves each of these states, and what to do about many of them. Any common spelling works: `close_wait`, `CLOSE-WAIT`, `listen`. A protocol as in the column Proto (`udp`): what its rows, queues and states are. A column, by what heads it (`Recv-Q`, `Flg`) or by its name for `--columns`. A check of `--diagnose`, by its name (`syn-flood`): what it reports, and what to do. Without a word: one line for each state.',
  },

  {
    group: 'reports',
    long: 'diagnose',
    own: true,
    value: {
      name: 'CHECK',
      list: true,
      isHyphenated: true,
      completes: 'checks',
      takes: 'checks such as close-wait or accept-queue,syn-flood',
    },
    optionalValue: true,
    summary: 'find problems, with evidence and remedies',
    details:
      'Runs all checks, or the named ones, and prints the findings, worst first: what was seen, which processes hold it, why it matters, what to do, and how certain it is. Thresholds are set after a colon: `close-wait:count=50`; add `all-checks` to run all other checks too. Filters and expressions limit the sockets examined; checks of the whole machine then run only if named. If the filter selects one service (`--port 7071`, `--program NAME`, `--remote ADDRESS`), a summary of it comes first: who listens and where, from where it can be reached, and who is connected. If there is no listener: who listens in another network namespace, which unit would, and who did according to a file of `--save` (`--diff FILE`). Some checks compare two readings, one second apart. Exit codes: 0 nothing found, 1 something found, 2 trouble. The reason why a check cannot run is shown if the check was named, with `-v`, and in JSON.',
  },
  {
    group: 'reports',
    long: 'severity',
    own: true,
    value: { name: 'LEVEL', choices: severities },
    summary: 'with --diagnose: findings of LEVEL or worse',
    details:
      '`critical`, `warning`, or `note` (the default). Findings not shown do not affect the exit code.',
  },

  { group: 'sockets', short: 't', long: 'tcp', summary: 'TCP' },
  { group: 'sockets', short: 'u', long: 'udp', summary: 'UDP' },
  { group: 'sockets', short: 'U', long: 'udplite', summary: 'UDP-Lite' },
  {
    group: 'sockets',
    short: 'S',
    long: 'sctp',
    summary: 'SCTP',
    details:
      'A multi-homed endpoint has a line for each address. Linux lists SCTP only while its module is loaded.',
  },
  { group: 'sockets', short: 'w', long: 'raw', summary: 'raw IP' },
  { group: 'sockets', short: 'x', long: 'unix', summary: 'UNIX domain' },
  {
    group: 'sockets',
    short: 'l',
    long: 'listening',
    summary: 'only servers (sockets that wait for a peer)',
    details:
      'TCP sockets that listen; UDP, UDP-Lite and raw sockets without a peer; UNIX sockets that accept connections.',
  },
  {
    group: 'sockets',
    short: 'a',
    long: 'all',
    summary: 'all sockets (default: all except servers)',
  },
  {
    group: 'sockets',
    short: '4',
    long: 'inet',
    aliases: ['--ip', '--tcpip'],
    summary: 'only IPv4',
  },
  { group: 'sockets', short: '6', long: 'inet6', summary: 'only IPv6' },
  {
    group: 'sockets',
    short: 'A',
    long: 'protocol',
    value: {
      name: 'FAMILY',
      list: true,
      completes: 'families',
      takes: 'families: inet, inet6, unix',
    },
    summary: 'address families: inet, inet6, unix',
    details:
      'Families given here and by `-4`, `-6` and `-x` are combined. `ip`, `tcpip`, `ipv4`, `ip4` and `inet4` are other names for inet, `ipv6` and `ip6` for inet6, `local` for unix.',
  },
  {
    group: 'sockets',
    long: 'all-netns',
    own: true,
    summary: 'all network namespaces, with their names (Linux)',
    details:
      "Network namespaces of running processes, those that `ip netns` lists, and mounted ones; each once, this program's own first. Also with `-r`, `-i`, `-g` and `-s`. Root reads each by netlink inside it, other users by /proc/PID/net. Namespaces that could not be read are reported. Column, sort key and field of expressions: `netns`, a name or number (`netns = web`; `own` is this program's).",
  },
  {
    group: 'sockets',
    long: 'netns',
    own: true,
    value: { name: 'NS', completes: 'namespaces' },
    summary: 'one network namespace: NAME, PID or PATH (Linux)',
    details:
      'A name from `ip netns`, the PID of a process in it, a file that refers to it, such as `/run/netns/web` or `/proc/123/ns/net`, or the number that `--all-netns` shows.',
  },
  {
    group: 'sockets',
    long: 'on',
    own: true,
    value: {
      name: 'HOST',
      list: true,
      completes: 'hosts',
      takes: 'machines that ssh can reach, such as web1,root@web2',
    },
    summary: 'read other Linux machines, over ssh',
    details:
      "Connects with your OpenSSH, its configuration, keys and jump hosts, and never prompts (BatchMode). The machines need only a shell. HOST is anything that ssh accepts: an alias from its configuration, a name or address, `USER@HOST`, `ssh://USER@HOST:PORT`; `@FILE` reads names from a file, one per line, with `#` before comments. Works with every report, filter and format, `--diff`, `--diagnose`, `--follow` and `--live`. Each row names its machine: column, sort key and field of expressions `host`. Users are shown as numbers. Data that only a live kernel provides requires tsnetstat on that machine. A machine that does not answer causes a warning with ssh's last line; if none answers, the exit code is 2.",
  },
  {
    group: 'sockets',
    long: 'on-timeout',
    own: true,
    value: { name: 'SECONDS', isNumber: true },
    summary: 'with --on: time limit per machine (default 10)',
    details:
      'Limits the whole answer, connecting included; with repeated rounds, each round. With `--serve` it must be less than `--serve-timeout`; the default is then half of that.',
  },
  {
    group: 'sockets',
    long: 'on-parallel',
    own: true,
    value: { name: 'N', isNumber: true },
    summary: 'with --on: machines to ask at once (default 16)',
  },
  {
    group: 'sockets',
    long: 'strict',
    own: true,
    summary: 'with --on: exit 2 if any machine does not answer',
    details: 'The answers of the others are still shown; `--save` and `--diff` need all of them.',
  },

  {
    group: 'filters',
    long: 'state',
    own: true,
    value: {
      name: 'STATE',
      list: true,
      completes: 'states',
      takes: 'states such as established,time-wait',
    },
    summary: 'in one of these states or groups of states',
    details:
      'State names in any case and common spelling, or names of groups. Servers in a named state are included: `--state listen` needs no `-l`.',
  },
  {
    group: 'filters',
    long: 'port',
    own: true,
    value: {
      name: 'PORT',
      list: true,
      completes: 'ports',
      takes: 'ports such as 22, https or 8000-8100',
    },
    summary: 'local or remote port: 22, https, 8000-8100',
    details:
      'Compared as numbers: 3000 is never 30001. Raw sockets have no port; with -w alone, it is the IP protocol.',
  },
  {
    group: 'filters',
    long: 'local',
    aliases: ['--src'],
    own: true,
    value: {
      name: 'ADDR',
      list: true,
      takes: 'addresses such as 10.0.0.5, 10.0.0.0/8 or :443',
    },
    summary: 'local address: ADDR[/LEN][:PORT] or :PORT',
    details:
      '`192.0.2.1`, `10.0.0.0/8`, `[2001:db8::]/32`, `[::1]:ssh`, `fe80::1%eth0`, `:8000-8100`, `db1.example.org:5432`. The name of a host means all its addresses; it is looked up as `--resolve-timeout` allows. IPv4 addresses also match their IPv4-mapped form in IPv6 tables.',
  },
  {
    group: 'filters',
    long: 'remote',
    aliases: ['--dst'],
    own: true,
    value: {
      name: 'ADDR',
      list: true,
      takes: 'addresses such as 10.0.0.5, 10.0.0.0/8 or :443',
    },
    summary: 'remote address: ADDR[/LEN][:PORT] or :PORT',
  },
  {
    group: 'filters',
    long: 'pid',
    own: true,
    value: {
      name: 'PID',
      list: true,
      completes: 'pids',
      takes: 'process IDs such as 811,812',
    },
    summary: 'held by one of these processes',
  },
  {
    group: 'filters',
    long: 'program',
    own: true,
    value: { name: 'NAME', completes: 'programs' },
    summary: "held by this program; * matches anything: 'php*'",
    details:
      "The whole name as `-pW` shows it, in the same case; several are separated by commas. The part before the colon of a title such as `nginx: worker process` matches too, and that before an address: `redis-server 127.0.0.1:6379`. On Windows, case and `.exe` are ignored. If processes share a socket, one match is enough. Without a NAME, `--program` means `-p`, as in net-tools' manual; write a name that begins with a hyphen as `--program=-bash`.",
  },
  {
    group: 'filters',
    long: 'workload',
    own: true,
    value: {
      name: 'NAME',
      completes: 'workloads',
      takes: "a workload such as docker:web or 'unit:ssh*'",
    },
    summary: "in a container, pod or unit: docker:web, 'unit:ssh*'",
    details:
      'NAME is a workload as `--workloads` shows it, or a name or ID, alone or after a kind (`container:`, `pod:`, `unit:`, `scope:`, `service:`, `snap:`, `flatpak:`) or a runtime (`docker:`, `podman:` and so on). `*` matches anything: `pod:shop/*`. Several are separated by commas. If processes share a socket, one match is enough. A port that a proxy publishes for a container is found by `publishedfor = docker:web`.',
  },
  {
    group: 'filters',
    long: 'user',
    own: true,
    value: {
      name: 'USER',
      list: true,
      completes: 'users',
      takes: 'users such as root,1000',
    },
    summary: 'created by one of these users (names or numbers)',
  },
  {
    group: 'filters',
    long: 'bound-inactive',
    own: true,
    summary: 'also TCP sockets that are only bound',
    details:
      'Linux (6.8 and later) and Windows. Such a socket holds a port but neither listens nor is connected: `bind` reports that the address is in use, and no other row shows why. Their state is `BOUND`; `state bound` shows only them.',
  },
  {
    group: 'filters',
    long: 'exposed',
    own: true,
    summary: 'servers reachable from beyond loopback',
    details:
      'Judged by addresses: a firewall may still block them. In other network namespaces: servers to which the host forwards a port, unless only on a loopback address. Implies `-l`.',
  },

  {
    group: 'display',
    short: 'n',
    long: 'numeric',
    summary: 'show numbers, look up no names',
  },
  { group: 'display', long: 'numeric-hosts', summary: 'show addresses, not host names' },
  { group: 'display', long: 'numeric-ports', summary: 'show port numbers, not service names' },
  { group: 'display', long: 'numeric-users', summary: 'show user numbers, not names' },
  {
    group: 'display',
    short: 'N',
    long: 'symbolic',
    summary: 'show names where known (the default)',
    details: 'Accepted for old command lines; `-n` overrides it.',
  },
  {
    group: 'display',
    long: 'resolve-timeout',
    own: true,
    value: { name: 'SEC' },
    summary: 'time limit for all host names (default 2)',
    details:
      'All host names are looked up at the same time, each address once; this limits the total time. Addresses without an answer by then are shown as numbers. With 0, no server is asked: names come only from files of this machine.',
  },
  {
    group: 'display',
    short: 'p',
    long: 'programs',
    summary: "PID and program name of each socket's process",
    details:
      "Only root sees other users' processes; a warning on standard error says what could not be seen. `-` means that no owner is known. If several processes share a socket, structured formats list all of them, the netstat table the first.",
  },
  {
    group: 'display',
    short: 'e',
    long: 'extend',
    summary: 'show user and inode; with -r, -i: more columns',
    details: 'Twice with `-r`: still more columns.',
  },
  {
    group: 'display',
    short: 'o',
    long: 'timers',
    summary: 'show timers: kind (seconds/retransmits/probes)',
  },
  {
    group: 'display',
    long: 'tcp-info',
    own: true,
    summary: 'TCP: RTT, retransmissions, window, bytes (Linux)',
    details:
      "The kernel's data on each TCP connection; needs no privileges. JSON and CSV contain all of it. Each value is also a column, a sort key and a field of expressions: `--columns src,dst,rtt,retrans`, `--sort -rtt`, `rtt > 200ms and retrans > 0`. `-c` adds bytes sent and received per second: `--sort -recvrate`, `sentrate > 1MB`. Columns and expressions that use these values do not need this flag.",
  },
  {
    group: 'display',
    long: 'socket-info',
    own: true,
    summary: 'sockets: accept queue, drops, memory (Linux)',
    details:
      "The kernel's further data on each socket: a listener's accept queue and its limit, dropped packets, memory, the queues of UNIX sockets; in JSON and CSV also the mark (needs CAP_NET_ADMIN) and the cookie. Each value is also a column, a sort key and a field of expressions: `--columns src,acceptq,acceptlimit`, `drops > 0`.",
  },
  {
    group: 'display',
    long: 'peers',
    own: true,
    summary: 'the process at the other end, if on this machine',
    details:
      'TCP and UDP: the socket on this machine with the same two ends, or the UDP server bound there, even if filtered out. UNIX sockets: as the kernel reports over netlink (live Linux only). `-`: the other end is on another machine, has no owner (closed, not accepted yet), or is not known. All sockets of the selected protocols and all owners are read before the first line is printed. Columns, sort keys and fields of expressions: `peer`, `peerpid`, `peerworkload`, and `peernoowner`, which says why there is none.',
  },
  {
    group: 'display',
    long: 'workloads',
    own: true,
    summary: "each socket's container, pod, unit or service",
    details:
      "What the process belongs to, by its cgroup: a systemd unit or scope, a container (Docker, Podman, containerd, CRI-O, LXC, systemd-nspawn), a Kubernetes pod, a snap or a flatpak. Needs no privileges: if the process cannot be seen, the kernel reports which cgroup created a TCP, UDP or raw IP socket. Names of containers and pods come from files of the machine, or from the engine's socket if it is accessible and answers within half a second; otherwise the first digits of the ID are shown. `-`: no workload; `(denied)`, `(unknown)`: not known. If the owners are in different workloads, the table shows the first, JSON all. Columns, sort keys and fields of expressions: `workload`, `workloadkind`, `unit`, `container`, `pod`, `image`, `cgroup`.",
  },
  {
    group: 'display',
    long: 'exposure',
    own: true,
    summary: 'from where each server can be reached (Linux)',
    details:
      "`loopback`; `host`: reachable at an address of this network, unless a firewall blocks it; `published`: a port of the host is forwarded to it, or it forwards to a container: `published: 8080 → docker:web:80`; `internal`: in another network namespace (`--all-netns`), with no port of the host forwarded to it; `nowhere`: at an address that this network does not have, or bound to an interface that was removed; `unknown`, with a warning that says why. Servers are listed with `-l` or `-a`. Published ports are found in the command lines of Docker's programs and, for root, in the rules of nftables and iptables. Also a column and a field of expressions: `exposure = published`. Another one is the container that a port is published for: `publishedfor = docker:web`.",
  },
  {
    group: 'display',
    short: 'W',
    long: 'wide',
    aliases: ['-T', '--notrim'],
    summary: 'do not truncate addresses and names',
    details:
      'By default an address with its port has 22 characters, a PID with its program 19, as in net-tools.',
  },
  {
    group: 'display',
    short: 'F',
    long: 'fib',
    summary: 'with -r: the forwarding table (the default)',
  },
  {
    group: 'display',
    short: 'C',
    long: 'cache',
    summary: 'with -r: the route cache (no longer exists)',
    details:
      'Linux has had none since 3.6, so `-rC` is refused. Without `-r` it does nothing, as in net-tools.',
  },
  {
    group: 'display',
    short: 'c',
    long: 'continuous',
    followers: '[SEC]',
    summary: 'repeat every second, until Ctrl-C',
  },
  {
    group: 'display',
    long: 'interval',
    own: true,
    value: {
      name: 'SEC',
      takes: 'seconds such as 2, 500ms or 5m',
    },
    summary: 'repeat every SEC seconds; implies -c',
    details: 'With `--wait` and `--wait-gone`: how often to check.',
  },
  {
    group: 'output',
    long: 'follow',
    own: true,
    summary: 'report sockets that open, close or change',
    details:
      'Prints a line with the time whenever a socket opens, closes, or changes its state or owner, until Ctrl-C. Sockets present at the start are not listed. Follows the servers and connections (`-l`: servers) that the protocols, filters and expression select. Reads every second, or as `--interval` says. On a live Linux the kernel also reports each TCP and UDP socket as it closes, to every user, with the bytes, round-trip time and retransmissions of a connection; even one that no reading saw (`seen=never`: its owner is then not known). On other platforms, and with `--source proc`, sockets that live only between two readings can be missed. If the kernel reports faster than can be read, a warning says that closes were lost. TIME_WAIT is not a socket: a connection counts as closed when its socket closes. `--json` prints one object per line, as `--format ndjson`.',
  },
  {
    group: 'output',
    long: 'live',
    own: true,
    summary: 'full-screen view of sockets (? lists the keys)',
    details:
      'Shows the sockets that the command line selects and updates them every second, or as `--interval` says. Sockets that are new, closed or in a new state are highlighted for some seconds. Keys filter, sort and group, select columns and show all details of a socket; `?` lists the keys, `q` quits. Standard input and output must be a terminal. For screen readers and logs, use `-c` (repeated listings) or `--follow` (changes only).',
  },
  {
    group: 'display',
    short: 'v',
    long: 'verbose',
    summary: 'also report how tables were read, which are missing',
  },

  {
    group: 'output',
    long: 'format',
    own: true,
    value: {
      name: 'FORMAT',
      choices: [...formats, ...metricFormats],
      meant: { jsonl: 'ndjson', jsonlines: 'ndjson', text: 'netstat', plain: 'netstat' },
    },
    // The default first; with commas the line would be too long.
    summary: [...formats, ...metricFormats].join(' '),
    details:
      '`netstat`, the default, is the format of net-tools. `table` has boxes and fits the terminal. `json` is one document, `ndjson` one object per line, `csv` follows RFC 4180; these three contain numbers, never looked-up names. `prometheus` and `openmetrics` print metrics: sockets counted by state, service, program and workload, servers and their accept queues, the counters of `-s` and of interfaces; with `-s` or `-i` only those. Servers and connections are counted (`-l`: servers) that the protocols, filters and expression select. Use `--save FILE` to write them where node_exporter looks for them.',
  },
  {
    group: 'output',
    long: 'metrics-top',
    own: true,
    value: { name: 'N' },
    summary: 'metrics: most values per label (default 20)',
    details:
      'Limits each label of `--format prometheus` with open-ended values: programs, workloads, service ports, servers, interfaces, network namespaces. All further values are counted as `other`.',
  },
  {
    group: 'output',
    long: 'metrics-remote',
    own: true,
    value: { name: 'PORT', list: true, completes: 'ports' },
    summary: 'metrics: also count connections to these ports',
    details:
      'Counts connections by remote port, given as for `--port`: `5432,https,8000-8100`. A range is one label; all other ports are `other`.',
  },
  { group: 'output', long: 'json', own: true, summary: '--format json' },
  {
    group: 'output',
    long: 'columns',
    own: true,
    value: {
      name: 'COLUMN',
      list: true,
      completes: 'columns',
      takes: 'names such as proto,src,dst,state; --help columns lists all',
    },
    summary: 'these columns in this order (netstat, table, csv)',
    details: '`--help columns` lists them; with `-r`, `-i`, `-g` or `-s`, those of that report.',
  },
  {
    group: 'output',
    long: 'sort',
    own: true,
    value: {
      name: 'KEY',
      list: true,
      completes: 'sort-keys',
      takes: 'keys such as src or -recvq; --help columns lists all',
    },
    summary: 'sort by these keys; -KEY: largest first',
    details:
      "By default rows are in the kernel's order. Numbers sort as numbers, addresses as addresses; rows without a value come last; equal rows keep their order. Sorting holds the whole table in memory. `--help columns` lists the keys.",
  },
  {
    group: 'output',
    short: 'H',
    long: 'no-header',
    own: true,
    summary: 'print no titles and column names',
  },
  {
    group: 'output',
    short: 'q',
    long: 'quiet',
    own: true,
    summary: 'print nothing; exit 0: match, 1: none, 2: not known',
    details:
      'Stops at the first match. With a filter that servers can match (`--port`, `--local`, `--pid`, `--program`, `--workload`, `--user`, an expression), all sockets are searched, unless `-l` is given. If nothing matched but something relevant could not be read or seen, a message says what, and the exit code is 2.',
  },
  {
    group: 'output',
    long: 'pids',
    own: true,
    summary: 'print only the PIDs of matching sockets',
    details:
      'One per line, each once, in ascending order, or with `--sort` in the order of the rows; for `xargs kill`. Includes every process that shares a socket; with `--pid` or `--program` only those that match, with a filter by workload none of another. Exits with 1 if there are none, or with 2 and a message if there are none but some owners could not be seen. With a filter, servers are searched too; `-l` leaves out the clients of a port.',
  },
  {
    group: 'output',
    long: 'wait',
    own: true,
    value: waitedSeconds,
    optionalValue: true,
    summary: 'wait until something matches; exit 1: timed out',
    details:
      'Checks every 0.2 seconds, or as `--interval` says, and prints the listing once something matches; with `-q` it prints nothing. Without SEC it waits forever. Servers are searched as with `-q`. If the time is over and something relevant could not be seen, a message says what, and the exit code is 2.',
  },
  {
    group: 'output',
    long: 'wait-gone',
    own: true,
    value: waitedSeconds,
    optionalValue: true,
    summary: 'wait until nothing matches',
    details:
      'Like `--wait`; the listing that is printed then has no rows. If something relevant cannot be seen, it cannot be known to be gone: a message says so at once, and the exit code is 2.',
  },
  {
    group: 'output',
    long: 'save',
    own: true,
    value: { name: 'FILE', completes: 'files', takes: 'a file such as ports.json' },
    summary: 'save JSON and the query to FILE; -: stdout',
    details:
      'Writes what `--json` prints, with the owners of sockets, and the query (`asked`), so that `--diff` can repeat it. FILE is written completely or not at all: a temporary file in the same directory is renamed. A symbolic link is replaced, not followed. Works with every report and with `--wait`.',
  },
  {
    group: 'output',
    long: 'save-mode',
    own: true,
    value: { name: 'MODE' },
    summary: "FILE's permissions, octal (default 0600)",
    details: 'Ignores umask. Not on Windows, where the permissions of the directory apply.',
  },
  {
    group: 'output',
    long: 'diff',
    own: true,
    value: { name: 'FILE', completes: 'files', takes: 'a file such as ports.json' },
    summary: 'compare with FILE; exit 1: something differs',
    details:
      'FILE was written by `--save` or `--json`, on any machine; `-` is standard input. The query in FILE is repeated, but for the parts that the command line gives (`-4`, `-l`, a filter). Lines begin with `-` (gone), `+` (new) or `~` (changed, with the old value). `--json`, `--format ndjson` and `csv` are for programs; `-q` prints nothing. A restart is not a difference: servers are identified by protocol, address, port, network namespace, program and user; `-v` lists those that were replaced (`=`). Adding `--save FILE` updates the file afterwards, or creates it. Trouble is exit code 2.',
  },
  {
    group: 'output',
    long: 'ignore',
    own: true,
    value: { name: 'WHAT', completes: 'ignored' },
    summary: 'omit rows of --diff or checks of --diagnose',
    details:
      "With `--diff`: an expression in one argument; `--ignore 'sport > 32767'` omits matching rows on both sides. With `--diagnose`: names of checks, separated by commas. May be given several times.",
  },
  {
    group: 'output',
    long: 'serve',
    own: true,
    value: { name: 'PLACE', isPlace: true, takes: 'a place such as 9917, :9917 or 127.0.0.1:9917' },
    optionalValue: true,
    summary: 'serve metrics to Prometheus (default 127.0.0.1:9917)',
    details:
      'Serves the output of `--format prometheus` over HTTP at `/metrics`, in the format that the scraper prefers; `/healthz` answers `ok`. Reads on each request; simultaneous requests share one reading. PLACE is `ADDRESS:PORT`, `[ADDRESS]:PORT`, a port (on loopback) or `:PORT` (all addresses); with port 0 the system picks one. If other machines can reach it, `--serve-auth` or `--serve-anyone` is required. Filters, protocols, `--all-netns` and so on select the data. Runs until SIGTERM or Ctrl-C, then exits with 0. For TLS, use a proxy.',
  },
  {
    group: 'output',
    long: 'serve-auth',
    own: true,
    value: { name: 'FILE', completes: 'files', takes: 'a file of credentials' },
    summary: 'with --serve: credentials of clients',
    details:
      'Lines of `bearer TOKEN` or `basic USER:PASSWORD`; a line that begins with `#` is a comment. A token or password may be given as `sha256:` and its hex digest. Only you may have access to the file (`chmod 600`). It is read once. `/healthz` needs no credentials.',
  },
  {
    group: 'output',
    long: 'serve-anyone',
    own: true,
    summary: 'with --serve: answer all clients, unauthenticated',
    details:
      'Also under any host name. By default, on loopback without credentials, only requests to an IP address or `localhost` are answered, because a web page can make a name of its own resolve to loopback.',
  },
  {
    group: 'output',
    long: 'serve-timeout',
    own: true,
    value: { name: 'SEC' },
    summary: 'with --serve: time limit of a scrape (default 10)',
    details:
      'Or the timeout that the scraper sends, if shorter. After that the answer is 503. The reading continues, no other is started meanwhile, and its result is kept for two minutes for scrapes that would also time out.',
  },
  {
    group: 'output',
    long: 'color',
    own: true,
    aliases: ['--colour'],
    value: { name: 'WHEN', choices: ['auto', 'always', 'never'] },
    summary: 'auto (on a terminal), always, never',
  },

  {
    group: 'other',
    long: 'proc-root',
    own: true,
    value: { name: 'DIR', completes: 'folders' },
    summary: 'Linux: read another /proc',
    details:
      "A captured one, or the host's as mounted in a container (`/host/proc`). The tables are then those of the host's network.",
  },
  {
    group: 'other',
    long: 'source',
    own: true,
    value: { name: 'SOURCE', choices: socketSources },
    summary: 'Linux: read sockets from: auto, proc, netlink',
    details:
      'The kernel lists its sockets in files under /proc/net and over netlink (`sock_diag`); the output is the same. `auto` reads the files, unless only netlink has the data or is faster, as with thousands of connections. `netlink` uses netlink where the kernel answers; `-v` says for which tables it did. `proc` reads only files: owners are then looked up descriptor by descriptor, whereas otherwise root on a machine with thousands of them gets all at once, by a small BPF program.',
  },
  {
    group: 'other',
    long: 'config',
    own: true,
    summary: 'use your own options in pipes and files too',
    details:
      'Put display options that you always want into `$XDG_CONFIG_HOME/tsnetstat/options` (`~/.config/tsnetstat/options`; on Windows `%APPDATA%\\tsnetstat\\options`), several per line, with `#` before comments, or into `TSNETSTAT_OPTIONS`. By default they apply only if standard output is a terminal. The command line overrides them. A file that others can write, or that belongs to anyone but you and root, is not read.',
  },
  {
    group: 'other',
    long: 'no-config',
    own: true,
    summary: 'ignore your own options',
  },
  {
    group: 'other',
    long: 'completion',
    own: true,
    value: { name: 'SHELL', choices: shells },
    summary: 'print completions: bash, zsh, fish, powershell',
    details:
      'bash: `eval "$(tsnetstat --completion bash)"` in ~/.bashrc. zsh: the same with zsh, in ~/.zshrc after compinit. fish: `tsnetstat --completion fish > ~/.config/fish/completions/tsnetstat.fish`. PowerShell: `tsnetstat --completion powershell | Out-String | Invoke-Expression` in $PROFILE. For ports, processes, programs and the next word of an expression, the shell runs this program with TSNETSTAT_LINE set.',
  },
  {
    group: 'other',
    long: 'debug',
    own: true,
    summary: 'report where time went and causes of errors',
    details:
      'Prints on standard error how long each stage took, and the causes of an error with its place in the program. The environment variable `TSNETSTAT_DEBUG=1` does the same. For bug reports.',
  },
  { group: 'other', short: 'V', long: 'version', summary: 'print the version' },
  { group: 'other', short: 'h', summary: 'print the most important options' },
  {
    group: 'other',
    long: 'help',
    own: true,
    value: {
      name: 'TOPIC',
      choices: helpTopics,
      meant: { column: 'columns', sort: 'columns', fields: 'expressions', filters: 'expressions' },
    },
    optionalValue: true,
    summary: 'all options, or: columns expressions states checks',
    details:
      'With colours on a terminal, as `--color` says. A topic is described as in this page: `--help columns` the columns and sort keys of sockets, with `-r`, `-i`, `-g` or `-s` those of that report.',
  },
  {
    group: 'other',
    long: 'pager',
    own: true,
    summary: 'like --help, through $PAGER on a terminal',
    details:
      '`PAGER` is a program and its options, separated by blanks; the default is `less`. It is not run by a shell, and for root not from a directory of PATH that another user controls.',
  },

  { group: 'other', short: 'Z', long: 'context', summary: '', refusal: noContext },
  {
    group: 'other',
    short: 'M',
    long: 'masquerade',
    summary: '',
    refusal: 'masqueraded connections belong to the firewall; on Linux, see conntrack -L',
  },
  { group: 'other', long: 'ax25', summary: '', refusal: leaving('AX.25', 'ax25') },
  { group: 'other', long: 'ipx', summary: '', refusal: gone('IPX') },
  { group: 'other', long: 'netrom', summary: '', refusal: leaving('NET/ROM', 'nr') },
  { group: 'other', long: 'rose', summary: '', refusal: leaving('ROSE', 'rose') },
  {
    group: 'other',
    long: 'ddp',
    aliases: ['--appletalk'],
    summary: '',
    refusal: leaving('AppleTalk', 'appletalk'),
  },
  { group: 'other', long: 'x25', summary: '', refusal: leaving('X.25', 'x25') },
  { group: 'other', long: 'econet', summary: '', refusal: gone('Econet') },
  {
    group: 'other',
    long: 'bluetooth',
    aliases: ['--l2cap', '--rfcomm'],
    summary: '',
    refusal: 'Bluetooth sockets are not listed; on Linux, see /proc/net/l2cap and /proc/net/rfcomm',
  },
] as const satisfies readonly Flag[];

/** The same flags, without their names as types. */
export const allFlags: readonly Flag[] = flagTable;

/** The flags that have an effect; the others are refused. */
export const shownFlags: readonly Flag[] = allFlags.filter(({ refusal }) => refusal === undefined);
