import type { Netns } from './netns.ts';

/** Ports from one to another, both included. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** How many there are, and how many there can be. */
export interface Fill {
  readonly count: number;
  readonly limit: number;
}

/** The limits of the memory of all TCP sockets together, in pages: `tcp_mem` of tcp(7). */
export interface TcpMemoryLimits {
  /** Below it nothing is held back. */
  readonly low: number;
  /** From here on the kernel gives sockets less memory. */
  readonly pressure: number;
  /** Beyond it sockets get none. */
  readonly high: number;
}

/** What the kernel counts of TCP's sockets: /proc/net/sockstat. */
export interface TcpUse {
  /** Sockets of this network namespace over IPv4, without those in TIME_WAIT and SYN_RECV. */
  readonly inUse: number;
  /** Sockets without a program, on their way to be closed. Of the whole machine. */
  readonly orphans: number;
  readonly timeWait: number;
  /** Pages that all TCP sockets of the machine hold. */
  readonly memoryPages: number;
}

/** A process that has used at least half of the descriptors that it may open. */
export interface DescriptorUse {
  readonly pid: number;
  /** The kernel's name for it, at most 15 bytes; null where it is not told. */
  readonly program: string | null;
  readonly open: number;
  /** RLIMIT_NOFILE, the soft one. */
  readonly limit: number;
}

/** What the firewall's connection tracking turned away since the network was made. */
export interface ConntrackDrops {
  /** Packets that were dropped: the table was full, and nothing in it could go. */
  readonly dropped: number;
  /** Connections that were forgotten early to make room. */
  readonly forgotten: number;
}

/** A neighbour whose hardware address was asked for (ARP) and not told. */
export interface SilentNeighbour {
  readonly address: string;
  readonly interface: string;
}

/**
 * What is rarely so of a process. `streams`: one socket is its standard input and output. `shell`: it is a shell.
 * `replaced`: its executable was removed, and there is another of that name; `removed`: there is none. `memory`:
 * its executable never had a name (memfd_create(2)). `public-folder`: its executable lies where everybody may
 * write. `kernel-name`: it goes by a name that threads of the kernel have.
 */
export type ProcessTrait =
  | 'streams'
  | 'shell'
  | 'replaced'
  | 'removed'
  | 'memory'
  | 'public-folder'
  | 'kernel-name';

/** A process of which something is rarely so, with the sockets that it has open. */
export interface OddProcess {
  readonly pid: number;
  /** The first word of its command line, else the kernel's name for it. */
  readonly name: string;
  readonly executable: string;
  readonly traits: readonly ProcessTrait[];
  /** Inode of the socket that is its standard input and output; null: none is. */
  readonly stream: number | null;
  /** Inodes of its sockets, of every kind; of very many the first. */
  readonly sockets: readonly number[];
}

/** What is known of the system that sockets live in: settings, counts and limits. */
export interface SystemValues {
  /** net.ipv4.ip_local_port_range: what connections are given for their local port. */
  readonly localPortRange: PortRange;
  /** net.ipv4.ip_local_reserved_ports: of these, the ones that are never given. */
  readonly reservedPorts: readonly PortRange[];
  /** net.ipv4.tcp_max_tw_buckets: connections beyond it skip TIME_WAIT. */
  readonly timeWaitLimit: number;
  /** net.ipv4.tcp_max_orphans: sockets without a program beyond it are reset. */
  readonly orphanLimit: number;
  /** net.ipv4.tcp_max_syn_backlog: half-open connections of one server where SYN cookies are off. */
  readonly synBacklogLimit: number;
  /** net.core.somaxconn: no accept queue is longer. */
  readonly acceptQueueLimit: number;
  /** net.ipv4.tcp_syncookies: 0 never, 1 where the queue is full, 2 always. */
  readonly synCookies: number;
  readonly tcpMemoryLimits: TcpMemoryLimits;
  readonly tcpUse: TcpUse;
  /** Connections that the firewall keeps track of. */
  readonly conntrack: Fill;
  readonly conntrackDrops: ConntrackDrops;
  /** Entries of the neighbour tables of the machine (ARP), with gc_thresh3. */
  readonly neighbours: Fill;
  /** The same of IPv6. */
  readonly neighbours6: Fill;
  /** The addresses of resolv.conf, a zone behind `%`. */
  readonly nameservers: readonly string[];
  /** The processes that may run out of descriptors. */
  readonly descriptors: readonly DescriptorUse[];
  /** Neighbours over IPv4 that do not answer. */
  readonly silentNeighbours: readonly SilentNeighbour[];
  /** It is the network namespace that the machine started with, not one that was made later. */
  readonly isFirstNetwork: boolean;
  /** systemd runs the services of the machine. */
  readonly hasSystemd: boolean;
  /** The processes of which something is rarely so. */
  readonly oddProcesses: readonly OddProcess[];
}

/** A fact of the system, by its name in `SystemValues`. */
export type SystemFact = keyof SystemValues;

/** The facts that a machine has once, not once for each network. */
export const machineFacts: ReadonlySet<SystemFact> = new Set([
  'orphanLimit',
  'tcpMemoryLimits',
  'neighbours',
  'neighbours6',
  'nameservers',
  'descriptors',
  'hasSystemd',
  'oddProcesses',
]);

/** What was asked for of one network. */
export interface SystemFacts {
  /** There where another than the own network namespace is read. */
  readonly netns?: Netns;
  /** null: it cannot be known, and `missing` says why. */
  readonly values: { readonly [Fact in SystemFact]?: SystemValues[Fact] | null };
  readonly missing: Readonly<Partial<Record<SystemFact, string>>>;
}

/** Nothing was asked for. */
export const noSystemFacts: SystemFacts = { values: {}, missing: {} };
