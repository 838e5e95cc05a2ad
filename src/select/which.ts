import { hasPeer, isListening } from '../model/classify.ts';
import type { Fact } from '../model/facts.ts';
import type { Owner } from '../model/owner.ts';
import type { Which } from '../model/query.ts';
import type { Socket } from '../model/socket.ts';

/** What a platform has to tell for the filters to be answered, and which filter asks for it. */
export type FactsAsked = readonly { readonly fact: Fact; readonly filter: string }[];

/** Which sockets a query is about, asked in two steps so that owners are looked up only where they decide. */
export interface Selection {
  /** What the rows are, in the end: naming a state lifts the query's own choice. */
  readonly which: Which;
  /** Whether owners must be known: all of them, since any of a shared socket's may be the one wanted. */
  readonly usesOwners: boolean;
  /** Whether it asks for what the kernel knows of connections. */
  readonly usesTcpInfo: boolean;
  /** False for a socket that is out whoever its owners are. Final where `usesOwners` is false. */
  beforeOwners(socket: Socket): boolean;
  /** The answer for a socket that passed `beforeOwners` and now has its owners. */
  afterOwners(socket: Socket): boolean;
  /** Whether an owner of a chosen socket is one of those that filters by owner name. */
  ownerFits(owner: Owner): boolean;
  /**
   * There are filters, and nothing says which sockets they choose among, so that netstat's default
   * leaves servers out: these fit the filters. They are asked in two steps as well. null: no row is left
   * out for the default alone.
   */
  readonly withServers: Pick<Selection, 'beforeOwners' | 'afterOwners'> | null;
}

/** What netstat shows without -a, with -l, and with -a. */
export const byWhich: Readonly<Record<Which, (socket: Socket) => boolean>> = {
  connected: hasPeer,
  listening: isListening,
  all: () => true,
};
