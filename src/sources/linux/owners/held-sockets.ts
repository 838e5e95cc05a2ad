import { deferFailure } from '../../../model/defer-failure.ts';
import type { Socket } from '../../../model/socket.ts';
import { type ReadRows, readingOf } from '../../reading.ts';
import type { Batches, OwnerQuery, WarningSink } from '../../source.ts';
import type { Proc } from '../proc/proc.ts';
import { attacher } from './attach.ts';
import { laterRound } from './later-round.ts';
import { bookFor, fewSockets, walkedBook } from './make-book.ts';
import type { OwnerMemory } from './owner-memory.ts';

/** How many of the sockets that were kept are handed on at a time. */
const batchRows = 256;

/**
 * The sockets of `rows` with their owners, written into the rows themselves. Few sockets are looked for one by one, and the
 * search ends with the last of them. For many, every process is walked through once, by several
 * threads, before the rest of the tables is read; its rows then pass by and pick up their owners.
 */
export async function* socketsWithOwners(
  proc: Proc,
  rows: ReadRows<Socket>,
  owners: OwnerQuery,
  warnings: WarningSink,
  memory: OwnerMemory,
  begin: () => void,
): Batches<Socket> {
  const reading = readingOf(rows);
  await reading.begun();
  const all = deferFailure(reading.batches);
  const { walked } = memory;
  if (walked !== null && owners.depth === 'first') {
    yield* laterRound(proc, all.batches, walked, warnings, memory);
    begin();
    all.rethrow();
    return;
  }
  const batches = all.batches[Symbol.asyncIterator]();
  try {
    const chosen: Socket[] = [];
    let next = await batches.next();
    while (!next.done) {
      for (const socket of next.value) chosen.push(socket);
      if (chosen.length >= fewSockets) break;
      next = await batches.next();
    }
    const book = next.done
      ? await bookFor(proc, chosen, owners, memory)
      : await walkedBook(proc, chosen, owners, memory);

    const { attach, tellMissing } = attacher(proc, book);
    begin();
    while (chosen.length > 0) yield attach(chosen.splice(0, batchRows));
    while (!next.done) {
      next = await batches.next();
      if (!next.done) yield attach(next.value);
    }
    tellMissing(warnings);
    all.rethrow();
  } finally {
    await batches.return?.();
  }
}
