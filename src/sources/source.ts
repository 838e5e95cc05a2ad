import type { Fact } from '../model/facts.ts';
import type { NetnsAsked, SocketSource } from '../model/listing.ts';
import type { PackedFacts } from '../model/packed-sockets.ts';
import type { PlatformName, ReportKind, ReportRows, Warning } from '../model/snapshot.ts';
import type { InetFamily, Protocol, Socket } from '../model/socket.ts';
import type { Stages } from '../model/stages.ts';

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
  /** Leave out rows that a changing table shows twice: for callers that keep all rows anyway. */
  readonly distinct?: boolean;
  /** Only TCP sockets that listen are wanted: the platform may leave others unread. */
  readonly listeningOnly?: boolean;
  /** The protocols were named one by one: where the kernel lacks one, that ends the answer. */
  readonly required?: boolean;
  /** What the kernel knows of each TCP connection is to be told, by a source that has it. */
  readonly tcpInfo?: boolean;
  /** `SocketInfo` is to be told of Internet sockets, by a source that has it. */
  readonly socketInfo?: boolean;
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
   * What is to be known of owners; null: nothing, unless the platform tells it at no extra cost. A
   * process that ended or may not be looked into costs a warning, never the answer.
   */
  readonly owners: OwnerQuery | null;
  /** Chooses rows by everything but their owners, which are looked for afterwards. */
  keep(socket: Socket): boolean;
  /**
   * The caller takes batches of Internet sockets packed (`packIn`), where the source has them so, and these
   * facts of them. It says itself what `keep` chooses of those. Left out: as objects only.
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
  /** With `--debug`: told where the time goes. */
  readonly stages?: Stages | undefined;
}
