import type { Socket } from '../../../model/socket.js';
import type { OwnerQuery } from '../../backend.js';
import type { Proc } from '../proc.js';
import { type HolderTable, holderTable } from './holder-table.js';
import { bookOfAll, bookOfFirst, bookOfTable, type OwnerBook } from './owner-book.js';
import type { OwnerMemory } from './owner-memory.js';
import { walkAll } from './shared-walk.js';
import { nothingUnseen } from './unseen.js';

/** Up to this many sockets are kept, and looked for one by one; for more, all processes are walked through. */
export const fewSockets = 4096;

/** The owners of sockets that are all at hand. */
export async function bookFor(
  proc: Proc,
  sockets: readonly Socket[],
  query: OwnerQuery,
  memory: OwnerMemory,
): Promise<OwnerBook> {
  if (sockets.every(({ inode }) => inode === null)) {
    return bookOfAll(proc, { shares: [], unseen: nothingUnseen() }, false);
  }
  if (query.depth === 'first') {
    const wanted = new Set<number>();
    for (const { inode } of sockets) if (inode !== null) wanted.add(inode);
    return bookOfFirst(proc, await memory.find(proc, wanted));
  }
  return bookOfAll(proc, await walkAll(proc, 'all', false), query.details);
}

/** A book for more sockets than can be looked for one by one. */
export async function walkedBook(
  proc: Proc,
  chosen: readonly Socket[],
  query: OwnerQuery,
  memory: OwnerMemory,
): Promise<OwnerBook> {
  return query.depth === 'all'
    ? bookOfAll(proc, await walkAll(proc, 'all', true), query.details)
    : bookOfTable(proc, await walkedTable(proc, chosen, memory));
}

/** The table of a walk that begins now; `before` was read before it. */
export async function walkedTable(
  proc: Proc,
  before: readonly Socket[],
  memory: OwnerMemory,
): Promise<HolderTable> {
  for (const { inode } of before) if (inode !== null) memory.unheld.miss(inode);
  memory.unheld.beginWalk();
  memory.walked = holderTable(await walkAll(proc, 'netstat', true), memory.unheld);
  return memory.walked;
}
