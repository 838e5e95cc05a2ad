import { hasPeer, isListening } from '../model/classify.ts';
import type { Which } from '../model/query.ts';
import type { Socket } from '../model/socket.ts';

/** Which sockets a query is about, asked in two steps so that owners are looked up only where they decide. */
export interface Selection {
  /** What the rows are, in the end: naming a state lifts the query's own choice. */
  readonly which: Which;
  /** It chooses by `which` alone. */
  readonly isPlain: boolean;
  /** Whether owners must be known: all of them, since any of a shared socket's may be the one wanted. */
  readonly usesOwners: boolean;
  /** Whether it asks for what the kernel knows of connections. */
  readonly usesTcpInfo: boolean;
  /** False for a socket that is out whoever its owners are. Final where `usesOwners` is false. */
  beforeOwners(socket: Socket): boolean;
  /** The answer for a socket that passed `beforeOwners` and now has its owners. */
  afterOwners(socket: Socket): boolean;
}

/** What netstat shows without -a, with -l, and with -a. */
export const byWhich: Readonly<Record<Which, (socket: Socket) => boolean>> = {
  connected: hasPeer,
  listening: isListening,
  all: () => true,
};
