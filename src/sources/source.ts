import type { PlatformName, ReportRows, Warning } from '../model/snapshot.ts';
import type { InetFamily, Protocol, Socket } from '../model/socket.ts';

/** Where a backend leaves what is missing from its answer. */
export interface Notes {
  warn(warning: Warning): void;
}

/**
 * Rows in the order the platform gives them, some hundreds at a time, pulled when wanted. A batch may
 * be empty.
 */
export type Batches<T> = AsyncIterable<readonly T[]>;

/** Which tables a backend is to read, and what of them its caller can do without. */
export interface SocketQuery {
  /** Tables to read, in this order. Each is one that the backend offers. */
  readonly protocols: readonly Protocol[];
  readonly families: readonly InetFamily[];
  /** Leave out rows that a changing table shows twice: for callers that keep all rows anyway. */
  readonly distinct?: boolean;
  /** Owners are to be looked up by inode: a row whose inode is known to be another's says so in `noOwner`. */
  readonly forOwners?: boolean;
  /** Only TCP sockets that listen are wanted: the platform may leave others unread. */
  readonly listeningOnly?: boolean;
  /** The protocols were named one by one: where the kernel lacks one, that ends the answer. */
  readonly required?: boolean;
}

/** What is to be known of owners. */
export interface OwnerQuery {
  /** `first`: one owner each is enough, so stop as soon as every socket has one. `all`: every owner. */
  readonly depth: 'first' | 'all';
  /** Also tell command lines and executables. */
  readonly details: boolean;
}

/** Which families the other reports are asked for. */
export interface FamilyQuery {
  readonly families: readonly InetFamily[];
  /** Of these, the ones without which there is no answer: where the kernel lacks one, that ends it. */
  readonly requiredFamilies?: readonly InetFamily[];
}

/** Which counters are asked for. */
export interface StatisticsQuery extends FamilyQuery {
  /** Protocols that were named one by one: where none counts one, that ends the answer. */
  readonly required?: readonly Protocol[];
}

/**
 * A platform's source of facts. It tells everything the platform knows in the model's words and
 * leaves choosing rows, naming and formatting to others.
 * A report that the platform has no source for is left out.
 */
export interface Backend {
  readonly platform: PlatformName;
  /** The socket tables this platform can offer at all. */
  readonly protocols: readonly Protocol[];
  /** Sockets without owners, unless the platform tells owners at no extra cost. */
  sockets(query: SocketQuery, notes: Notes): Batches<Socket>;
  /**
   * The same sockets, in the same order, with their owners. A process that vanishes or may not be
   * looked into costs a warning, never the answer.
   */
  withOwners(
    sockets: readonly Socket[],
    query: OwnerQuery,
    notes: Notes,
  ): Promise<readonly Socket[]>;
  /**
   * What `sockets`, `keep` and `withOwners` do one after another, where the platform can do better than
   * to hold all of them meanwhile.
   */
  heldSockets?(
    query: SocketQuery,
    keep: (socket: Socket) => boolean,
    owners: OwnerQuery,
    notes: Notes,
  ): Batches<Socket>;
  /** Routes by family, the families in the order asked for. */
  routes?(query: FamilyQuery, notes: Notes): Batches<ReportRows['routes']>;
  interfaces?(query: FamilyQuery, notes: Notes): Batches<ReportRows['interfaces']>;
  groups?(query: FamilyQuery, notes: Notes): Batches<ReportRows['groups']>;
  statistics?(query: StatisticsQuery, notes: Notes): Batches<ReportRows['statistics']>;
}

/** What a backend may need to know of the machine, passed in so that tests can say it. */
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
}
