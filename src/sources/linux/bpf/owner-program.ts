import type { WalkDepth } from '../owners/socket-descriptors.ts';
import { type Assembler, assembler, type Member, type Program } from './instructions.ts';
import type { Structures } from './own-types.ts';
import { numbersOf, readLevel, record, sockets, storeNumber, writeOut } from './program-parts.ts';
import { leaveUnlessWanted } from './wanted-bits.ts';

/** The kernel calls this for each descriptor of each process (kernel/bpf/task_iter.c, since Linux 5.8). */
export const visitedBy = 'bpf_iter_task_file';

/** The kernel structures that the program reads. */
export const structures: Structures = {
  ...numbersOf,
  task_struct: {
    ...({ pid: 'int', tgid: 'int' } as const),
    ...({ group_leader: 'pointer', thread_pid: 'pointer', files: 'pointer' } as const),
  },
  super_block: { s_magic: 'unsigned long' },
  inode: { i_sb: 'pointer', i_ino: 'unsigned long' },
  file: { f_inode: 'pointer' },
};

/** All of their members. */
export const membersToKnow: readonly Member[] = Object.entries(structures).flatMap(
  ([struct, members]) => Object.keys(members).map((member): Member => [struct, member]),
);

/** <linux/magic.h>: the file system of anonymous files (io_uring, epoll and others). */
const anonymous = 0x09041934;

/** Offsets of the arguments that the kernel passes to the program. */
const argument = { task: 8, fd: 16, file: 24 } as const;

/** Offsets on the stack, relative to its end. */
const entry = -record.size;
const scratch = entry - 8;

/** Registers that keep their values from step to step. */
const [context, task, file, level] = [6, 7, 8, 9] as const;

/**
 * A program that writes a record for every socket descriptor of all processes in the reader's PID namespace, with the
 * PIDs of that namespace. `netstat`: each process's own table. `all`: also the tables of threads, and anonymous files.
 * A number that the kernel does not let it read is 0. `wanted`: the descriptor of a map with the bitmap of wanted
 * sockets; null: all. It writes nothing but its output.
 */
export function ownerProgram(depth: WalkDepth, wanted: number | null): Program {
  const assembly = assembler();
  keepArguments(assembly);
  leaveIfTableIsKnown(assembly, depth);
  readInode(assembly, depth);
  if (wanted !== null) leaveUnlessWanted(assembly, wanted);
  storeDescriptor(assembly);
  readLevel(assembly, level, scratch);
  storeNumbers(assembly, depth);
  writeOut(assembly, context, entry, record.size);
  return assembly.finish(0);
}

/** Keeps the kernel's arguments; leaves where there is no file. */
function keepArguments({ copy, load, leaveIf }: Assembler): void {
  copy(context, 1);
  load(8, task, context, argument.task);
  leaveIf(task, '==', 0);
  load(8, file, context, argument.file);
  // Both are null in the final call.
  leaveIf(file, '==', 0);
}

/** Leaves in a thread whose table of descriptors is not to be reported, or was reported before. */
function leaveIfTableIsKnown({ loadMember, ...jumps }: Assembler, depth: WalkDepth): void {
  loadMember(4, 1, task, ['task_struct', 'pid']);
  loadMember(4, 2, task, ['task_struct', 'tgid']);
  if (depth === 'netstat') {
    jumps.leaveUnlessSame(1, 2);
    return;
  }
  // Before Linux 5.10 a shared table is visited again for each thread.
  jumps.unlessSame(1, 2, () => {
    loadMember(8, 1, task, ['task_struct', 'files']);
    loadMember(8, 2, task, ['task_struct', 'group_leader']);
    loadMember(8, 2, 2, ['task_struct', 'files']);
    jumps.leaveIfSame(1, 2);
  });
}

/** Reads the socket's inode into register 3, 0 for an anonymous file; leaves at any other file. */
function readInode({ loadMember, set, ...jumps }: Assembler, depth: WalkDepth): void {
  loadMember(8, 1, file, ['file', 'f_inode']);
  loadMember(8, 2, 1, ['inode', 'i_sb']);
  loadMember(8, 2, 2, ['super_block', 's_magic']);
  loadMember(8, 3, 1, ['inode', 'i_ino']);
  if (depth === 'netstat') {
    jumps.leaveIf(2, '!=', sockets);
    return;
  }
  jumps.unless(2, sockets, () => {
    jumps.leaveIf(2, '!=', anonymous);
    set(3, 0);
  });
}

/** Stores the inode in register 3, the descriptor, and no thread. */
function storeDescriptor({ load, store, set }: Assembler): void {
  store(8, 10, entry + record.inode, 3);
  load(4, 3, context, argument.fd);
  store(4, 10, entry + record.fd, 3);
  set(3, 0);
  store(8, 10, entry + record.tid, 3);
}

/** Stores the numbers of the process and, for `all`, of the thread. */
function storeNumbers(assembly: Assembler, depth: WalkDepth): void {
  if (depth === 'all') {
    assembly.copy(3, task);
    storeNumber(assembly, level, scratch, entry + record.tid);
  }
  assembly.loadMember(8, 3, task, ['task_struct', 'group_leader']);
  storeNumber(assembly, level, scratch, entry + record.pid);
}
