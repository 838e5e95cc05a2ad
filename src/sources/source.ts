import type { Fact } from '../model/facts.ts';
import type { Glance } from '../model/glance.ts';
import type { HostsAsked, NetnsAsked, SocketSource } from '../model/listing.ts';
import type { PackedFacts } from '../model/packed-sockets.ts';
import type { ServiceUnit } from '../model/service.ts';
import type { PlatformName, ReportKind, ReportRows, Warning } from '../model/snapshot.ts';
import type { InetFamily, InetProtocol, Protocol, Socket } from '../model/socket.ts';
import type { Closing } from '../model/socket-event.ts';
import type { Stages } from '../model/stages.ts';
import type { SystemFact, SystemFacts } from '../model/system-facts.ts';

/** Takes what a source has to tell of what is missing from its answer. */
export interface WarningSink {
  warn(warning: Warning): void;
  /** What is told with -v only, such as where rows come from. */
  note?(message: string): void;
}

/** Rows in the order the platform gives them, some hundreds at a time, pulled when wanted. No batch is empty. */
export type Batches<T> = AsyncIterable<readonly T[]>;

/** A reading under way. */
export interface Reading<T> {
  /**
   * Resolves once reading has begun: what fails later ends an answer that has begun, after its rows.
   * Rejects with what keeps it from beginning.
   */
  begun(): Promise<void>;
  /** To be consumed once, after `begun()` or without it; leaving them early ends the reading. */
  readonly batches: Batches<T>;
}

/** Which sockets are asked for, and what of the tables the caller can do without. */
export interface SocketQuery {
  /** Tables to read, in this order. Each is one that the source offers. */
  readonly protocols: readonly Protocol[];
  readonly families: readonly InetFamily[];
  /** Leave out rows that a changing table shows twice: for callers that keep all rows anyway. What comes packed stays. */
  readonly distinct?: boolean;
  /** Only TCP sockets that listen are wanted: the platform may leave others unread. */
  readonly listeningOnly?: boolean;
  /** The protocols were named one by one: where the kernel lacks one, that ends the answer. */
  readonly required?: boolean;
  /** Both counts of TCP's timers are to be told; else a source may leave out what costs more than the row. */
  readonly timers?: boolean;
  /** What the kernel knows of each TCP connection is to be told, by a source that has it. */
  readonly tcpInfo?: boolean;
  /** `SocketInfo` is to be told of Internet sockets, by a source that has it. */
  readonly socketInfo?: boolean;
  /** The queues of UNIX sockets are to be told, by a source that has to ask for them. */
  readonly unixQueues?: boolean;
  /**
   * Of UDP sockets it is to be kept what decides who receives, by a source that is told it: whether servers over IPv6
   * take IPv4 too (`takesIpv4`), and which interface each is bound to (`keptDevice`).
   */
  readonly receivers?: boolean;
  /** The interface that each Internet socket is bound to is to be kept (`keptDevice`), by a source that is told it. */
  readonly devices?: boolean;
  /** When each Internet socket was created is to be told, by a source that has it. */
  readonly createdAt?: boolean;
  /** TCP sockets too that have a port and neither listen nor are connected. */
  readonly boundSockets?: boolean;
  /** What each belongs to is to be told, by a source that has it; owners are asked for too. */
  readonly workloads?: boolean;
  /** How far each server can be reached is to be told, by a source that knows. */
  readonly exposure?: boolean;
  /** Each row is to say which network namespace it is of. */
  readonly netns?: boolean;
  /**
   * The rows are followed beside `Source.closings`: their cookies are kept beside them (`keptCookie`), and
   * what is in TIME_WAIT, which is no socket any more, may be left out.
   */
  readonly toFollow?: boolean;
  /**
   * What is to be known of owners; null: nothing, unless the platform tells it at no extra cost. A
   * process that ended or may not be looked into costs a warning, never the answer.
   */
  readonly owners: OwnerQuery | null;
  /** Chooses rows by everything but their owners, which are looked for afterwards. */
  keep(socket: Socket): boolean;
  /**
   * Of the rows that `keep` chooses, those that are asked for: what is not told of the others is not missing. Left out:
   * all of them.
   */
  isWanted?(socket: Socket): boolean;
  /**
   * Whether `keep` may be wrong about a socket: it asks for what the socket may have and was not told. Left out: it
   * never is.
   */
  isUndecided?(socket: Socket): boolean;
  /**
   * Asked of TCP connections before their rows are made, by a source that can tell so much beforehand: of those
   * that it answers false for there need be no row. Others go by `keep` alone.
   */
  readonly glance?: ((glance: Glance) => boolean) | undefined;
  /**
   * The caller takes batches of Internet sockets packed (`packIn`), where the source has them so, and these
   * facts of them. Those that `keep` does not choose are left out only where they are to be `filtered`. Left out: as
   * objects only.
   */
  readonly packed?: PackedFacts | undefined;
}

/** What is to be known of owners. */
export interface OwnerQuery {
  /** `first`: one owner each is enough, so stop as soon as every socket has one. `all`: every owner. */
  readonly depth: 'first' | 'all';
  /** Also tell command lines and executables. */
  readonly details: boolean;
}

/** Which families the other reports are asked for; routes come in the order of these. */
export interface FamilyQuery {
  readonly families: readonly InetFamily[];
  /** Of these, the ones without which there is no answer: where the kernel lacks one, that ends it. */
  readonly requiredFamilies?: readonly InetFamily[];
  /** Each row is to say which network namespace it is of. */
  readonly netns?: boolean;
}

/** Which counters are asked for. */
export interface StatisticsQuery extends FamilyQuery {
  /** Protocols that were named one by one: where none counts one, that ends the answer. */
  readonly required?: readonly Protocol[];
}

interface Questions {
  readonly sockets: SocketQuery;
  readonly routes: FamilyQuery;
  readonly interfaces: FamilyQuery;
  readonly groups: FamilyQuery;
  readonly statistics: StatisticsQuery;
}
type QueryByReport = { [K in ReportKind]: { readonly report: K } & Questions[K] };

/** What a source is asked: the report, and what of it. */
export type SourceQuery<K extends ReportKind = ReportKind> = {
  readonly report: K;
} & QueryByReport[K];

/**
 * Where facts come from. It tells everything the platform knows in the model's words and leaves naming,
 * ordering and formatting to others.
 */
export interface Source {
  readonly platform: PlatformName;
  /** The socket tables it can offer at all. */
  readonly protocols: readonly Protocol[];
  /** What it tells of sockets; where a fact is lacking here, rows have null. */
  readonly facts: readonly Fact[];
  /** It shows one moment, whenever it is read: a capture. */
  readonly isStill?: boolean;
  /** The reports that it has facts for. */
  readonly reports: readonly ReportKind[];
  /**
   * Reads one of its reports. Nothing begins by itself: reading starts with `begun()` or with the first
   * pull of `batches`.
   */
  read<K extends ReportKind>(query: SourceQuery<K>, warnings: WarningSink): Reading<ReportRows[K]>;
  /**
   * Which UNIX socket is at the other end of which, by their inodes; 0: one that no process has open. Those
   * without another end are not in it. null where it cannot be told, which costs a warning. Left out where
   * the platform never tells it.
   */
  unixPeers?(warnings: WarningSink): Promise<ReadonlyMap<number, number> | null>;
  /**
   * Listens to what the kernel tells of sockets as it destroys them, from now on. null where it does not tell,
   * with a note that says why. Left out where the platform never does.
   */
  closings?(query: ClosingsQuery, warnings: WarningSink): Promise<Closings | null>;
  /**
   * Tells who holds sockets that it read before, without reading the tables again: owners, and what else is
   * asked for, are written into the rows themselves. Left out where every reading tells owners at no extra
   * cost.
   */
  withOwners?(sockets: readonly Socket[], query: HolderQuery, warnings: WarningSink): Promise<void>;
  /**
   * Settings, counts and limits of the system: one answer for each network that `sockets` are read of, the own
   * one first. Left out where the platform tells none.
   */
  systemFacts?(
    facts: readonly SystemFact[],
    warnings: WarningSink,
  ): Promise<readonly SystemFacts[]>;
  /** The machines that it is made of, where it is of others than this one. */
  readonly machines?: Machines;
  /** The units that would have a port, by their files. Left out where there are none to be found. */
  portUnits?(protocols: readonly InetProtocol[], port: number): Promise<readonly ServiceUnit[]>;
}

/** Several machines, for whoever asks each by itself. */
export interface Machines {
  readonly all: readonly Machine[];
  /** So many are asked at once. */
  readonly atOnce: number;
  /** An answer that lacks one of them is none. */
  readonly strict: boolean;
  /** To be told each time that one has answered, or failed. */
  readonly onAnswer?: PlatformHost['onAnswer'];
  /** Ends what is under way on any of them, where whoever asks has no signal of its own. */
  readonly signal?: AbortSignal | undefined;
}

/** Another machine, as a source by itself. */
export interface Machine {
  /** As `--on` names it. */
  readonly name: string;
  /** Its rows and warnings say that they are its. `signal` ends what is under way. */
  open(signal: AbortSignal): Source;
}

/** Of which sockets closes are to be told. */
export interface ClosingsQuery extends Pick<SocketQuery, 'protocols' | 'families' | 'netns'> {
  /** Bytes that the kernel may keep until they are read, where it allows as much; default: 8 MiB. */
  readonly room?: number;
}

/** Closes that the kernel tells: from the beginning on, none is left out unless `overruns` counts it. */
export interface Closings {
  /** Whether the kernel tells of a socket like this one. */
  tells(socket: Socket): boolean;
  /** Resolves once there is something to take. */
  ready(): Promise<void>;
  /** What came since it was last asked, in the kernel's order. `overruns`: how often some were lost. */
  take(): { readonly closings: readonly Closing[]; readonly overruns: number };
  /** To be awaited before each round: listens in network namespaces that are new, and no longer in those that ended. */
  renew(): Promise<void>;
  /** Ends listening; at once. */
  close(): void;
}

/** What is to be known of sockets that were read. */
export interface HolderQuery {
  readonly owners: OwnerQuery;
  readonly workloads?: boolean;
  readonly exposure?: boolean;
}

/** What a source may need to know of the machine, passed in so that tests can say it. */
export interface PlatformHost {
  /** Node's `process.platform`. */
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Linux: another /proc; null: the system's own. */
  readonly procRoot: string | null;
  /**
   * Awaited between slices of work where the process has other things to do than this; rejects where
   * the answer is no longer wanted.
   */
  readonly pause?: () => Promise<void>;
  /** Linux: where sockets are read from; default: where it is fastest. */
  readonly socketSource?: SocketSource | undefined;
  /** Linux: which network namespaces are read; default: the own one. */
  readonly netns?: NetnsAsked | undefined;
  /** Other machines to ask in place of this one. */
  readonly hosts?: HostsAsked | null | undefined;
  /** Ends what is under way on them. */
  readonly signal?: AbortSignal | undefined;
  /** Told each time that one of them has answered, or failed: how many have, of a reading's all. */
  readonly onAnswer?: ((answered: number, all: number) => void) | undefined;
  /** With `--debug`: told where the time goes. */
  readonly stages?: Stages | undefined;
}
