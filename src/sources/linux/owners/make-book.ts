import type { Socket } from '../../../model/socket.ts';
import type { OwnerQuery } from '../../source.ts';
import type { Proc } from '../proc/proc.ts';
import { type HolderTable, holderTable } from './holder-table.ts';
import { bookOfAll, bookOfFirst, bookOfTable, type OwnerBook } from './owner-book.ts';
import type { OwnerMemory } from './owner-memory.ts';
import { walkAll } from './shared-walk.ts';
import { nothingUnseen } from './unseen.ts';

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
