import { peerFinder } from '../analysis/peers.ts';
import { deferFailure } from '../model/defer-failure.ts';
import type { Peer } from '../model/peer.ts';
import type { Socket } from '../model/socket.ts';
import type { Batches } from '../sources/source.ts';

/** How many rows are handed on at a time. */
const batchRows = 256;

/** What is wanted of the sockets whose peers are looked for. */
export interface PeerReading {
  /** Which of them are asked for; the others may be their peers all the same. */
  keep(socket: Socket): boolean;
  /** As `Source.unixPeers`: asked once all rows are there. */
  unixPeers(): Promise<ReadonlyMap<number, number> | null>;
}

/**
 * The sockets that are asked for, with their peers, which are written into the rows themselves. All rows
 * of a machine are kept until its last is read: any may be the other end of the first. Those of several machines
 * come machine by machine.
 */
export async function* withPeers(
  batches: Batches<Socket>,
  { keep, unixPeers }: PeerReading,
): Batches<Socket> {
  const all = deferFailure(batches);
  let sockets: Socket[] = [];
  let unix: ReturnType<PeerReading['unixPeers']> | null = null;
  async function* paired(): Batches<Socket> {
    unix ??= unixPeers();
    const peerOf = peerFinder(sockets, await unix);
    for (let at = 0; at < sockets.length; at += batchRows) {
      const kept = sockets.slice(at, at + batchRows).filter(keep);
      for (const socket of kept) (socket as { peer?: Peer | null }).peer = peerOf(socket);
      if (kept.length > 0) yield kept;
    }
  }
  for await (const batch of all.batches) {
    for (const socket of batch) {
      if (sockets.length > 0 && sockets[0]?.host !== socket.host) {
        yield* paired();
        sockets = [];
      }
      sockets.push(socket);
    }
  }
  yield* paired();
  all.rethrow();
}
