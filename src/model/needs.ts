import type { Listing } from './listing.ts';
import type { PackedFacts } from './packed-sockets.ts';

/** What has to be known of rows beyond what their table says. Each costs time. */
export interface Needs {
  /** Who holds each socket: nobody asked; one owner each; every owner. */
  readonly owners: 'none' | 'first' | 'all';
  /** Command lines and executables of owners too. */
  readonly ownerDetails: boolean;
  /** Names for addresses and networks. */
  readonly hostNames: boolean;
  readonly serviceNames: boolean;
  readonly userNames: boolean;
  /** Both counts of TCP's timers: over netlink the kernel tells one of them with all that it knows of a connection. */
  readonly timers: boolean;
  /** What the kernel knows of each TCP connection. */
  readonly tcpInfo: boolean;
  /** What the kernel tells of each socket beyond its row: memory, drops, the accept queue's limit. */
  readonly socketInfo: boolean;
  /** The queues of UNIX sockets, which their table does not tell. */
  readonly unixQueues: boolean;
  /** When each Internet socket was created. */
  readonly createdAt: boolean;
  /** How fast each connection's data flows: from round to round. */
  readonly rates: boolean;
  /** TCP sockets too that have a port and neither listen nor are connected. */
  readonly boundSockets: boolean;
  /** Who is at the other end of each socket: every socket must be read, and owners be known. */
  readonly peers: boolean;
  /** What each socket belongs to: its owners must be known. */
  readonly workloads: boolean;
  /** How far each server can be reached. */
  readonly exposure: boolean;
  /** Which interface each socket is bound to, kept beside the row (`keptDevice`): what decides how far it can be reached. */
  readonly devices: boolean;
  /** Which network namespace each row is of. */
  readonly netns: boolean;
  /** Which machine each row is of. */
  readonly hosts: boolean;
  /** The rows of the round before, to show what changed since. */
  readonly previousRound: boolean;
}

/** The needs that are met or not; `owners`: that they are to be known at all. */
export type Need = 'owners' | Exclude<keyof Needs, 'owners'>;

/** Nothing but the rows. */
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
  createdAt: false,
  rates: false,
  boundSockets: false,
  peers: false,
  workloads: false,
  exposure: false,
  devices: false,
  netns: false,
  hosts: false,
  previousRound: false,
};

/** What a view says of itself, so that no more is read and looked up than it shows. */
export interface ViewNeeds {
  /**
   * It is for programs: numbers, never names, and every field that is known where no columns are named.
   * Else for people.
   */
  readonly forPrograms: boolean;
  /**
   * Which facts it shows of sockets where it can show packed ones; null: it needs objects. Left out: always. `needs`: all
   * that is needed.
   */
  packed?(
    listing: Omit<Listing, 'target'>,
    needs: Needs,
  ): Pick<PackedFacts, 'users' | 'whole'> | null;
  /** What its own columns need; where others are named, their attributes say so. */
  needs(listing: Omit<Listing, 'target'>): Partial<Needs>;
}
