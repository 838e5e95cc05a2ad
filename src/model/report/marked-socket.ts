import type { Socket } from '../socket/socket.ts';

/** What happened to a socket between two rounds. */
export type Mark = 'new' | 'changed' | 'closed';

/** A socket across rounds: the same object for as long as it is the same socket. */
export interface MarkedSocket {
  /** As the last round that saw it reports it. */
  readonly socket: Socket;
  /** What happened to it recently; null: nothing that still needs to be shown. */
  readonly mark: Mark | null;
}
