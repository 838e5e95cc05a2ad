import { readSync } from 'node:fs';
import type { OwnersAtOnce } from '../owners/socket-descriptors.ts';
import type { SocketList } from '../owners/wanted-sockets.ts';
import { closeForeign } from '../threads/close-foreign.ts';
import type { Bpf } from './bpf.ts';
import { toBeFitted } from './fitting.ts';
import type { Program } from './instructions.ts';
import type { Kernel } from './kernel.ts';
import * as marking from './marking-program.ts';
import type { Structures } from './own-types.ts';
import { license, record } from './program-parts.ts';
import { heldIn, type Reading } from './read-records.ts';
import * as tables from './table-program.ts';
import { bitsAndMarks } from './wanted-bits.ts';

/** The kernel must have room for the records of one process in 32 KiB, and for some of others with the same bits. */
const mostSockets = Math.floor((31 * 1024) / record.size);

/**
 * Returns who holds some sockets, all of them in these lists; null if the kernel cannot say it this way. It goes through
 * the lists first, to mark the sockets' open files, and then compares addresses in the descriptor tables: to look at
 * each open file, of which a server has many, takes ten times as long.
 */
export async function ownersOfListed(
  wanted: ReadonlySet<number>,
  lists: ReadonlySet<SocketList>,
  reading: Reading,
  bpf: Bpf,
  kernel: Kernel,
): Promise<OwnersAtOnce | null> {
  const begin: Begin = (visitedBy, program, structures) => {
    const id = kernel.functionId(bpf, visitedBy);
    return id > 0 ? bpf.iterate(toBeFitted(program, structures), id, license) : -1;
  };
  if (wanted.size > mostSockets) return null;
  const shared = bpf.share(bitsAndMarks(wanted));
  if (shared < 0) return null;
  let answer: number;
  try {
    if (!areMarked(wanted, lists, shared, begin)) return null;
    answer = begin(tables.visitedBy, tables.tableProgram(shared), tables.structures);
  } finally {
    // The loaded programs keep their own references.
    closeForeign(shared);
  }
  return answer < 0 ? null : heldIn(answer, reading);
}

/** Runs a program. Returns a descriptor to read its output from; negative: the kernel refused. */
type Begin = (visitedBy: string, program: Program, structures: Structures) => number;

/** Marks the files of all these sockets. Returns whether each was found. */
function areMarked(
  wanted: ReadonlySet<number>,
  lists: ReadonlySet<SocketList>,
  shared: number,
  begin: Begin,
): boolean {
  const missing = new Set(wanted);
  for (const list of lists) {
    const program = marking.markingProgram(list, shared);
    const answer = begin(marking.visitedBy[list], program, marking.structures);
    if (answer < 0) return false;
    try {
      removeMarked(answer, missing);
    } finally {
      closeForeign(answer);
    }
  }
  return missing.size === 0;
}

/** Reads which sockets were marked. The kernel goes no further than to the last of them. */
function removeMarked(answer: number, missing: Set<number>): void {
  while (missing.size > 0) {
    const bytes = Buffer.alloc(missing.size * marking.markedSize);
    const length = readOn(answer, bytes);
    if (length === 0) return;
    for (let at = 0; at < length; at += marking.markedSize) {
      missing.delete(Number(bytes.readBigUInt64LE(at)));
    }
  }
}

/** Returns the number of bytes; 0 at the end, or if there is an error: what was not read is missing then. */
function readOn(descriptor: number, bytes: Buffer): number {
  try {
    return readSync(descriptor, bytes, 0, bytes.length, null);
  } catch {
    return 0;
  }
}
