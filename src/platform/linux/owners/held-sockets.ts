import type { Socket } from '../../../model/socket.js';
import type { Batches, Notes, OwnerQuery, SocketQuery } from '../../backend.js';
import type { Proc } from '../proc.js';
import { readAhead } from '../read-ahead.js';
import { linuxSockets, tablePaths } from '../sockets.js';
import { attacher } from './attach.js';
import { bookOfAll, bookOfFirst, type OwnerBook } from './owner-book.js';
import type { OwnerMemory } from './owner-memory.js';
import { beginWalk } from './shared-walk.js';

/** Up to this many sockets are kept as they are; of more, only the kernel's text is, until their turn. */
const few = 4096;

/** From this many descriptors on a walk through all of them is worth a thread's start (some 15 ms). */
const manyDescriptors = 16_384;

/**
 * The sockets that `keep` chooses, with their owners. Few sockets are looked for one by one, and the
 * search ends with the last of them. For many, every process is walked through once, by several
 * threads while the tables are taken in; then the rows pass by and pick up their owners.
 */
export async function* heldSockets(
  proc: Proc,
  query: SocketQuery,
  keep: (socket: Socket) => boolean,
  owners: OwnerQuery,
  notes: Notes,
  memory: OwnerMemory,
): Batches<Socket> {
  const ahead = readAhead(proc);
  const batches = linuxSockets(ahead.proc, query, notes)[Symbol.asyncIterator]();
  const chosen: Socket[] = [];
  let next = await batches.next();
  for (; !next.done && chosen.length < few; next = await batches.next()) {
    for (const socket of next.value) if (keep(socket)) chosen.push(socket);
    if (chosen.length >= few) break;
  }

  let book: OwnerBook;
  if (next.done) {
    book = await bookFor(proc, chosen, owners, memory);
  } else {
    const walk = await beginWalk(proc);
    ahead.takeIn(tablePaths(query));
    book = bookOfAll(proc, await walk.finish(), owners);
  }

  const { attach, warning } = attacher(proc, book);
  yield attach(chosen);
  if (!next.done) {
    for (next = await batches.next(); !next.done; next = await batches.next()) {
      yield attach(next.value.filter(keep));
    }
  }
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
  if (sockets.every(({ inode }) => inode === null)) return bookOfAll(proc, [], query);
  if (query.depth === 'first') {
    const wanted = new Set<number>();
    for (const { inode } of sockets) if (inode !== null) wanted.add(inode);
    return bookOfFirst(proc, memory.find(proc, wanted));
  }
  const walk = await beginWalk(proc, hasManyDescriptors(proc));
  return bookOfAll(proc, await walk.finish(), query);
}

function hasManyDescriptors(proc: Proc): boolean {
  let sum = 0;
  for (const pid of proc.processIds()) {
    sum += proc.descriptorCount(pid) ?? 0;
    if (sum > manyDescriptors) return true;
  }
  return false;
}
