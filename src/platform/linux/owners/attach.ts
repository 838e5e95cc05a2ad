import type { NoOwner, Owner } from '../../../model/owner.js';
import type { Warning } from '../../../model/snapshot.js';
import type { Socket } from '../../../model/socket.js';
import type { Notes } from '../../backend.js';
import type { Proc } from '../proc.js';
import type { OwnerBook } from './owner-book.js';
import { seesEveryProcess } from './process.js';

type Unheld = { -readonly [Key in 'owners' | 'noOwner']: Socket[Key] };

const nobody: readonly Owner[] = [];

/** Writes owners, or the reason why there are none, into sockets that nobody else has seen yet. */
export interface Attacher {
  /** From now on takes owners from another book. */
  use(book: OwnerBook): void;
  attach<T extends Socket>(sockets: readonly T[]): readonly T[];
  /** Tells of those that had to stay without. */
  tellMissing(notes: Notes): void;
}

/** An attacher that takes owners from `first`. */
export function attacher(proc: Proc, first: OwnerBook): Attacher {
  let book = first;
  let reason = reasonFor(proc, book.denied > 0);
  let { denied } = book;
  let missing = 0;
  return {
    use(other) {
      book = other;
      denied = Math.max(denied, book.denied);
      reason = reasonFor(proc, book.denied > 0);
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
        held.noOwner = reason(socket);
        if (held.noOwner === 'denied') missing++;
      }
      return sockets;
    },
    tellMissing(notes) {
      if (missing > 0) notes.warn(deniedWarning(proc, denied, missing));
    },
  };
}

/** Why a socket that no owner was found for has none. */
function reasonFor(proc: Proc, denied: boolean): (socket: Socket) => NoOwner {
  let complete: boolean | null = null;
  return (socket) => {
    if (socket.inode === null) return 'none';
    if (denied) return 'denied';
    complete ??= seesEveryProcess(proc);
    // A connection that no process holds was closed while we looked, or is on its way to one.
    const lasting = socket.state === 'LISTEN' || socket.state === 'UNCONN';
    return complete && lasting ? 'kernel' : 'unknown';
  };
}

function deniedWarning(proc: Proc, denied: number, missing: number): Warning {
  const sockets = missing === 1 ? '1 socket' : `${missing} sockets`;
  const processes = denied === 1 ? '1 process' : `${denied} processes`;
  return {
    code: 'owners-denied',
    message: `the owners of ${sockets} could not be told: ${processes} may not be looked into; root (with CAP_SYS_PTRACE) would see them`,
    source: proc.root,
  };
}
