import type { Glance } from '../../../model/glance.ts';
import type { PackedFacts, PackedSockets, SocketBatch } from '../../../model/packed-sockets.ts';
import type { InetFamily, Protocol } from '../../../model/socket.ts';
import type { WarningSink } from '../../source.ts';
import type { Proc } from '../proc/proc.ts';

/** What is asked of a table. */
export interface TableQuery {
  /** Only TCP sockets that listen are wanted: others may be left out. */
  readonly listeningOnly: boolean;
  /** Both counts of TCP's timers are to be told. */
  readonly timers: boolean;
  /** What the kernel knows of each TCP connection is to be told; a reader that cannot leaves it out. */
  readonly tcpInfo: boolean;
  /** `SocketInfo` is to be told of Internet sockets; a reader tells as much as it can, or leaves it out. */
  readonly socketInfo: boolean;
  /** As `SocketQuery` has it, by a reader that is told it. */
  readonly receivers: boolean;
  /** The cgroup that made a socket is to be kept (`keptCgroup`), by a reader that is told it. */
  readonly cgroups: boolean;
  /** As SocketQuery has it: by a reader that is told cookies. */
  readonly toFollow: boolean;
  /** The interface that a socket is bound to is to be kept (`keptDevice`), by a reader that is told it. */
  readonly devices: boolean;
  /** The name of an interface by its number; that as text where nothing tells. */
  readonly deviceName: (index: number) => string;
  /** TCP sockets too that have a port and neither listen nor are connected, by a reader that sees them. */
  readonly boundSockets: boolean;
  /** The rows may come packed, and these facts of them are wanted; null: as objects. */
  readonly packed: PackedFacts | null;
  /** As `SocketQuery` has it; null: every row is wanted. */
  readonly glance: ((glance: Glance) => boolean) | null;
  /** Of which families tables are read. */
  readonly families: readonly InetFamily[];
  /** Packed rows of other tables that a reader has come by, by the name of their table, for its own reader. */
  readonly kept: Map<string, Iterable<PackedSockets>>;
  /** Whether an Internet socket is known to have this inode, so that its owners are not a UNIX socket's. */
  isTaken(inode: number): boolean;
  readonly warnings: WarningSink;
}

/** One way to get the rows of a table. Each gives the same rows. */
export interface TableReader {
  /** What it reads, for messages. */
  source(proc: Proc): string;
  /**
   * Opens the table and gives its rows, some hundreds at a time; leaving them early closes it.
   * @throws the error of the system call where the table cannot be opened, and later where reading fails
   */
  open(proc: Proc, query: TableQuery): Iterable<SocketBatch>;
}

/** A list that the kernel keeps of its sockets of one kind. */
export interface Table {
  readonly protocol: Protocol;
  /** The family that asks for it. SCTP has one list for both, and it goes with IPv4. */
  readonly family: InetFamily | 'unix';
  /** The ways to read it, the one to try first before the others. There is always one. */
  readonly readers: readonly TableReader[];
}
