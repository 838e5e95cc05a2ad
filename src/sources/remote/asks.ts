import { longestCommandLine } from '../../model/owner.ts';
import type { ReportKind } from '../../model/snapshot.ts';
import type { InetFamily, Protocol } from '../../model/socket.ts';
import type { SystemFact } from '../../model/system-facts.ts';
import type { HolderQuery, SocketQuery, SourceQuery } from '../source.ts';
import type { Ask, ProcessAsk } from './script.ts';

/** A request for nothing. */
const nothing: Ask = {
  files: [],
  processes: null,
  interfaces: false,
  others: [],
  folders: [],
  tsnetstat: null,
};

/** Files that show a machine's byte order if its executables do not. */
const orderFiles = ['net/route', 'net/igmp', 'version'];

const socketFiles: { readonly [P in Protocol]: { readonly [F in InetFamily]: readonly string[] } } =
  {
    tcp: { inet: ['net/tcp'], inet6: ['net/tcp6'] },
    udp: { inet: ['net/udp'], inet6: ['net/udp6'] },
    udplite: { inet: ['net/udplite'], inet6: ['net/udplite6'] },
    raw: { inet: ['net/raw'], inet6: ['net/raw6'] },
    // One list for both families.
    sctp: { inet: ['net/sctp/eps', 'net/sctp/assocs'], inet6: [] },
    unix: { inet: ['net/unix'], inet6: ['net/unix'] },
  };

/** Bytes of a command line that are needed for a program's name. */
const nameBytes = 4096;
/** A whole command line, and one more byte that shows whether it is longer. */
const commandBytes = longestCommandLine + 1;

/** Returns what must be requested to find the holders of sockets. */
function holdersFor({ owners, workloads, exposure }: HolderQuery): ProcessAsk {
  return {
    descriptors: true,
    executable: owners.details,
    files: [
      'cmdline',
      ...(owners.details ? ['stat', 'status'] : []),
      ...(workloads === true ? ['cgroup'] : []),
      ...(exposure === true ? ['comm'] : []),
    ],
    most: owners.details ? commandBytes : nameBytes,
  };
}

/** The privileges of the remote process. */
const powers = ['self/status', 'self/uid_map'];

/** The same, and the boot time. */
const powerFiles = [...powers, 'stat'];

/** Returns the request for owners of sockets that were read before. */
export function askOfHolders(query: HolderQuery): Ask {
  return { ...nothing, files: powerFiles, processes: holdersFor(query) };
}

function askOfSockets(query: SocketQuery): Ask {
  const { protocols, families, owners, workloads = false, exposure = false } = query;
  const tables = protocols.flatMap((protocol) =>
    protocol === 'unix'
      ? socketFiles.unix.inet
      : families.flatMap((family) => socketFiles[protocol][family]),
  );
  return {
    ...nothing,
    files: [...new Set([...tables, ...orderFiles, ...(owners === null ? [] : powerFiles)])],
    processes: owners === null ? null : holdersFor({ owners, workloads, exposure }),
    tsnetstat: commandFor(query),
  };
}

const protocolFlags: Readonly<Record<Protocol, string>> = {
  ...{ tcp: '-t', udp: '-u', udplite: '-U', raw: '-w', sctp: '-S', unix: '-x' },
};

/** Returns the arguments for the machine's own tsnetstat; anything more that it reports is removed here. */
function commandFor(query: SocketQuery): readonly string[] {
  const { protocols, families } = query;
  const isEvery = Object.keys(protocolFlags).every((one) => protocols.includes(one as Protocol));
  return [
    '--json',
    query.listeningOnly === true ? '-l' : '-a',
    ...(isEvery ? [] : protocols.map((protocol) => protocolFlags[protocol])),
    ...(families.length === 1 && !protocols.includes('unix')
      ? [families[0] === 'inet' ? '-4' : '-6']
      : []),
    ...(query.owners === null ? [] : ['-p']),
    ...(query.tcpInfo === true ? ['--tcp-info'] : []),
    ...(query.socketInfo === true || (query.unixQueues === true && protocols.includes('unix'))
      ? ['--socket-info']
      : []),
    ...(query.boundSockets === true ? ['--bound-inactive'] : []),
    ...(query.workloads === true ? ['--workloads'] : []),
    ...(query.exposure === true ? ['--exposure'] : []),
  ];
}

const familyFiles: {
  readonly [Report in 'routes' | 'groups']: { readonly [F in InetFamily]: string };
} = {
  routes: { inet: 'net/route', inet6: 'net/ipv6_route' },
  groups: { inet: 'net/igmp', inet6: 'net/igmp6' },
};

/** Returns the request for a query. */
export function askOf<K extends ReportKind>(query: SourceQuery<K>): Ask {
  const asked = query as SourceQuery;
  switch (asked.report) {
    case 'sockets':
      return askOfSockets(asked as SourceQuery<'sockets'>);
    case 'routes':
    case 'groups': {
      const files = familyFiles[asked.report];
      return { ...nothing, files: [...Object.values(files), ...orderFiles].filter(onceEach) };
    }
    case 'interfaces':
      return {
        ...nothing,
        files: ['net/dev', 'net/fib_trie', 'net/if_inet6', ...orderFiles],
        interfaces: true,
      };
    case 'statistics':
      return { ...nothing, files: ['net/snmp', 'net/netstat', 'net/snmp6', 'net/sctp/snmp'] };
  }
}

function onceEach<T>(value: T, at: number, all: readonly T[]): boolean {
  return all.indexOf(value) === at;
}

/** Files outside /proc that facts are read from. */
const resolvConf = '/etc/resolv.conf';
const systemdFolder = '/run/systemd/system';

/** What each system fact is read from. */
const factAsks: { readonly [Fact in SystemFact]: Partial<Ask> } = {
  localPortRange: { files: ['sys/net/ipv4/ip_local_port_range'] },
  reservedPorts: { files: ['sys/net/ipv4/ip_local_reserved_ports'] },
  timeWaitLimit: { files: ['sys/net/ipv4/tcp_max_tw_buckets'] },
  orphanLimit: { files: ['sys/net/ipv4/tcp_max_orphans'] },
  synBacklogLimit: { files: ['sys/net/ipv4/tcp_max_syn_backlog'] },
  acceptQueueLimit: { files: ['sys/net/core/somaxconn'] },
  synCookies: { files: ['sys/net/ipv4/tcp_syncookies'] },
  tcpMemoryLimits: { files: ['sys/net/ipv4/tcp_mem'] },
  tcpUse: { files: ['net/sockstat'] },
  conntrack: {
    files: ['sys/net/netfilter/nf_conntrack_count', 'sys/net/netfilter/nf_conntrack_max'],
  },
  conntrackDrops: { files: ['net/stat/nf_conntrack'] },
  neighbours: { files: ['sys/net/ipv4/neigh/default/gc_thresh3', 'net/stat/arp_cache'] },
  neighbours6: { files: ['sys/net/ipv6/neigh/default/gc_thresh3', 'net/stat/ndisc_cache'] },
  nameservers: { others: [resolvConf] },
  descriptors: { files: powers, processes: ofProcesses(['limits', 'comm'], false) },
  silentNeighbours: { files: ['net/arp'] },
  isFirstNetwork: { files: ['sys/net/ipv4/neigh/default/gc_thresh3'] },
  hasOtherDefaultRoute: { files: ['net/fib_trie'] },
  hasSystemd: { folders: [systemdFolder] },
  oddProcesses: { files: powers, processes: ofProcesses(['comm', 'cmdline'], true) },
};

function ofProcesses(files: readonly string[], executable: boolean): ProcessAsk {
  return { descriptors: true, executable, files, most: nameBytes };
}

/** Returns the request for system facts. */
export function askOfFacts(facts: readonly SystemFact[]): Ask {
  const asks = facts.map((fact) => factAsks[fact]);
  const processes = asks.flatMap((ask) => ask.processes ?? []);
  const all = <T>(of: (ask: Partial<Ask>) => readonly T[] | undefined) =>
    asks.flatMap((ask) => of(ask) ?? []).filter(onceEach);
  return {
    ...nothing,
    files: all(({ files }) => files),
    others: all(({ others }) => others),
    folders: all(({ folders }) => folders),
    processes:
      processes.length === 0
        ? null
        : ofProcesses(
            processes.flatMap(({ files }) => files).filter(onceEach),
            processes.some(({ executable }) => executable),
          ),
  };
}
