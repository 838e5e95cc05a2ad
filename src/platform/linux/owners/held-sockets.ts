import { holdBack } from '../../../model/hold-back.js';
import type { Socket } from '../../../model/socket.js';
import type { Batches, Notes, OwnerQuery, SocketQuery } from '../../backend.js';
import type { Proc } from '../proc.js';
import { linuxSockets } from '../sockets.js';
import { attacher } from './attach.js';
import { type HolderTable, holderTable } from './holder-table.js';
import { bookOfAll, bookOfFirst, bookOfTable, type OwnerBook } from './owner-book.js';
import type { OwnerMemory } from './owner-memory.js';
import { walkAll } from './shared-walk.js';

/** Up to this many sockets are kept while their owners are searched for. */
const few = 4096;

/** As many rows of those are handed on at a time. */
const batchRows = 256;

/** From this many descriptors on a walk through all of them is worth a thread's start (some 15 ms). */
const manyDescriptors = 16_384;

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
  const all = holdBack(linuxSockets(proc, query, notes));
  const { walked } = memory;
  if (walked !== null && owners.depth === 'first') {
    yield* asRemembered(proc, all.batches, keep, walked, notes, memory);
    all.rethrow();
    return;
  }
  const batches = all.batches[Symbol.asyncIterator]();
  try {
    const chosen: Socket[] = [];
    let next = await batches.next();
    while (!next.done) {
      for (const socket of next.value) if (keep(socket)) chosen.push(socket);
      if (chosen.length >= few) break;
      next = await batches.next();
    }
    const book = next.done
      ? await bookFor(proc, chosen, owners, memory)
      : await walkedBook(proc, chosen, owners, memory);

    const { attach, warning } = attacher(proc, book);
    // At least once: an empty batch too says that reading has begun.
    do yield attach(chosen.splice(0, batchRows));
    while (chosen.length > 0);
    while (!next.done) {
      next = await batches.next();
      if (!next.done) yield attach(next.value.filter(keep));
    }
    const told = warning();
    if (told !== null) notes.warn(told);
    all.rethrow();
  } finally {
    await batches.return?.();
  }
}

/**
 * A later round of a listing of many sockets: each row's owner is checked with one look at the
 * descriptor that it held. At the first row of which more is to be known, all processes are walked
 * through again.
 */
async function* asRemembered(
  proc: Proc,
  batches: Batches<Socket>,
  keep: (socket: Socket) => boolean,
  walked: HolderTable,
  notes: Notes,
  memory: OwnerMemory,
): Batches<Socket> {
  let isFresh = false;
  let rows = 0;
  memory.unheld.beginRound();
  const { use, attach, warning } = attacher(proc, bookOfTable(proc, walked));
  for await (const batch of batches) {
    const chosen = batch.filter(keep);
    rows += chosen.length;
    const isKnown = ({ inode }: Socket) => inode === null || walked.isStillTrue(proc, inode);
    if (!isFresh && !chosen.every(isKnown)) {
      isFresh = true;
      use(bookOfTable(proc, await walkedTable(proc, chosen, memory)));
    }
    yield attach(chosen);
  }
  // Of few there is a search that ends early.
  if (rows < few) memory.walked = null;
  const told = warning();
  if (told !== null) notes.warn(told);
}

/** The same sockets, in the same order, with their owners. */
export async function withOwners(
  proc: Proc,
  sockets: readonly Socket[],
  query: OwnerQuery,
  notes: Notes,
  memory: OwnerMemory,
): Promise<readonly Socket[]> {
  const { attach, warning } = attacher(proc, await bookFor(proc, sockets, query, memory));
  const held = attach(sockets.map((socket) => ({ ...socket, noOwner: null })));
  const told = warning();
  if (told !== null) notes.warn(told);
  return held;
}

async function bookFor(
  proc: Proc,
  sockets: readonly Socket[],
  query: OwnerQuery,
  memory: OwnerMemory,
): Promise<OwnerBook> {
  if (sockets.every(({ inode }) => inode === null)) return bookOfAll(proc, [], false);
  if (query.depth === 'first') {
    const wanted = new Set<number>();
    for (const { inode } of sockets) if (inode !== null) wanted.add(inode);
    return bookOfFirst(proc, memory.find(proc, wanted));
  }
  return bookOfAll(proc, await walkAll(proc, hasManyDescriptors(proc)), query.details);
}

/** A book for more sockets than can be looked for one by one. */
async function walkedBook(
  proc: Proc,
  chosen: readonly Socket[],
  query: OwnerQuery,
  memory: OwnerMemory,
): Promise<OwnerBook> {
  return query.depth === 'all'
    ? bookOfAll(proc, await walkAll(proc), query.details)
    : bookOfTable(proc, await walkedTable(proc, chosen, memory));
}

/** The table of a walk that begins now; `before` was read before it. */
async function walkedTable(
  proc: Proc,
  before: readonly Socket[],
  memory: OwnerMemory,
): Promise<HolderTable> {
  for (const { inode } of before) if (inode !== null) memory.unheld.miss(inode);
  memory.unheld.beginWalk();
  memory.walked = holderTable(await walkAll(proc), memory.unheld);
  return memory.walked;
}

function hasManyDescriptors(proc: Proc): boolean {
  let sum = 0;
  for (const pid of proc.processIds()) {
    sum += proc.descriptorCount(pid) ?? 0;
    if (sum > manyDescriptors) return true;
  }
  return false;
}
