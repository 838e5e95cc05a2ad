import type { WalkDepth } from '../owners/socket-descriptors.ts';
import { type Assembler, assembler, type Member, type Program } from './instructions.ts';
import type { Structures } from './own-types.ts';

/** The kernel calls this for each descriptor of each process (kernel/bpf/task_iter.c, since Linux 5.8). */
export const visitedBy = 'bpf_iter_task_file';

/** The kernel structures that the program reads. */
export const structures: Structures = {
  upid: { nr: 'int' },
  pid: { level: 'unsigned int', numbers: { each: 'upid' } },
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

/** The helper functions used here are available only to GPL-compatible programs, which this one is. */
export const license = 'Dual MIT/GPL';

/** <linux/magic.h>: the file systems of sockets, and of anonymous files (io_uring, epoll and others). */
const fileSystem = { sockets: 0x534f434b, anonymous: 0x09041934 } as const;

/** <linux/bpf.h> */
const helper = { currentTask: 35, readKernel: 113, writeOut: 127 } as const;

/** Offsets of the arguments that the kernel passes to the program. */
const argument = { meta: 0, task: 8, fd: 16, file: 24 } as const;
/** Offset of the output file in the first one, `struct bpf_iter_meta`. */
const seq = 0;

/**
 * The layout of a record: a socket's inode (0: an anonymous file, such as an io_uring), the descriptor, the process,
 * and the thread whose table it is in.
 */
export const record = { inode: 0, fd: 8, pid: 12, tid: 16, size: 24 } as const;

/**
 * A bitmap of the wanted sockets, indexed by the lowest bits of the inode. Others with the same bits are reported too.
 */
export const wantedBits = { inodeBits: 16, bytes: 2 ** 16 / 8 } as const;

/** Returns a bitmap of these inodes; for `all` including 0, which stands for anonymous files. */
export function bitsOf(inodes: Iterable<number>, depth: WalkDepth): Buffer {
  const bits = Buffer.alloc(wantedBits.bytes);
  if (depth === 'all') bits[0] = 1;
  for (const inode of inodes) {
    const low = inode % 2 ** wantedBits.inodeBits;
    bits[low >> 3] = (bits[low >> 3] as number) | (1 << (low & 7));
  }
  return bits;
}

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
  readLevel(assembly);
  storeNumbers(assembly, depth);
  writeRecord(assembly);
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
    jumps.leaveIf(2, '!=', fileSystem.sockets);
    return;
  }
  jumps.unless(2, fileSystem.sockets, () => {
    jumps.leaveIf(2, '!=', fileSystem.anonymous);
    set(3, 0);
  });
}

/** Leaves unless the bit of the inode in register 3 is set. */
function leaveUnlessWanted(assembly: Assembler, wanted: number): void {
  const { add, copy, load, keepBits } = assembly;
  assembly.addressOfValue(1, wanted);
  copy(2, 3);
  keepBits(2, 2 ** wantedBits.inodeBits - 1);
  copy(4, 2);
  assembly.shiftRightBy(4, 3);
  add(1, 4);
  load(1, 4, 1, 0);
  keepBits(2, 7);
  assembly.shiftRight(4, 2);
  keepBits(4, 1);
  assembly.leaveIf(4, '==', 0);
}

/** Stores the inode in register 3, the descriptor, and no thread. */
function storeDescriptor({ load, store, set }: Assembler): void {
  store(8, 10, entry + record.inode, 3);
  load(4, 3, context, argument.fd);
  store(4, 10, entry + record.fd, 3);
  set(3, 0);
  store(8, 10, entry + record.tid, 3);
}

/** Reads the nesting level of the reader's PID namespace. */
function readLevel(assembly: Assembler): void {
  const { load, copy, addPlaceOf } = assembly;
  assembly.call(helper.currentTask);
  copy(3, 0);
  addPlaceOf(3, ['task_struct', 'thread_pid']);
  readKernel(assembly, 8, scratch);
  load(8, 3, 10, scratch);
  addPlaceOf(3, ['pid', 'level']);
  readKernel(assembly, 4, scratch);
  load(4, level, 10, scratch);
}

/** Stores the numbers of the process and, for `all`, of the thread. */
function storeNumbers(assembly: Assembler, depth: WalkDepth): void {
  if (depth === 'all') {
    assembly.copy(3, task);
    storeNumber(assembly, entry + record.tid);
  }
  assembly.loadMember(8, 3, task, ['task_struct', 'group_leader']);
  storeNumber(assembly, entry + record.pid);
}

/** Stores the PID or TID of the task whose address is in register 3. */
function storeNumber(assembly: Assembler, to: number): void {
  const { load, copy, add, addPlaceOf } = assembly;
  addPlaceOf(3, ['task_struct', 'thread_pid']);
  readKernel(assembly, 8, scratch);
  load(8, 3, 10, scratch);
  copy(1, level);
  assembly.multiplyBySizeOf(1, 'upid');
  add(3, 1);
  addPlaceOf(3, ['pid', 'numbers']);
  addPlaceOf(3, ['upid', 'nr']);
  readKernel(assembly, 4, to);
}

/** Reads bytes from the address in register 3 into the stack. */
function readKernel({ copy, addNumber, set, call }: Assembler, size: 4 | 8, to: number): void {
  copy(1, 10);
  addNumber(1, to);
  set(2, size);
  call(helper.readKernel);
}

/** Writes the record to the output file. */
function writeRecord({ load, copy, addNumber, set, call }: Assembler): void {
  load(8, 1, context, argument.meta);
  load(8, 1, 1, seq);
  copy(2, 10);
  addNumber(2, entry);
  set(3, record.size);
  call(helper.writeOut);
}
