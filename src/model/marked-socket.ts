import type { Socket } from './socket.ts';

/** What happened to a socket between two rounds. */
export type Mark = 'new' | 'changed' | 'closed';

/** A socket of several rounds: the same object for as long as it is the same socket. */
export interface MarkedSocket {
  /** As the last round that had it tells it. */
  readonly socket: Socket;
  /** What happened to it lately; null: nothing that is still to be shown. */
  readonly mark: Mark | null;
}
