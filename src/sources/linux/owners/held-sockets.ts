import { holdBack } from '../../../model/defer-failure.ts';
import type { Socket } from '../../../model/socket.ts';
import type { Batches, Notes, OwnerQuery, SocketQuery } from '../../source.ts';
import type { Proc } from '../proc/proc.ts';
import { linuxSockets } from '../sockets/sockets.ts';
import { attacher } from './attach.ts';
import { laterRound } from './later-round.ts';
import { bookFor, fewSockets, walkedBook } from './make-book.ts';
import type { OwnerMemory } from './owner-memory.ts';

/** How many of the sockets that were kept are handed on at a time. */
const batchRows = 256;

/**
 * The sockets that `keep` chooses, with their owners. Few sockets are looked for one by one, and the
 * search ends with the last of them. For many, every process is walked through once, by several
 * threads, before the rest of the tables is read; its rows then pass by and pick up their owners.
 */
export async function* heldSockets(
  proc: Proc,
  query: SocketQuery,
  keep: (socket: Socket) => boolean,
  owners: OwnerQuery,
  notes: Notes,
  memory: OwnerMemory,
): Batches<Socket> {
  const all = holdBack(linuxSockets(proc, { ...query, forOwners: true }, notes));
  const { walked } = memory;
  if (walked !== null && owners.depth === 'first') {
    yield* laterRound(proc, all.batches, keep, walked, notes, memory);
    all.rethrow();
    return;
  }
  const batches = all.batches[Symbol.asyncIterator]();
  try {
    const chosen: Socket[] = [];
    let next = await batches.next();
    while (!next.done) {
      for (const socket of next.value) if (keep(socket)) chosen.push(socket);
      if (chosen.length >= fewSockets) break;
      next = await batches.next();
    }
    const book = next.done
      ? await bookFor(proc, chosen, owners, memory)
      : await walkedBook(proc, chosen, owners, memory);

    const { attach, tellMissing } = attacher(proc, book);
    // At least once: an empty batch too says that reading has begun.
    do yield attach(chosen.splice(0, batchRows));
    while (chosen.length > 0);
    while (!next.done) {
      next = await batches.next();
      if (!next.done) yield attach(next.value.filter(keep));
    }
    tellMissing(notes);
    all.rethrow();
  } finally {
    await batches.return?.();
  }
}

/** The same sockets, in the same order, with their owners. */
export async function withOwners(
  proc: Proc,
  sockets: readonly Socket[],
  query: OwnerQuery,
  notes: Notes,
  memory: OwnerMemory,
): Promise<readonly Socket[]> {
  const { attach, tellMissing } = attacher(proc, await bookFor(proc, sockets, query, memory));
  const held = attach(sockets.map((socket) => ({ ...socket, noOwner: null })));
  tellMissing(notes);
  return held;
}
