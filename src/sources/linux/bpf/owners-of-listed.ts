import { readSync } from 'node:fs';
import type { OwnersAtOnce } from '../owners/socket-descriptors.ts';
import type { SocketList } from '../owners/wanted-sockets.ts';
import { closeForeign } from '../threads/close-foreign.ts';
import type { Bpf } from './bpf.ts';
import { allToBeFitted, type FittingProgram } from './fitting.ts';
import type { Kernel } from './kernel.ts';
import { listedBy, markedSize, markingProgram } from './marking-program.ts';
import type { Structures } from './own-types.ts';
import { license, numbersOf, record } from './program-parts.ts';
import { heldIn, type Reading } from './read-records.ts';
import { tableProgram, tasksBy } from './table-program.ts';
import { bitsAndMarks } from './wanted-bits.ts';

/** The kernel structures that the programs read. */
export const structures: Structures = {
  sock_common: { skc_state: 'unsigned char' },
  sock: { sk_socket: 'pointer' },
  socket: { file: 'pointer' },
  super_block: { s_magic: 'unsigned long' },
  inode: { i_sb: 'pointer', i_ino: 'unsigned long' },
  socket_alloc: { vfs_inode: { whole: 'inode' } },
  file: { f_inode: 'pointer' },
  ...numbersOf,
  task_struct: {
    ...({ pid: 'int', tgid: 'int' } as const),
    ...({ thread_pid: 'pointer', files: 'pointer' } as const),
  },
  files_struct: { fdt: 'pointer' },
  fdtable: { max_fds: 'unsigned int', fd: 'pointer' },
};

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
  if (wanted.size > mostSockets) return null;
  const shared = bpf.share(bitsAndMarks(wanted));
  if (shared < 0) return null;
  let answer: number;
  try {
    const visits = [
      ...[...lists].map((list) => [listedBy[list], markingProgram(list, shared)] as const),
      [tasksBy, tableProgram(shared)] as const,
    ];
    const programs = allToBeFitted(
      visits.map(([, program]) => program),
      structures,
    );
    const begin = (nth: number) => {
      const id = kernel.functionId(bpf, visits[nth]?.[0] as string);
      return id > 0 ? bpf.iterate(programs[nth] as FittingProgram, id, license) : -1;
    };
    if (!areMarked(wanted, lists.size, begin)) return null;
    answer = begin(lists.size);
  } finally {
    // The loaded programs keep their own references.
    closeForeign(shared);
  }
  return answer < 0 ? null : heldIn(answer, reading);
}

/**
 * Marks the files of all these sockets, in so many lists. `begin` runs the program for one, and returns a descriptor to
 * read its output from; negative: the kernel refused. Returns whether each socket was found.
 */
function areMarked(
  wanted: ReadonlySet<number>,
  lists: number,
  begin: (list: number) => number,
): boolean {
  const missing = new Set(wanted);
  for (let list = 0; list < lists; list++) {
    const answer = begin(list);
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
    const words = new Uint32Array(missing.size * (markedSize / 4));
    const length = readOn(answer, words);
    if (length === 0) return;
    for (let at = 0; at < length / 4; at += 2) {
      missing.delete((words[at] as number) + (words[at + 1] as number) * 2 ** 32);
    }
  }
}

/** Returns the number of bytes; 0 at the end, or if there is an error: what was not read is missing then. */
function readOn(descriptor: number, words: Uint32Array): number {
  try {
    return readSync(descriptor, words, 0, words.byteLength, null);
  } catch {
    return 0;
  }
}
