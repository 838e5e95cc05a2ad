import type { NoOwner, Owner } from '../../../model/owner.ts';
import type { Socket } from '../../../model/socket.ts';
import type { WarningSink } from '../../source.ts';
import type { Proc } from '../proc/proc.ts';
import type { OwnerBook } from './owner-book.ts';
import { deniedWarning, failedWarning } from './owner-warnings.ts';
import { nothingUnseen, sumOf, type Unseen } from './unseen.ts';

type Unheld = { -readonly [Key in 'owners' | 'noOwner']: Socket[Key] };

const nobody: readonly Owner[] = [];

/** Writes owners, or the reason why there are none, into sockets that nobody else has seen yet. */
export interface Attacher {
  /** From now on takes owners from another book. */
  use(book: OwnerBook): void;
  attach<T extends Socket>(sockets: readonly T[]): readonly T[];
  /** Tells of those that had to stay without. */
  tellMissing(warnings: WarningSink): void;
}

/** An attacher that takes owners from `first`. */
export function attacher(proc: Proc, first: OwnerBook): Attacher {
  let book = first;
  const books = [first];
  let missing = 0;
  return {
    use(other) {
      book = other;
      books.push(other);
    },
    attach(sockets) {
      for (const socket of sockets) {
        const held = socket as Unheld;
        // The table's reader knows that the inode is not this socket's.
        const isDoubtful = held.noOwner !== null;
        const owners =
          isDoubtful || socket.inode === null ? undefined : book.ownersOf(socket.inode);
        held.owners = owners ?? nobody;
        if (isDoubtful || owners !== undefined) continue;
        held.noOwner = reasonFor(socket, book.unseen);
        if (held.noOwner === 'denied') missing++;
      }
      return sockets;
    },
    tellMissing(warnings) {
      // Each is a search for the same owners: what one could not see, the next may.
      const unseen = books.map((one) => one.unseen).reduce(worse, nothingUnseen());
      if (missing > 0) warnings.warn(deniedWarning(proc, unseen, missing));
      const failed = sumOf([unseen, ...books.map(({ unnamed }) => unnamed)]);
      if (failed.failed > 0) warnings.warn(failedWarning(proc, failed));
    },
  };
}

function worse(a: Unseen, b: Unseen): Unseen {
  const most = b.denied > a.denied || b.hidden ? b : a;
  const failed = b.failed > a.failed ? b : a;
  return { ...most, failed: failed.failed, error: failed.error };
}

/** Sockets that are there for a program to use, with no peer that could outlive it. */
const lasting: ReadonlySet<string | null> = new Set(['LISTEN', 'UNCONN', 'LISTENING']);

/**
 * Why a socket that no owner was found for has none. That it is the kernel's own cannot be known: a
 * descriptor may be on its way between two processes, or registered with an io_uring that has none.
 */
function reasonFor(socket: Socket, { denied, hidden }: Unseen): NoOwner {
  if (socket.inode === null && !lasting.has(socket.state)) return 'none';
  return denied > 0 || hidden ? 'denied' : 'unknown';
}
