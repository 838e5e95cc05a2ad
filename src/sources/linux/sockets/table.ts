import type { PackedFacts, PackedSockets, SocketBatch } from '../../../model/packed/sockets.ts';
import type { InetFamily } from '../../../model/protocol.ts';
import type { Glance } from '../../../model/socket/glance.ts';
import type { SocketPattern } from '../../../model/socket/pattern.ts';
import type { WarningSink } from '../../source.ts';
import type { Proc } from '../proc/proc.ts';

/** What a table is asked for. */
export interface TableQuery {
  /** Only listening TCP sockets are needed: others may be left out. */
  readonly listeningOnly: boolean;
  /** Report both counts of TCP's timers. */
  readonly timers: boolean;
  /** Report the kernel's `tcpInfo` of each TCP connection; a reader that cannot leaves it out. */
  readonly tcpInfo: boolean;
  /** Return `SocketInfo` of Internet sockets; a reader returns what it can, or leaves it out. */
  readonly socketInfo: boolean;
  /** As in `SocketQuery`, if the reader knows it. */
  readonly receivers: boolean;
  /** Keep the cgroup that created a socket (`keptCgroup`), if the reader knows it. */
  readonly cgroups: boolean;
  /** Keep the number of the kernel's record of sockets without an inode (`keptRecord`), if the reader knows it. */
  readonly records: boolean;
  /** As in `SocketQuery`, if the reader knows cookies. */
  readonly toFollow: boolean;
  /** Keep the interface that a socket is bound to (`keptDevice`), if the reader knows it. */
  readonly devices: boolean;
  /** An interface's name by its number; the number as text if the name is not known. */
  readonly deviceName: (index: number) => string;
  /** Include TCP sockets that have a port but neither listen nor are connected, if the reader sees them. */
  readonly boundSockets: boolean;
  /** Rows may be packed, with these facts; null: only objects. */
  readonly packed: PackedFacts | null;
  /** Matches every row that is needed. */
  readonly pattern: SocketPattern;
  /** Whether a socket with this inode is needed; null: every one is. A reader may leave others out. */
  readonly isHeld: ((inode: number) => boolean) | null;
  /** As in `SocketQuery`; null: every row is needed. */
  readonly glance: ((glance: Glance) => boolean) | null;
  /** The families whose tables are read. */
  readonly families: readonly InetFamily[];
  /** Packed rows of another table that a reader got along the way, by table name, for that table's reader. */
  readonly kept: Map<string, Iterable<PackedSockets>>;
  /** Whether this inode is known to be an Internet socket's, so that its owners are not a UNIX socket's. */
  isTaken(inode: number): boolean;
  readonly warnings: WarningSink;
}

/** One way to get the rows of a table. All ways give the same rows. */
export interface TableReader {
  /** What it reads, for messages. */
  source(proc: Proc): string;
  /**
   * Opens the table and returns its rows, some hundreds at a time; stopping early closes it.
   * @throws the error of the system call if the table cannot be opened, and later if reading fails
   */
  open(proc: Proc, query: TableQuery): Iterable<SocketBatch>;
}

/** The kernel's list of its sockets of one kind. */
export interface Table {
  /** The family that it belongs to. SCTP has one list for both, which goes with IPv4. */
  readonly family: InetFamily | 'unix';
  /** The ways to read it, in the order of preference. At least one. */
  readonly readers: readonly TableReader[];
}
