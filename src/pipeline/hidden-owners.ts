import { deferFailure } from '../flow/defer-failure.ts';
import { PackedRow } from '../model/packed/row.ts';
import { packIn } from '../model/packed/sockets.ts';
import { type Warning, warningOf } from '../model/report/snapshot.ts';
import { areOwnersHidden } from '../model/socket/owner.ts';
import type { Socket } from '../model/socket/socket.ts';
import type { Selection } from '../select/index.ts';
import type { Batches, OwnerQuery, WarningSink } from '../sources/source.ts';

/** Counts the sockets asked for, and their other ends, whose owners are hidden. */
export interface HiddenOwners {
  /** To be given to the source; it calls this before the machine's sockets have their peers. */
  readonly onHidden: NonNullable<OwnerQuery['onHidden']>;
  /** The same batches, of sockets with their peers; warns after the last. */
  counted(batches: Batches<Socket>): Batches<Socket>;
}

/** The hidden owners of one machine. */
interface OnMachine {
  readonly host: string | undefined;
  warningFor(sockets: number): Warning;
  /** The inodes of the sockets. */
  readonly inodes: Set<number>;
  /** How many more there are without an inode, or where it is not known which of several it is. */
  others: number;
}

/**
 * For a source that reads every socket, since any may be the other end: owners of sockets that are neither asked for
 * nor such an end are not missing.
 */
export function hiddenOwners(
  { fit: fitOf }: Pick<Selection, 'fit'>,
  warnings: WarningSink,
): HiddenOwners {
  const machines: OnMachine[] = [];

  function count(socket: Socket): void {
    const { peer, host } = socket;
    const hidden = [socket, ...(peer ? [peer] : [])].filter(areOwnersHidden);
    if (hidden.length === 0 || fitOf(socket) === 'no') return;
    const machine = machines.find((one) => one.host === host);
    if (machine === undefined) return;
    for (const { inode } of hidden) {
      if (inode === null) machine.others++;
      else machine.inodes.add(inode);
    }
  }

  return {
    onHidden(warningFor, host) {
      machines.push({ host, warningFor, inodes: new Set(), others: 0 });
    },
    async *counted(batches) {
      const all = deferFailure(batches);
      for await (const batch of all.batches) {
        if (machines.length > 0) for (const socket of lookedAt(batch)) count(socket);
        yield batch;
      }
      for (const { host, warningFor, inodes, others } of machines) {
        const sockets = inodes.size + others;
        if (sockets > 0) warnings.warn(warningOf(host, warningFor(sockets)));
      }
      all.rethrow();
    },
  };
}

/** The rows of a batch, each valid only until the next. */
function* lookedAt(batch: readonly Socket[]): Generator<Socket> {
  const pack = packIn(batch);
  if (pack === null) {
    yield* batch;
    return;
  }
  const looked = new PackedRow(pack, 0);
  for (; looked.row < pack.length; looked.row++) yield looked.asSocket();
}
