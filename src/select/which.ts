import { hasPeer, isListening } from '../model/classify.ts';
import type { Fact } from '../model/facts.ts';
import type { Need } from '../model/needs.ts';
import type { Owner } from '../model/owner.ts';
import type { Query, Which } from '../model/query.ts';
import type { Socket } from '../model/socket.ts';

/** What a platform has to tell for the filters to be answered, and which filter asks for it. */
export type FactsAsked = readonly { readonly fact: Fact; readonly filter: string }[];

/** Whether a row is chosen, where what is asked about may not be known of it. */
export type Fit = 'yes' | 'no' | 'unknown';

/** Which sockets a query is about, asked in two steps so that owners are looked up only where they decide. */
export interface Selection {
  /** What the rows are, in the end: naming a state lifts the query's own choice. */
  readonly which: Which;
  /** It chooses by `which` alone. */
  readonly isPlain: boolean;
  /**
   * What must be known to choose, beyond the rows. Owners: all of them, since any of a shared socket's
   * may be the one wanted.
   */
  readonly needs: readonly Need[];
  /** Whether it takes both steps: some of what it needs is not known when a table is read. */
  readonly isLate: boolean;
  /** False for a socket that is out whatever will be known of it. Final where `isLate` is false. */
  early(socket: Socket): boolean;
  /** The answer for a socket that passed `early`, once all is known. */
  late(socket: Socket): boolean;
  /**
   * The answer for any socket, whatever is known of it: one that was saved may lack what is asked about.
   */
  fit(socket: Socket): Fit;
  /**
   * The answer for a socket of which not everything was told: what is told of one as it ends lacks its owner, user and
   * queues, and files lack what netlink tells.
   */
  fitUnseen(socket: Socket): Fit;
  /** Whether an owner of a chosen socket is one of those that filters by owner name. */
  ownerFits(owner: Owner): boolean;
  /**
   * There are filters, and nothing says which sockets they choose among, so that netstat's default
   * leaves servers out: these fit the filters. They are asked in two steps as well. null: no row is left
   * out for the default alone.
   */
  readonly withServers: Pick<Selection, 'isLate' | 'early' | 'late'> | null;
}

/** Which sockets a query is about by what they do. */
export function whichTest(
  which: Which,
  { boundInactive }: Pick<Query, 'boundInactive'>,
): (socket: Socket) => boolean {
  const test = byWhich[which];
  return boundInactive ? (socket) => socket.state === 'BOUND' || test(socket) : test;
}

/** What netstat shows without -a, with -l, and with -a. */
const byWhich: Readonly<Record<Which, (socket: Socket) => boolean>> = {
  connected: hasPeer,
  listening: isListening,
  all: () => true,
};
