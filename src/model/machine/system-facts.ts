import type { PortRange } from '../address/port.ts';
import type { Netns } from './netns.ts';

/** How many there are, and the maximum. */
export interface Fill {
  readonly count: number;
  readonly limit: number;
}

/** The memory limits of all TCP sockets together, in pages: `tcp_mem` of tcp(7). */
interface TcpMemoryLimits {
  /** Below it there is no restriction. */
  readonly low: number;
  /** From here on the kernel gives sockets less memory. */
  readonly pressure: number;
  /** Beyond it sockets get none. */
  readonly high: number;
}

/** The kernel's counts of TCP sockets: /proc/net/sockstat. */
export interface TcpUse {
  /** IPv4 sockets of this network namespace, without those in TIME_WAIT and SYN_RECV. */
  readonly inUse: number;
  /** Sockets without a process that are being closed, of the whole machine. */
  readonly orphans: number;
  readonly timeWait: number;
  /** Pages that all TCP sockets of the machine use. */
  readonly memoryPages: number;
}

/** A process and the descriptors that it has open. */
export interface DescriptorUse {
  readonly pid: number;
  /** As `Owner.program`, or if it has erased that, the kernel's name for it; null: not known. */
  readonly program: string | null;
  readonly open: number;
  /** The soft RLIMIT_NOFILE. */
  readonly limit: number;
  /** The hard one; null: not known. */
  readonly hardLimit: number | null;
}

/** What connection tracking rejected since the network was created. */
export interface ConntrackDrops {
  /** Packets dropped: the table was full and no entry could be evicted, or the insertion failed. */
  readonly dropped: number;
  /** Insertions that failed, mostly since two packets of one connection raced; each also dropped a packet at most. */
  readonly failed: number;
  /** Connections evicted early to make room. */
  readonly forgotten: number;
}

/** A neighbour that did not answer when asked for its hardware address (ARP). */
export interface SilentNeighbour {
  readonly address: string;
  readonly interface: string;
}

/**
 * An unusual property of a process. `streams`: one socket is its standard input and output. `shell`: it is a shell.
 * `replaced`: its executable was removed, and there is another of that name; `removed`: there is none. `memory`:
 * its executable never had a name (memfd_create(2)). `public-folder`: its executable is in a folder that everybody
 * may write to. `kernel-name`: it has a name that kernel threads have.
 */
export type ProcessTrait =
  | 'streams'
  | 'shell'
  | 'replaced'
  | 'removed'
  | 'memory'
  | 'public-folder'
  | 'kernel-name';

/** A process with unusual properties, and its open sockets. */
export interface OddProcess {
  readonly pid: number;
  /** The first word of its command line, or the kernel's name for it. */
  readonly name: string;
  readonly executable: string;
  readonly traits: readonly ProcessTrait[];
  /** Inode of the socket that is its standard input and output; null: none is. */
  readonly stream: number | null;
  /** Inodes of its sockets of every kind; if there are very many, the first ones. */
  readonly sockets: readonly number[];
}

/** What made a cgroup, and its name for it: a unit, a container's name or the first digits of its ID. */
export interface CgroupManager {
  readonly program: 'docker' | 'podman' | 'lxc' | 'systemd';
  readonly name: string;
}

/** A cgroup that the cgroup freezer holds with all processes in it and below. */
export interface FrozenCgroup {
  /** Of cgroups. */
  readonly version: 1 | 2;
  /** Where its files are. */
  readonly folder: string;
  /** Its path in its hierarchy. */
  readonly path: string;
  /** null: not known. */
  readonly manager: CgroupManager | null;
}

/** A process that does not run until something lets it go on, and its open sockets. */
export interface StoppedProcess {
  readonly pid: number;
  /** As `DescriptorUse.program`. */
  readonly program: string | null;
  /**
   * `signal`: by SIGSTOP, SIGTSTP, SIGTTIN or SIGTTOU. `tracer`: by a debugger or another tracer (ptrace(2)). `freezer`:
   * with its cgroup, by the cgroup freezer (`docker pause`).
   */
  readonly by: 'signal' | 'tracer' | 'freezer';
  /** The cgroup that is frozen; null: something else stops it. */
  readonly frozen: FrozenCgroup | null;
  /** As `OddProcess.sockets`. */
  readonly sockets: readonly number[];
}

/** What is known of the system around the sockets: settings, counts and limits. */
export interface SystemValues {
  /** net.ipv4.ip_local_port_range: the local ports that connections are given. */
  readonly localPortRange: PortRange;
  /** net.ipv4.ip_local_reserved_ports: ports of that range that are never given. */
  readonly reservedPorts: readonly PortRange[];
  /** net.ipv4.tcp_tw_reuse: whether connect(2) reuses ports in TIME_WAIT: 0 never, 1 always, 2 on loopback. */
  readonly timeWaitReuse: number;
  /** net.ipv4.tcp_timestamps: 0 off; without them nothing is reused. */
  readonly tcpTimestamps: number;
  /** net.ipv4.tcp_max_tw_buckets: connections beyond it skip TIME_WAIT; 4294967295: no limit. */
  readonly timeWaitLimit: number;
  /** net.ipv4.tcp_max_orphans: sockets without a process beyond it are reset. */
  readonly orphanLimit: number;
  /** net.ipv4.tcp_max_syn_backlog: half-open connections of one server if SYN cookies are off. */
  readonly synBacklogLimit: number;
  /** net.core.somaxconn: the maximum length of an accept queue. */
  readonly acceptQueueLimit: number;
  /** net.ipv4.tcp_syncookies: 0 never, 1 if the queue is full, 2 always. */
  readonly synCookies: number;
  readonly tcpMemoryLimits: TcpMemoryLimits;
  readonly tcpUse: TcpUse;
  /** Connections that the firewall tracks. */
  readonly conntrack: Fill;
  readonly conntrackDrops: ConntrackDrops;
  /** Entries of the machine's neighbour tables (ARP), limited by gc_thresh3. */
  readonly neighbours: Fill;
  /** The same for IPv6. */
  readonly neighbours6: Fill;
  /** The addresses in resolv.conf, with the zone after `%`. */
  readonly nameservers: readonly string[];
  /** Whether resolv.conf has them asked over TCP only (`options use-vc`). */
  readonly nameserversOverTcp: boolean;
  /** The processes with more than a few descriptors. */
  readonly descriptors: readonly DescriptorUse[];
  /** IPv4 neighbours that do not answer. */
  readonly silentNeighbours: readonly SilentNeighbour[];
  /** Whether this is the network namespace that the machine booted with, not one created later. */
  readonly isFirstNetwork: boolean;
  /** Whether an IPv4 routing table beside the main one (`ip rule`, a VRF) has a default route. */
  readonly hasOtherDefaultRoute: boolean;
  /** Whether systemd runs the machine's services. */
  readonly hasSystemd: boolean;
  /** Processes with unusual properties. */
  readonly oddProcesses: readonly OddProcess[];
  /** Processes that are stopped and have sockets. */
  readonly stoppedProcesses: readonly StoppedProcess[];
}

/** The name of a fact in `SystemValues`. */
export type SystemFact = keyof SystemValues;

/** The facts that exist once per machine, not per network. */
export const machineFacts: ReadonlySet<SystemFact> = new Set([
  'orphanLimit',
  'tcpMemoryLimits',
  'neighbours',
  'neighbours6',
  'nameservers',
  'nameserversOverTcp',
  'descriptors',
  'hasSystemd',
  'oddProcesses',
  'stoppedProcesses',
]);

/** The requested facts of one network. */
export interface SystemFacts {
  /** Present if it is not this process's own network namespace. */
  readonly netns?: Netns;
  /** null: not known; `missing` says why. */
  readonly values: { readonly [Fact in SystemFact]?: SystemValues[Fact] | null };
  readonly missing: Readonly<Partial<Record<SystemFact, string>>>;
}

/** No facts requested. */
export const noSystemFacts: SystemFacts = { values: {}, missing: {} };
