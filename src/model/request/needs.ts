import type { PackedFacts } from '../packed/sockets.ts';
import type { Listing } from './listing.ts';

/** What must be known of rows beyond what their table says. Each need costs time. */
export interface Needs {
  /** Who holds each socket: not needed; one owner each; every owner. */
  readonly owners: 'none' | 'first' | 'all';
  /** Also the owners' command lines and executables. */
  readonly ownerDetails: boolean;
  /** Names for addresses and networks. */
  readonly hostNames: boolean;
  readonly serviceNames: boolean;
  readonly userNames: boolean;
  /** Both counts of TCP's timers: over netlink one of them comes only with the whole `tcp_info`. */
  readonly timers: boolean;
  /** The kernel's `tcp_info` of each connection. */
  readonly tcpInfo: boolean;
  /** What the kernel reports about each socket beyond its row: memory, drops, the accept queue's limit. */
  readonly socketInfo: boolean;
  /** The queues of UNIX sockets, which their table lacks. */
  readonly unixQueues: boolean;
  /**
   * Of UNIX sockets only the servers, with their queues, as the kernel itself reports them: quick, however many other
   * sockets there are. Without reference counts, and none at all where the kernel cannot be asked.
   */
  readonly unixServers: boolean;
  /** When each Internet socket was created. */
  readonly createdAt: boolean;
  /** How fast each connection's data flows, from round to round. */
  readonly rates: boolean;
  /** Include TCP sockets that have a port but neither listen nor are connected. */
  readonly boundSockets: boolean;
  /** Who is at the other end of each socket: every socket must be read, and owners known. */
  readonly peers: boolean;
  /** What each socket belongs to: its owners must be known. */
  readonly workloads: boolean;
  /** The cgroup that created each Internet socket, kept beside the row, for workloads that are looked up later. */
  readonly cgroups: boolean;
  /** From where each server can be reached. */
  readonly exposure: boolean;
  /**
   * The interface that each socket is bound to, and whether IPv6 servers accept IPv4 too, kept beside the row
   * (`keptDevice`, `takesIpv4`): they limit from where the socket can be reached.
   */
  readonly devices: boolean;
  /** Which UDP servers receive IPv4 too (`takesIpv4`), and from which interface, kept beside the row. */
  readonly receivers: boolean;
  /** The network namespace of each row. */
  readonly netns: boolean;
  /** The machine of each row. */
  readonly machines: boolean;
  /** The rows of the previous round, to show what changed since. */
  readonly previousRound: boolean;
}

/** A single need; `owners`: owners are needed at all. */
export type Need = 'owners' | Exclude<keyof Needs, 'owners'>;

/** Only the rows themselves. */
export const noNeeds: Needs = {
  owners: 'none',
  ownerDetails: false,
  hostNames: false,
  serviceNames: false,
  userNames: false,
  timers: false,
  tcpInfo: false,
  socketInfo: false,
  unixQueues: false,
  unixServers: false,
  createdAt: false,
  rates: false,
  boundSockets: false,
  peers: false,
  workloads: false,
  cgroups: false,
  exposure: false,
  devices: false,
  receivers: false,
  netns: false,
  machines: false,
  previousRound: false,
};

/** These needs, and so many owners of each socket if any are needed. */
export function needsAmong(needs: readonly Need[], owners: 'first' | 'all'): Partial<Needs> {
  const { owners: _, ...others } = Object.fromEntries(needs.map((need) => [need, true]));
  return { ...others, ...(needs.includes('owners') && { owners }) };
}

const depths = ['none', 'first', 'all'] as const satisfies readonly Needs['owners'][];

/** What some needs rest on; any owner of a socket may be in the workload that counts. */
const implied: Partial<Readonly<Record<Need, Partial<Needs>>>> = {
  rates: { tcpInfo: true },
  exposure: { devices: true },
  peers: { receivers: true },
  workloads: { owners: 'all', cgroups: true },
};

/** What any of the parts needs, and what that rests on. */
export function joinNeeds(parts: readonly Partial<Needs>[]): Needs {
  const isNeeded = (need: Need) => parts.some((part) => part[need] === true);
  const needed = (Object.keys(noNeeds) as Need[]).filter(isNeeded);
  const rests = needed.flatMap((need) => implied[need] ?? []);
  const deepest = Math.max(
    ...[...parts, ...rests].map(({ owners }) => depths.indexOf(owners ?? 'none')),
  );
  const joined = Object.fromEntries(needed.map((need) => [need, true]));
  return Object.assign({ ...noNeeds }, joined, ...rests, { owners: depths[deepest] ?? 'none' });
}

/** The needs that a source meets as it reads sockets. */
const rowNeeds = [
  ...(['timers', 'tcpInfo', 'socketInfo', 'unixQueues', 'unixServers', 'createdAt'] as const),
  ...([
    'boundSockets',
    'workloads',
    'cgroups',
    'exposure',
    'devices',
    'receivers',
    'netns',
  ] as const),
] as const satisfies readonly Need[];

export type RowNeed = (typeof rowNeeds)[number];

/** Those of the needs that a source meets as it reads sockets. */
export function rowNeedsOf(needs: Pick<Needs, RowNeed>): Pick<Needs, RowNeed> {
  return Object.fromEntries(rowNeeds.map((need) => [need, needs[need]])) as Pick<Needs, RowNeed>;
}

/** What a view declares, so that no more is read and looked up than it shows. */
export interface ViewNeeds {
  /**
   * The output is for programs: numbers instead of names, and every known field unless columns are named. Otherwise
   * for people.
   */
  readonly forPrograms: boolean;
  /**
   * Which facts the view needs of packed rows, if it can show those; null: it needs objects. Left out: it always
   * needs objects. `needs`: all that is needed.
   */
  packed?(
    listing: Omit<Listing, 'target'>,
    needs: Needs,
  ): Pick<PackedFacts, 'users' | 'whole'> | null;
  /** What its own columns need; for named columns, their attributes say so. */
  needs(listing: Omit<Listing, 'target'>): Partial<Needs>;
}
