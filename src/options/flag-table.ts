import { severities } from '../model/diagnosis.ts';
import { socketSources } from '../model/listing.ts';
import { metricFormats } from '../model/metric.ts';
import { formats } from '../model/view.ts';
import { shells } from './completion/shells.ts';
import type { Flag } from './flags.ts';

const noContext = 'SELinux contexts are not shown; see ps -Z for those of processes';
const gone = (what: string) => `${what} is gone from Linux; there is nothing to list`;
/** For a family recently removed from Linux, or about to be. */
const leaving = (what: string, file: string) =>
  `${what} is not listed; a kernel that still has it tells of it in /proc/net/${file}`;

/** In the order of the help text. `as const` keeps the names as types. */
export const flagTable = [
  {
    group: 'reports',
    short: 'r',
    long: 'route',
    summary: 'routing tables',
    details:
      'IPv4 unless `-6` or `-A inet6` asks for IPv6. On Linux the IPv4 ones are those of the main table; `ip route show table all` knows of the others.',
  },
  {
    group: 'reports',
    short: 'i',
    long: 'interfaces',
    summary: 'network interfaces',
    details:
      'One line each, those that are up; with `-a` also those that are down; with `-e` a paragraph each, with addresses.',
  },
  { group: 'reports', short: 'g', long: 'groups', summary: 'multicast group memberships' },
  {
    group: 'reports',
    short: 's',
    long: 'statistics',
    summary: 'counters of each protocol; -a: zeros too',
    details:
      'Each counter stands under its MIB name, with what it counts. `-t`, `-u`, `-U`, `-w`, `-S`, `-4` and `-6` choose among the protocols (`-w` is IP and ICMP). With `-c`, from the second round on, the change per second stands beside the total.',
  },
  {
    group: 'reports',
    long: 'explain',
    own: true,
    value: { name: 'STATE', completes: 'explained-states' },
    optionalValue: true,
    summary: 'what a state means and what many of them tell',
    details:
      'How a socket gets into the state and out of it, and what to do about many. Any common spelling will do: `close_wait`, `CLOSE-WAIT`, `listen`. Without a state: one line for each there is.',
  },

  {
    group: 'reports',
    long: 'diagnose',
    own: true,
    value: { name: 'CHECK', list: true, isHyphenated: true, completes: 'checks' },
    optionalValue: true,
    summary: 'what is wrong here, with evidence and remedy',
    details:
      'Runs the checks, or those that are named, and prints what they find, the worst first: what was seen, who holds it, why it matters, what to do, how sure it is. The numbers that a check goes by can be set after colons: `close-wait:count=50`; `all-checks` beside it stands for all the other checks. Filters and expressions narrow the sockets that are looked at; what is about the machine as a whole is then left out unless it is named. Where they are about one service (`--port 7071`, `--program NAME`, `--remote ADDRESS`), what is known of it comes first: who listens and where, how far that is reached, who is connected; and where nobody listens, who does in another network namespace, which unit would, and who did by what `--save` wrote (`--diff FILE`). Some checks compare two readings, a second apart. Exit codes: 0 nothing found, 1 something found, 2 trouble. A check that cannot run says why: if it was named, with `-v`, and in JSON.',
  },
  {
    group: 'reports',
    long: 'severity',
    own: true,
    value: { name: 'LEVEL', choices: severities },
    summary: 'with --diagnose: this bad or worse',
    details:
      '`critical`, `warning` or `note`, the default. What is not shown does not count for the exit code.',
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
      'A multi-homed end has a line for each of its addresses. Linux lists SCTP only while its module is loaded.',
  },
  { group: 'sockets', short: 'w', long: 'raw', summary: 'raw IP' },
  { group: 'sockets', short: 'x', long: 'unix', summary: 'UNIX domain' },
  {
    group: 'sockets',
    short: 'l',
    long: 'listening',
    summary: 'only servers: those that wait for a peer',
    details:
      'A TCP socket that listens; a UDP, UDP-Lite or raw socket that takes packets from anyone; a UNIX socket that accepts connections.',
  },
  {
    group: 'sockets',
    short: 'a',
    long: 'all',
    summary: 'servers and the rest (default: all but servers)',
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
    value: { name: 'FAMILY', list: true, completes: 'families' },
    summary: 'these families: inet, inet6, unix',
    details:
      'Families add up, whether named here or by `-4`, `-6` and `-x`. `ip` and `tcpip` are other names of inet, `local` of unix.',
  },
  {
    group: 'sockets',
    long: 'all-netns',
    own: true,
    summary: 'of every network namespace, and which (Linux)',
    details:
      "Those that processes live in, that `ip netns` names, and that are mounted, each once, the own one first; with `-r`, `-i`, `-g` and `-s` too. As root by netlink inside each, else by /proc/PID/net. What could not be read is told. Column, sort key and field of expressions: `netns`, by name or number (`netns = web`; `own` is this program's).",
  },
  {
    group: 'sockets',
    long: 'netns',
    own: true,
    value: { name: 'NS', completes: 'namespaces' },
    summary: 'of this network namespace: NAME, PID or PATH (Linux)',
    details:
      'A name of `ip netns`, the PID of a process that lives in it, or a file that leads to it, such as `/run/netns/web` or `/proc/123/ns/net`; also the number that `--all-netns` shows.',
  },
  {
    group: 'sockets',
    long: 'on',
    own: true,
    value: { name: 'HOST', list: true, completes: 'hosts' },
    summary: 'of these other Linux machines, over ssh',
    details:
      "The user's own OpenSSH asks them, with its configuration, keys and jump hosts, and without questions (BatchMode); a shell is all that they need. HOST is what ssh takes: an alias of its configuration, a name or address, `USER@HOST`, `ssh://USER@HOST:PORT`; `@FILE` reads names from a file, one a line, `#` before a comment. With every report, filter and format, `--diff`, `--diagnose`, `--follow` and `--live`; each row says of which machine it is: column, sort key and field of expressions `host`. Users are numbers. What only a live kernel tells is there where tsnetstat is installed on the machine. One that does not answer is a warning, with ssh's last line; exit code 2 where none does.",
  },
  {
    group: 'sockets',
    long: 'on-timeout',
    own: true,
    value: { name: 'SECONDS', isNumber: true },
    summary: 'with --on: how long each may take (default 10)',
    details:
      'For the whole answer, counted from connecting; with rounds, for each round anew. With `--serve` it has to be less than `--serve-timeout`, and is half of it by default.',
  },
  {
    group: 'sockets',
    long: 'on-parallel',
    own: true,
    value: { name: 'N', isNumber: true },
    summary: 'with --on: how many to ask at once (default 16)',
  },
  {
    group: 'sockets',
    long: 'strict',
    own: true,
    summary: 'with --on: exit code 2 if any does not answer',
    details:
      'What the others answer is shown all the same; `--save` and `--diff` need the answers of all.',
  },

  {
    group: 'filters',
    long: 'state',
    own: true,
    value: { name: 'STATE', list: true, completes: 'states' },
    summary: 'in one of these states, or a group of states',
    details:
      'Names in any case and common spelling, or groups of them. Naming a state asks for servers too where they are in it: `--state listen` needs no `-l`.',
  },
  {
    group: 'filters',
    long: 'port',
    own: true,
    value: { name: 'PORT', list: true, completes: 'ports' },
    summary: 'either end: 22, https, 8000-8100',
    details: 'Compared as numbers: 3000 is never 30001.',
  },
  {
    group: 'filters',
    long: 'local',
    aliases: ['--src'],
    own: true,
    value: { name: 'ADDR', list: true },
    summary: 'local end: ADDR[/LEN][:PORT] or :PORT',
    details:
      '`192.0.2.1`, `10.0.0.0/8`, `[2001:db8::]/32`, `[::1]:ssh`, `fe80::1%eth0`, `:8000-8100`. IPv4 addresses match their IPv4-mapped form in IPv6 tables.',
  },
  {
    group: 'filters',
    long: 'remote',
    aliases: ['--dst'],
    own: true,
    value: { name: 'ADDR', list: true },
    summary: 'remote end: ADDR[/LEN][:PORT] or :PORT',
  },
  {
    group: 'filters',
    long: 'pid',
    own: true,
    value: { name: 'PID', list: true, completes: 'pids' },
    summary: 'held by one of these processes',
  },
  {
    group: 'filters',
    long: 'program',
    own: true,
    value: { name: 'NAME', completes: 'programs' },
    summary: "held by a program; * stands for anything: 'php*'",
    details:
      "The whole name as `-pW` shows it, case and all, unless it has a `*`; of a title such as `nginx: worker process` also what stands before the colon. On Windows case and `.exe` do not count. Matches if any of the processes that share the socket does. Without a name behind it, as net-tools' manual has it, it is `-p`; a name that begins with a hyphen is `--program=-bash`.",
  },
  {
    group: 'filters',
    long: 'workload',
    own: true,
    value: { name: 'NAME', completes: 'workloads' },
    summary: "of a container, pod or unit: docker:web, 'unit:ssh*'",
    details:
      'As `--workloads` shows it, or a name or ID alone, or behind a kind (`container:`, `pod:`, `unit:`, `scope:`, `service:`, `snap:`, `flatpak:`) or a runtime (`docker:`, `podman:` and so on); `*` stands for anything: `pod:shop/*`. Matches if any of the processes that share the socket is in it.',
  },
  {
    group: 'filters',
    long: 'user',
    own: true,
    value: { name: 'USER', list: true, completes: 'users' },
    summary: 'made by one of these users, by name or number',
  },
  {
    group: 'filters',
    long: 'bound-inactive',
    own: true,
    summary: 'also TCP sockets that are bound and no more',
    details:
      'Linux (6.8 and later) and Windows. Such a socket has a port and neither listens nor is connected: `bind` says that the address is in use, and no other row shows by whom. Their state is `BOUND`; `state bound` shows them alone.',
  },
  {
    group: 'filters',
    long: 'exposed',
    own: true,
    summary: 'servers that more than loopback can reach',
    details:
      'What other machines may be able to reach, as far as addresses tell: a firewall may still stand between. Of other network namespaces, what a port of the host leads to by more than a loopback address. Implies `-l`.',
  },

  {
    group: 'display',
    short: 'n',
    long: 'numeric',
    summary: 'numbers; no names are looked up',
  },
  { group: 'display', long: 'numeric-hosts', summary: 'addresses, not host names' },
  { group: 'display', long: 'numeric-ports', summary: 'port numbers, not service names' },
  { group: 'display', long: 'numeric-users', summary: 'user numbers, not names' },
  {
    group: 'display',
    short: 'N',
    long: 'symbolic',
    summary: 'names, where there are any (the default)',
    details: 'Accepted for old command lines. `-n` wins over it.',
  },
  {
    group: 'display',
    long: 'resolve-timeout',
    own: true,
    value: { name: 'SEC' },
    summary: 'for all names together (default 2); then numbers',
    details:
      'Host names are asked for at the same time, each address once, and this is the time for all of them. An address without an answer by then shows as a number. 0 asks no server: names come from the files of this machine only.',
  },
  {
    group: 'display',
    short: 'p',
    long: 'programs',
    summary: 'PID and name of the process that holds each socket',
    details:
      "Only root sees other users' processes; what could not be seen is told on standard error. `-` means that no owner is known. The structured formats tell every process that shares a socket; the netstat table tells the first.",
  },
  {
    group: 'display',
    short: 'e',
    long: 'extend',
    summary: 'user and inode; with -r, -i: more columns',
    details: 'Given twice with `-r`: still more.',
  },
  {
    group: 'display',
    short: 'o',
    long: 'timers',
    summary: 'timers: kind (seconds/retransmits/probes)',
  },
  {
    group: 'display',
    long: 'tcp-info',
    own: true,
    summary: 'RTT, retransmissions, window, bytes of TCP (Linux)',
    details:
      'What the kernel knows of each TCP connection, told to every user. JSON and CSV have all of it; each part is a column, a sort key and a field of expressions by itself: `--columns src,dst,rtt,retrans`, `--sort -rtt`, `rtt > 200ms and retrans > 0`. With `-c` also bytes a second, sent and received: `--sort -recvrate`, `sentrate > 1MB`. With columns or expressions of it this flag is not needed.',
  },
  {
    group: 'display',
    long: 'socket-info',
    own: true,
    summary: 'accept queue, drops and memory of sockets (Linux)',
    details:
      "What the kernel tells of a socket beyond its row: a listener's accept queue and its limit, packets dropped, memory, of UNIX sockets the queues, and in JSON and CSV the mark (to those who may administer the network) and the cookie. Each part is a column, a sort key and a field of expressions by itself: `--columns src,acceptq,acceptlimit`, `drops > 0`.",
  },
  {
    group: 'display',
    long: 'peers',
    own: true,
    summary: 'the process at the other end, on this machine',
    details:
      "TCP and UDP: the socket of this machine with the same two ends, or the UDP server that is bound there, filtered out or not. UNIX sockets: what the kernel says over netlink, on a live Linux alone. `-`: the other end is elsewhere, is nobody's (closed, not accepted yet), or cannot be told. It reads every socket of the protocols that are asked for, and looks for all owners, before the first line shows. Columns, sort keys and fields of expressions: `peer`, `peerpid`; `peernoowner`, which is no field, says why there is none.",
  },
  {
    group: 'display',
    long: 'workloads',
    own: true,
    summary: 'the container, pod, unit or service of each socket',
    details:
      "What the process belongs to, by its cgroup: a systemd unit or scope, a container (Docker, Podman, containerd, CRI-O, LXC, systemd-nspawn), a pod of Kubernetes, a snap, a flatpak. It takes no rights: where the process may not be seen, the kernel tells of a socket of TCP, UDP or raw IP which cgroup made it. Names of containers and pods come from files of the machine, else from the engine's socket where it may be asked, within half a second; else the first digits of the ID show. `-`: it belongs to none; `(denied)`, `(unknown)`: it cannot be told. Several owners in different workloads: the table shows the first, JSON all. Columns, sort keys and fields of expressions: `workload`, `workloadkind`, `unit`, `container`, `pod`, `image`, `cgroup`.",
  },
  {
    group: 'display',
    long: 'exposure',
    own: true,
    summary: 'how far each server can be reached (Linux)',
    details:
      "`loopback`; `host`: at an address of this network, as far as no firewall keeps others away; `published`: a port of the host leads to it, or it stands for a container, `published: 8080 → docker:web:80`; `internal`: of another network namespace (`--all-netns`), and no port of the host leads there; `unknown`, with a warning that says why. Ports are known by the command lines of Docker's programs and, for root, by the rules of nftables and iptables. A column and a field of expressions by itself: `exposure = published`.",
  },
  {
    group: 'display',
    short: 'W',
    long: 'wide',
    aliases: ['-T', '--notrim'],
    summary: 'whole addresses and names',
    details:
      'Otherwise an address and its port share 22 characters, and a PID and its program 19, as in net-tools.',
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
    summary: 'with -r: the route cache, which is gone',
    details:
      'Linux has none since 3.6, so `-rC` is refused. Elsewhere it does nothing, as in net-tools.',
  },
  {
    group: 'display',
    short: 'c',
    long: 'continuous',
    summary: 'again every second, until Ctrl-C',
  },
  {
    group: 'display',
    long: 'interval',
    own: true,
    value: { name: 'SEC' },
    summary: 'again every so many seconds; implies -c',
    details: 'With `--wait` and `--wait-gone`: how often to look.',
  },
  {
    group: 'output',
    long: 'follow',
    own: true,
    summary: 'tell what opens, closes and changes, until Ctrl-C',
    details:
      'A line for each socket that is opened or closed, whose state or owner changes, with the time. What is there at the beginning is not shown. It follows servers and connections (`-l`: servers), those that the protocols, filters and expression choose. It reads every second, or as `--interval` says; on a live Linux the kernel also tells of each TCP and UDP socket that closes, as it closes and to every user: of one that no reading saw too (`seen=never`: who had it is not known then), with the bytes, round-trip time and retransmissions of a connection. Elsewhere, and with `--source proc`, what lives between two readings may not be seen. Where the kernel tells faster than it can be read, a warning says that closes were lost. TIME_WAIT is no socket any more: a connection is closed when its socket is. A JSON document would never end, so `--json` is an object a line, as `--format ndjson`.',
  },
  {
    group: 'output',
    long: 'live',
    own: true,
    summary: 'a full screen of sockets, with keys (? tells them)',
    details:
      'Reads every second, or as `--interval` says, and shows what the rest of the command line chooses, as it is and as it changes: what is new, has changed its state or is closed is marked for some seconds. Keys filter, sort and group, choose columns and show everything that is known of a socket; `?` lists them, `q` ends. Standard input and output must be a terminal. Where a screen is of no use (a screen reader, a log), `-c` prints round after round and `--follow` what changes.',
  },
  {
    group: 'display',
    short: 'v',
    long: 'verbose',
    summary: 'also tell which tables this kernel lacks',
  },

  {
    group: 'output',
    long: 'format',
    own: true,
    value: { name: 'FORMAT', choices: [...formats, ...metricFormats] },
    summary: [...formats.slice(1), ...metricFormats].join(', '),
    details:
      '`netstat`, the default, is what net-tools prints. `table` has boxes and fits the terminal. `json` is one document, `ndjson` one object a line, `csv` is RFC 4180; these three hold numbers, never looked-up names. `prometheus` and `openmetrics` are no lists but metrics: sockets counted by state, service, program and workload, servers and their accept queues, the counters of `-s` and those of interfaces; with `-s` or `-i` these alone. Servers and connections count (`-l`: servers), those that protocols, filters and an expression choose. `--save FILE` writes them where node_exporter looks for them.',
  },
  {
    group: 'output',
    long: 'metrics-top',
    own: true,
    value: { name: 'N' },
    summary: 'metrics: values that a label may have (default 20)',
    details:
      'Bounds each label of `--format prometheus` that others choose: programs, workloads, service ports, servers, interfaces, network namespaces. The rest is one, `other`.',
  },
  {
    group: 'output',
    long: 'metrics-remote',
    own: true,
    value: { name: 'PORT', list: true, completes: 'ports' },
    summary: 'metrics: count connections to these ports too',
    details:
      'Connections by remote port, as `--port` takes ports: `5432,https,8000-8100`. A range is one label; all other ports are `other`.',
  },
  { group: 'output', long: 'json', own: true, summary: '--format json' },
  {
    group: 'output',
    long: 'columns',
    own: true,
    value: { name: 'COLUMN', list: true, completes: 'columns' },
    summary: 'these columns in this order (netstat, table, csv)',
    details: 'A wrong name is answered with those that the report has.',
  },
  {
    group: 'output',
    long: 'sort',
    own: true,
    value: { name: 'KEY', list: true, completes: 'sort-keys' },
    summary: 'by these keys; -KEY: largest first',
    details:
      "The kernel's order otherwise. Numbers sort as numbers, addresses as addresses; rows that have no value come last; equal rows stay in order. Sorting takes the whole table into memory. A wrong key is answered with those that the report has.",
  },
  {
    group: 'output',
    short: 'H',
    long: 'no-header',
    own: true,
    summary: 'no titles, no column names',
  },
  {
    group: 'output',
    short: 'q',
    long: 'quiet',
    own: true,
    summary: 'exit 0 if something matched, 1 if not, 2: not known',
    details:
      'Stops at the first match. A filter that a server may fit (`--port`, `--local`, `--program`, `--pid`, `--user`, an expression) searches servers and the rest, unless `-l` is given. Where nothing matched and something that was asked for could not be read or seen, it says what that is and exits 2.',
  },
  {
    group: 'output',
    long: 'pids',
    own: true,
    summary: 'only the PIDs that hold what matched, one a line',
    details:
      'Each once, in rising order, or with `--sort` in that of the rows: for `xargs kill`. Every process that shares a socket counts; with `--pid` or `--program` those alone that fit. Exits with 1 where there is none, and with 2 where there is none and owners could not be seen, which standard error tells. `-l` leaves out the clients of a port.',
  },
  {
    group: 'output',
    long: 'wait',
    own: true,
    value: { name: 'SEC', isNumber: true },
    optionalValue: true,
    summary: 'wait until something matches; exit 1: not in time',
    details:
      'Looks every 0.2 seconds, or as `--interval` says, and shows the listing once something is there; with `-q` nothing is printed. Without a time it waits for ever. What a filter may find among servers too is searched as with `-q`. Where the time is over and something that was asked for could not be seen, it says what that is and exits 2.',
  },
  {
    group: 'output',
    long: 'wait-gone',
    own: true,
    value: { name: 'SEC', isNumber: true },
    optionalValue: true,
    summary: 'wait until nothing matches any more',
    details:
      'As `--wait`. Where something that was asked for cannot be seen, that it is gone is not known: it says so at once and exits 2.',
  },
  {
    group: 'output',
    long: 'save',
    own: true,
    value: { name: 'FILE', completes: 'files' },
    summary: 'into FILE as JSON, with what was asked; - is stdout',
    details:
      'What `--json` prints, with the owners of sockets, and what was asked beside it (`asked`), so that `--diff` can ask the same again. FILE is there whole or not at all: it is written aside in the same folder and renamed. A symbolic link in its place is replaced, not followed. Goes with every report and with `--wait`.',
  },
  {
    group: 'output',
    long: 'save-mode',
    own: true,
    value: { name: 'MODE' },
    summary: "FILE's permissions, octal (default 0600)",
    details: 'Whatever umask says. Windows has none of these: there the folder decides.',
  },
  {
    group: 'output',
    long: 'diff',
    own: true,
    value: { name: 'FILE', completes: 'files' },
    summary: 'what differs from FILE; exit 1: something does',
    details:
      'FILE is what `--save` or `--json` wrote, on any machine; `-` is standard input. Where the command line does not say what is asked, what FILE says was asked is asked again. Lines begin with `-` (gone), `+` (come) or `~` (changed, with what it was); with `--json`, `--format ndjson` or `csv` for programs; nothing with `-q`. A restart is no difference: servers are known by protocol, address, port, network namespace, program and user; `-v` tells of those that were replaced (`=`). With `--save FILE` beside it the file is brought up to date afterwards, and made where it is not there yet. Trouble is exit code 2.',
  },
  {
    group: 'output',
    long: 'ignore',
    own: true,
    value: { name: 'WHAT', completes: 'ignored' },
    summary: 'leave out rows of --diff, checks of --diagnose',
    details:
      "With `--diff` an expression as a filter has it, in one word: `--ignore 'sport > 32767'` leaves out on both sides what fits. With `--diagnose` names of checks, commas between them. May be given several times.",
  },
  {
    group: 'output',
    long: 'serve',
    own: true,
    value: { name: 'PLACE', isPlace: true },
    optionalValue: true,
    summary: 'serve metrics to Prometheus (default 127.0.0.1:9917)',
    details:
      'Answers `/metrics` over HTTP with what `--format prometheus` prints, in the dialect that the scraper prefers, `/healthz` with `ok`. It reads when it is asked; those who ask at the same time share one reading. The place is `ADDRESS:PORT`, `[ADDRESS]:PORT`, a port (on loopback) or `:PORT` (every address); port 0 is one that the system gives. Where other machines may reach it, `--serve-auth` or `--serve-anyone` must say who may ask. Filters, protocols, `--all-netns` and the like choose what is told. It goes on until SIGTERM or Ctrl-C, which is exit code 0. TLS is the business of a proxy.',
  },
  {
    group: 'output',
    long: 'serve-auth',
    own: true,
    value: { name: 'FILE', completes: 'files' },
    summary: 'with --serve: who may ask',
    details:
      'Lines of `bearer TOKEN` or `basic USER:PASSWORD`; `#` begins a comment. Instead of a token or password, `sha256:` and its digest in hex will do. Nobody else may be able to read the file (`chmod 600`). It is read once. `/healthz` answers everybody.',
  },
  {
    group: 'output',
    long: 'serve-anyone',
    own: true,
    summary: 'with --serve: whoever reaches it may ask',
    details:
      'Also by any name: on loopback without credentials, only who asks by an address or as `localhost` is answered, since a web page can have a name of its own point there.',
  },
  {
    group: 'output',
    long: 'serve-timeout',
    own: true,
    value: { name: 'SEC' },
    summary: 'with --serve: how long a scrape waits (default 10)',
    details:
      'Or as long as the scraper says that it waits, if that is shorter. Then the answer is 503; the reading goes on, no other is begun beside it, and what it says is kept two minutes for a scrape that would wait in vain too.',
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
      "A captured one, or the host's as a container sees it (`/host/proc`). The tables are then those of the host's own network.",
  },
  {
    group: 'other',
    long: 'source',
    own: true,
    value: { name: 'SOURCE', choices: socketSources },
    summary: 'Linux: where sockets are read: auto, proc, netlink',
    details:
      'The kernel tells its sockets in files under /proc/net and over netlink (`sock_diag`); what is printed is the same. `auto` reads the files, unless only the kernel tells what is asked for or tells it sooner, as of thousands of connections. With `netlink` the kernel is asked where it answers, and `-v` says for which tables it did. With `proc` nothing but files is read: owners too are then looked up descriptor by descriptor, where root on a machine with thousands of them has the kernel tell all at once, by a small BPF program.',
  },
  {
    group: 'other',
    long: 'config',
    own: true,
    summary: 'your own options in pipes and files too',
    details:
      'Display options that you always want go into `$XDG_CONFIG_HOME/tsnetstat/options` (`~/.config/tsnetstat/options`; on Windows `%APPDATA%\\tsnetstat\\options`), several on a line, `#` before a comment, and in `TSNETSTAT_OPTIONS`. They count where standard output is a terminal; what the command line says comes before them. A file that others can write, or that belongs to somebody other than you and root, is not read.',
  },
  {
    group: 'other',
    long: 'no-config',
    own: true,
    summary: 'without your own options',
  },
  {
    group: 'other',
    long: 'completion',
    own: true,
    value: { name: 'SHELL', choices: shells },
    summary: 'print completions: bash, zsh, fish, powershell',
    details:
      'bash: `eval "$(tsnetstat --completion bash)"` in ~/.bashrc. zsh: the same with zsh, in ~/.zshrc behind compinit. fish: `tsnetstat --completion fish > ~/.config/fish/completions/tsnetstat.fish`. PowerShell: `tsnetstat --completion powershell | Out-String | Invoke-Expression` in $PROFILE. What is live (ports, processes, programs) and what can come next in an expression the shell asks this program for, by TSNETSTAT_LINE.',
  },
  {
    group: 'other',
    long: 'debug',
    own: true,
    summary: 'tell where time went, and why it failed',
    details:
      'On standard error: the time that each stage took, and of an error its causes and the place in the program. The environment variable `TSNETSTAT_DEBUG=1` does the same. For reports of faults.',
  },
  { group: 'other', short: 'V', long: 'version', summary: 'print the version' },
  { group: 'other', short: 'h', summary: 'print what people need most, on one screen' },
  {
    group: 'other',
    long: 'help',
    own: true,
    summary: 'print every option',
    details: 'With colours on a terminal, as `--color` says.',
  },
  {
    group: 'other',
    long: 'pager',
    own: true,
    summary: '--help, on a terminal page by page with $PAGER',
    details:
      '`PAGER` is a program and its options, parted by blanks; `less` where it is not set. No shell reads it.',
  },

  { group: 'other', short: 'Z', long: 'context', summary: '', refusal: noContext },
  {
    group: 'other',
    short: 'M',
    long: 'masquerade',
    summary: '',
    refusal: "masqueraded connections are the firewall's; see conntrack -L",
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
    refusal: 'Bluetooth sockets are not listed; see /proc/net/l2cap and /proc/net/rfcomm',
  },
] as const satisfies readonly Flag[];
