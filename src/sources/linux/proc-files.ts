import type { SystemFact } from '../../model/machine/system-facts.ts';

/**
 * The files that facts are read from, each named once: for the readers, and for what another machine is asked to send
 * (`sources/remote/asks.ts`). All are paths below /proc except those of `outsideFiles`.
 */

/** The tables of sockets with one file for each family. */
export const inetFiles = {
  tcp: { inet: 'net/tcp', inet6: 'net/tcp6' },
  udp: { inet: 'net/udp', inet6: 'net/udp6' },
  udplite: { inet: 'net/udplite', inet6: 'net/udplite6' },
  raw: { inet: 'net/raw', inet6: 'net/raw6' },
} as const;

/** SCTP's, each for both families. */
export const sctpFiles = { endpoints: 'net/sctp/eps', associations: 'net/sctp/assocs' } as const;

/** The table of UNIX sockets. */
export const unixFile = 'net/unix';

const sockstatFile = 'net/sockstat';

/** Counts of sockets. */
export const sockstatFiles = { inet: sockstatFile, inet6: 'net/sockstat6' } as const;

/** The routes: of IPv4 those of the main table, of IPv6 all. */
export const routeFiles = { inet: 'net/route', inet6: 'net/ipv6_route' } as const;

/** The multicast groups that are joined. */
export const groupFiles = { inet: 'net/igmp', inet6: 'net/igmp6' } as const;

/** The local addresses and networks of every routing table of IPv4. */
export const fibTrieFile = 'net/fib_trie';

/** The interfaces with their counters, and their addresses of IPv6. */
export const interfaceFiles = { devices: 'net/dev', inet6: 'net/if_inet6' } as const;

/** The counters of protocols. */
export const statisticsFiles = {
  snmp: 'net/snmp',
  netstat: 'net/netstat',
  snmp6: 'net/snmp6',
  sctp: 'net/sctp/snmp',
} as const;

/** The version of the kernel, with the name of its architecture in some. */
export const versionFile = 'version';

/** The boot time, among the counts of processors. */
export const bootFile = 'stat';

/** The privileges of the process that reads. */
export const powerFiles = { status: 'self/status', userMap: 'self/uid_map' } as const;

/** The limit of IPv4's neighbour tables, which only the machine's first network namespace has. */
const neighbourLimit = 'sys/net/ipv4/neigh/default/gc_thresh3';

/** The system facts that are read from files of /proc with fixed names. */
export const factFiles = {
  localPortRange: 'sys/net/ipv4/ip_local_port_range',
  reservedPorts: 'sys/net/ipv4/ip_local_reserved_ports',
  timeWaitReuse: 'sys/net/ipv4/tcp_tw_reuse',
  tcpTimestamps: 'sys/net/ipv4/tcp_timestamps',
  timeWaitLimit: 'sys/net/ipv4/tcp_max_tw_buckets',
  orphanLimit: 'sys/net/ipv4/tcp_max_orphans',
  synBacklogLimit: 'sys/net/ipv4/tcp_max_syn_backlog',
  acceptQueueLimit: 'sys/net/core/somaxconn',
  synCookies: 'sys/net/ipv4/tcp_syncookies',
  tcpMemoryLimits: 'sys/net/ipv4/tcp_mem',
  tcpUse: sockstatFile,
  conntrack: {
    count: 'sys/net/netfilter/nf_conntrack_count',
    limit: 'sys/net/netfilter/nf_conntrack_max',
  },
  conntrackDrops: 'net/stat/nf_conntrack',
  neighbours: {
    limit: neighbourLimit,
    count: 'net/stat/arp_cache',
  },
  neighbours6: {
    limit: 'sys/net/ipv6/neigh/default/gc_thresh3',
    count: 'net/stat/ndisc_cache',
  },
  silentNeighbours: 'net/arp',
  isFirstNetwork: neighbourLimit,
  hasOtherDefaultRoute: fibTrieFile,
} as const satisfies Partial<Record<SystemFact, string | Readonly<Record<string, string>>>>;

/** Files and folders outside /proc. */
export const outsideFiles = {
  nameservers: '/etc/resolv.conf',
  hasSystemd: '/run/systemd/system',
} as const satisfies Partial<Record<SystemFact, string>>;

/** The longest cgroup file of a process: a line for each hierarchy, each at most as long as a path. */
export const longestCgroup = 65_536;
