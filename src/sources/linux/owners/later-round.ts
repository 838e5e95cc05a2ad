import type { Socket } from '../../../model/socket.ts';
import type { Batches, WarningSink } from '../../source.ts';
import type { Proc } from '../proc/proc.ts';
import { attacher } from './attach.ts';
import type { HolderTable } from './holder-table.ts';
import { fewSockets, walkedTable } from './make-book.ts';
import { bookOfTable } from './owner-book.ts';
import type { OwnerMemory } from './owner-memory.ts';

/**
 * A later round of a listing of many sockets: each row's owner is checked with one look at the
 * descriptor that it held. At the first row of which more is to be known, all processes are walked
 * through again.
 */
export async function* laterRound(
  proc: Proc,
  batches: Batches<Socket>,
  walked: HolderTable,
  warnings: WarningSink,
  memory: OwnerMemory,
): Batches<Socket> {
  let isFresh = false;
  let rows = 0;
  memory.unheld.beginRound();
  const { use, attach, tellMissing } = attacher(proc, bookOfTable(proc, walked));
  for await (const chosen of batches) {
    rows += chosen.length;
    const isKnown = ({ inode }: Socket) => inode === null || walked.isStillTrue(proc, inode);
    if (!isFresh && !chosen.every(isKnown)) {
      isFresh = true;
      use(bookOfTable(proc, await walkedTable(proc, chosen, memory)));
    }
    yield attach(chosen);
  }
  // Of few there is a search that ends early.
  if (rows < fewSockets) memory.walked = null;
  tellMissing(warnings);
}
