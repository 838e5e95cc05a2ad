import type { Stages } from '../flow/stages.ts';
import type { Netns } from '../model/machine/netns.ts';
import type { OwnAddress } from '../model/machine/own-address.ts';
import type { SystemFact, SystemFacts } from '../model/machine/system-facts.ts';
import type { PackedFacts } from '../model/packed/sockets.ts';
import type { InetFamily, InetProtocol, Protocol } from '../model/protocol.ts';
import type { Fact } from '../model/report/facts.ts';
import type { ServiceUnit } from '../model/report/service.ts';
import type { PlatformName, ReportKind, ReportRows, Warning } from '../model/report/snapshot.ts';
import type { Closing } from '../model/report/socket-event.ts';
import type { MachinesAsked, NetnsAsked, SocketSource } from '../model/request/listing.ts';
import type { Needs, RowNeed } from '../model/request/needs.ts';
import type { Glance } from '../model/socket/glance.ts';
import type { SocketPattern } from '../model/socket/pattern.ts';
import type { PortForward } from '../model/socket/port-forward.ts';
import type { Socket } from '../model/socket/socket.ts';
import type { SoughtOwners } from '../model/socket/sought-owners.ts';

/** Receives a source's warnings about what is missing from its answer. */
export interface WarningSink {
  warn(warning: Warning): void;
  /** Shown only with -v, such as where rows come from. */
  note?(message: string): void;
}

/** Rows in the platform's order, some hundreds at a time, read on demand. No batch is empty. */
export type Batches<T> = AsyncIterable<readonly T[]>;

/** A reading in progress. */
export interface Reading<T> {
  /**
   * Resolves once reading has begun: a later error ends an answer that has begun, after its rows. Rejects if it
   * cannot begin.
   */
  begun(): Promise<void>;
  /** To be consumed once, with or without `begun()`; stopping early ends the reading. */
  readonly batches: Batches<T>;
}

/**
 * Which sockets and facts are asked for, and what the caller can do without. A source reports the facts that are needed
 * if it has them, and may leave out what is costly to read and not needed.
 */
export interface SocketQuery extends Partial<Pick<Needs, RowNeed>> {
  /** Tables to read, in this order. The source must offer each. */
  readonly protocols: readonly Protocol[];
  /** Sockets of one of these (`isOfFamilies`). */
  readonly families: readonly InetFamily[];
  /**
   * Leave out rows that a changing table shows twice: for callers that keep all rows anyway. Packed rows are not
   * filtered.
   */
  readonly distinct?: boolean;
  /** Only listening TCP sockets are needed: the platform may leave others unread. */
  readonly listeningOnly?: boolean;
  /** The protocols were named explicitly: if the kernel lacks one, that ends the answer. */
  readonly required?: boolean;
  /**
   * Without any table of sockets there is no answer: that ends it. Left out: an empty one, with a warning, as netstat
   * gives.
   */
  readonly needsTable?: boolean;
  /**
   * The rows are followed alongside `Source.closings`: cookies are kept with them (`keptCookie`), and rows in
   * TIME_WAIT, which are not sockets any more, may be left out.
   */
  readonly toFollow?: boolean;
  /** Record beside each server whether its network has none of its addresses (`isAtGoneAddress`), before `keep`. */
  readonly goneAddresses?: boolean;
  /**
   * What to report of owners; null: nothing, unless it costs the platform nothing. A process that has ended or is
   * unreadable causes a warning, not an error.
   */
  readonly owners: OwnerQuery | null;
  /** Selects rows by everything but their owners, which are looked up afterwards. */
  keep(socket: Socket): boolean;
  /**
   * Matches every row that `keep` selects, and maybe others: a source may leave out the rest before it reads them.
   * Left out: any row may be selected.
   */
  readonly pattern?: SocketPattern | undefined;
  /** Matches only rows that `keep` selects: a source need not ask `keep` about them. Left out: none. */
  readonly certain?: SocketPattern | undefined;
  /** Only sockets that one of these processes holds are needed: others may be left out. */
  readonly soughtOwners?: SoughtOwners | null;
  /**
   * Which of the rows that `keep` selects are asked for: what is not known of the others is not missing. Left out:
   * all.
   */
  isWanted?(socket: Socket): boolean;
  /**
   * Whether `keep` may be wrong about a socket, because it depends on a fact that is not known. Left out: never.
   */
  isUndecided?(socket: Socket): boolean;
  /**
   * Called for TCP connections before their rows are made, by sources that know that much beforehand; where it
   * returns false no row is needed. Other rows go through `keep` alone.
   */
  readonly glance?: ((glance: Glance) => boolean) | undefined;
  /**
   * The caller accepts batches of Internet sockets in packed form (`packIn`), with these facts, if the source can.
   * Rows that `keep` rejects are left out only if they are to be `filtered`. Left out: only objects.
   */
  readonly packed?: PackedFacts | undefined;
}

/** What to report of owners. */
export interface OwnerQuery {
  /** `first`: one owner of each socket is enough, so stop once every socket has one. `all`: every owner. */
  readonly depth: 'first' | 'all';
  /** Also report command lines and executables. */
  readonly details: boolean;
  /**
   * Called in place of a warning that owners are hidden (`areOwnersHidden`), once all of a machine's sockets are read,
   * for callers that count those that matter themselves. `warningFor`: the warning for so many sockets. Left out: the
   * source counts every row.
   */
  onHidden?(warningFor: (sockets: number) => Warning, host?: string): void;
}

/** The families that the other reports are asked for, in the order of the routes. */
export interface FamilyQuery {
  readonly families: readonly InetFamily[];
  /** The required ones of these: if the kernel lacks one, that ends the answer. */
  readonly requiredFamilies?: readonly InetFamily[];
  /** Name the network namespace of each row. */
  readonly netns?: boolean;
}

/** Which counters are asked for. */
export interface StatisticsQuery extends FamilyQuery {
  /**
   * Protocols that were named explicitly: no other counters are needed, and if there are none of one of these, that
   * ends the answer.
   */
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

/** A query to a source: the report, and its options. */
export type SourceQuery<K extends ReportKind = ReportKind> = {
  readonly report: K;
} & QueryByReport[K];

/**
 * Where facts come from. A source reports everything the platform knows in terms of the model; naming, sorting and
 * formatting are done elsewhere.
 */
export interface Source {
  readonly platform: PlatformName;
  /** The socket tables that it can offer. */
  readonly protocols: readonly Protocol[];
  /** The facts about sockets that it provides; rows have null for others. */
  readonly facts: readonly Fact[];
  /** It shows one moment whenever it is read: a capture. */
  readonly isStill?: boolean;
  /** The reports that it offers. */
  readonly reports: readonly ReportKind[];
  /**
   * Throws what every reading would throw, for a command that goes on after a reading that failed. Left out: nothing is
   * known before.
   */
  check?(): void;
  /** Reads one of its reports. Reading starts with `begun()` or with the first pull of `batches`, not before. */
  read<K extends ReportKind>(query: SourceQuery<K>, warnings: WarningSink): Reading<ReportRows[K]>;
  /**
   * Maps inodes of UNIX sockets to the inodes of their peers; 0: no process has the peer open. Sockets without a
   * peer are not in it. null if it is not known, with a warning. Left out if the platform never reports it.
   */
  unixPeers?(warnings: WarningSink): Promise<ReadonlyMap<number, number> | null>;
  /**
   * The machine's own addresses, in each network namespace that `read` reads sockets from; those that cannot be read are
   * missing. Left out if the platform reports none.
   */
  ownAddresses?(query: Pick<SocketQuery, 'netns'>): Promise<readonly OwnAddress[]>;
  /**
   * Subscribes to the kernel's messages of destroyed sockets, from now on. null if the kernel sends none, with a
   * note that says why. Left out if the platform never does.
   */
  closings?(query: ClosingsQuery, warnings: WarningSink): Promise<Closings | null>;
  /**
   * Writes the owners, and what else is asked for, into rows that were read before, without reading the tables
   * again. Left out where every reading reports owners at no extra cost.
   */
  withOwners?(
    sockets: readonly Socket[],
    query: WithOwnersQuery,
    warnings: WarningSink,
  ): Promise<void>;
  /**
   * Settings, counts and limits of the system: one answer for each network that `sockets` are read from, the own
   * one first. Left out if the platform reports none.
   */
  systemFacts?(
    facts: readonly SystemFact[],
    warnings: WarningSink,
  ): Promise<readonly SystemFacts[]>;
  /**
   * Finds the network namespaces that rows name. Returns the words before a shell command that run it in one of them;
   * null: no way into it is known. Left out where rows name none.
   */
  waysInto?(): Promise<(netns: Netns) => readonly string[] | null>;
  /** The machines that it combines, if it is a source of others than this one. */
  readonly machines?: Machines;
  /** The units whose files claim a port. Left out if the platform has none. */
  portUnits?(protocols: readonly InetProtocol[], port: number): Promise<readonly ServiceUnit[]>;
  /**
   * Where connections of these protocols and families to a port of its own network are forwarded. What that lacks is
   * reported when servers are read with their exposure. Left out if the platform cannot tell.
   */
  portForwards?(asked: ForwardsAsked): Promise<readonly PortForward[]>;
}

/** Of which port forwardings are asked. */
export interface ForwardsAsked {
  readonly protocols: readonly InetProtocol[];
  readonly families: readonly InetFamily[];
  readonly port: number;
}

/** Several machines, for callers that ask each by itself. */
export interface Machines {
  readonly all: readonly Machine[];
  /** How many are asked at once. */
  readonly atOnce: number;
  /** If one of them is missing from an answer, the answer fails. */
  readonly strict: boolean;
  /** Called each time that one has answered or failed. */
  readonly onAnswer?: PlatformHost['onAnswer'];
  /** Cancels what is in progress on any of them, besides the signal that a caller may have of its own. */
  readonly signal?: AbortSignal | undefined;
}

/** Another machine, as a source by itself. */
export interface Machine {
  /** As `--on` names it. */
  readonly name: string;
  /** Its rows and warnings name the machine. `signal` cancels what is in progress. */
  open(signal: AbortSignal): Source;
}

/** Of which sockets closes are reported. */
export type ClosingsQuery = Pick<SocketQuery, 'protocols' | 'families' | 'netns'>;

/** The kernel's messages of closed sockets: none since the start is missing, unless `overruns` counts it. */
export interface Closings {
  /** Whether the kernel reports sockets like this one. */
  reportsClose(socket: Socket): boolean;
  /** Resolves once `take` has something to return. */
  ready(): Promise<void>;
  /** The closes since the last call, in the kernel's order. `overruns`: how often messages were lost. */
  take(): { readonly closings: readonly Closing[]; readonly overruns: number };
  /** Await before each round: subscribes in new network namespaces, and unsubscribes in those that ended. */
  renew(): Promise<void>;
  /**
   * Listens no more: once it resolves, the next `take` returns the last that was reported. Take what is ready meanwhile:
   * there must be room for it.
   */
  finish(): Promise<void>;
  /** Ends the subscription; synchronous. */
  close(): void;
}

/** What to report of sockets that were read before. */
export interface WithOwnersQuery {
  readonly owners: OwnerQuery;
  readonly workloads?: boolean;
  readonly exposure?: boolean;
}

/** What a source may need to know of the machine; passed in, so that tests can set it. */
export interface PlatformHost {
  /** Node's `process.platform`. */
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Linux: another /proc; null: the system's own. */
  readonly procRoot: string | null;
  /**
   * Awaited between slices of work, so that the process can do other things; rejects if the answer is no longer
   * needed.
   */
  readonly pause?: (() => Promise<void>) | undefined;
  /** Linux: what sockets are read from; default: whatever is fastest. */
  readonly socketSource?: SocketSource | undefined;
  /** Linux: which network namespaces are read; default: the own one. */
  readonly netns?: NetnsAsked | undefined;
  /** Other machines to ask in place of this one. */
  readonly machines?: MachinesAsked | null | undefined;
  /** Cancels what is in progress on them. */
  readonly signal?: AbortSignal | undefined;
  /** Called each time that one of them has answered or failed: how many have, and of how many. */
  readonly onAnswer?: ((answered: number, all: number) => void) | undefined;
  /**
   * Called with the number of rows once a reading has many, and again each time that they have doubled. Interfaces
   * count before they are read, each as the sockets that take as much memory.
   */
  readonly onManyRows?: ((rows: number) => void) | undefined;
  /**
   * Linux: the calling thread is this program's own, so it may enter other network namespaces for the length of a call.
   * Left out: only a thread started for that does.
   */
  readonly ownsThread?: boolean | undefined;
  /** The code that this run compiles is cached for later runs: call also what only those need. */
  readonly compilesForOthers?: boolean | undefined;
  /** With `--debug`: records where time is spent. */
  readonly stages?: Stages | undefined;
}

/** Opens the source for a host and what is asked of it. */
export type SourceFor = (host: PlatformHost) => Promise<Source>;
