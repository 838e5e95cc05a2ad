import { assembler, inSequence, type Program } from './instructions.ts';
import {
  follow,
  loop,
  readKernel,
  readLevel,
  record,
  sockets,
  storeNumber,
  writeOut,
} from './program-parts.ts';
import { addressOfMark, leaveUnlessWanted } from './wanted-bits.ts';

/** The kernel calls this for each process and thread (kernel/bpf/task_iter.c, since Linux 5.8). */
export const tasksBy = 'bpf_iter_task';

/** Offset of the kernel's argument, the task. */
const argument = 8;

/** -E2BIG, of bpf_loop: a table of more than 2^23 descriptors. */
const tooMany = -7;

/** What the loop is given, on the stack of the program: the context, the process, and its table of descriptors. */
const shared = { context: 0, table: 8, pid: 16, size: 24 } as const;
const given = -shared.size;
const scratch = given - 8;
const [task, level] = [7, 9] as const;

/**
 * A program that writes a record for every wanted socket in the descriptor table of each process (`record`, without a
 * thread), and needs no memory of files without a mark (kernel: bpf_loop, since Linux 5.17). A table that is too large
 * for it gives a record without a process. `wanted`: the descriptor of the map in which the files are marked.
 */
export function tableProgram(wanted: number): Program {
  return inSequence([processProgram(), descriptorFunction(wanted)]);
}

function processProgram(): Program {
  const assembly = assembler();
  const { copy, load, loadMember, store, leaveIf } = assembly;
  const context = 6;
  copy(context, 1);
  load(8, task, context, argument);
  // Null in the final call.
  leaveIf(task, '==', 0);
  loadMember(4, 1, task, ['task_struct', 'pid']);
  loadMember(4, 2, task, ['task_struct', 'tgid']);
  assembly.leaveUnlessSame(1, 2);
  copy(3, task);
  follow(assembly, 8, ['task_struct', 'files'], scratch);
  // A process that ends has none, nor has a thread of the kernel.
  leaveIf(3, '==', 0);
  follow(assembly, 8, ['files_struct', 'fdt'], scratch);
  copy(8, 3);
  follow(assembly, 8, ['fdtable', 'fd'], scratch);
  store(8, 10, given + shared.table, 3);
  store(8, 10, given + shared.context, context);
  readLevel(assembly, level, scratch);
  copy(3, task);
  storeNumber(assembly, level, scratch, given + shared.pid);
  copy(3, 8);
  follow(assembly, 4, ['fdtable', 'max_fds'], scratch);
  copy(1, 3);
  loop(assembly, given);
  assembly.leaveIf(0, '!=', tooMany);
  for (let at = 0; at < record.size; at += 8) {
    assembly.set(1, 0);
    store(8, 10, given + at, 1);
  }
  writeOut(assembly, context, given, record.size);
  return assembly.finish(0);
}

/** Looks at one descriptor: register 1 is its number, 2 the address of what is shared. */
function descriptorFunction(wanted: number): Program {
  const assembly = assembler();
  const { copy, load, store, set } = assembly;
  const entry = -record.size;
  const scratch = entry - 8;
  const [given, fd, file, inode] = [6, 7, 8, 9] as const;
  copy(fd, 1);
  copy(given, 2);
  assembly.shiftLeftBy(1, 3);
  load(8, 3, given, shared.table);
  assembly.add(3, 1);
  readKernel(assembly, 8, scratch);
  load(8, file, 10, scratch);
  assembly.leaveIf(file, '==', 0);
  addressOfMark(assembly, 1, file, wanted);
  load(1, 1, 1, 0);
  assembly.leaveIf(1, '==', 0);
  copy(3, file);
  follow(assembly, 8, ['file', 'f_inode'], scratch);
  copy(inode, 3);
  // Any file may have a mark by its address, and on another file system the number of a socket.
  follow(assembly, 8, ['inode', 'i_sb'], scratch);
  follow(assembly, 8, ['super_block', 's_magic'], scratch);
  assembly.leaveIf(3, '!=', sockets);
  copy(3, inode);
  follow(assembly, 8, ['inode', 'i_ino'], scratch);
  leaveUnlessWanted(assembly, wanted);
  store(8, 10, entry + record.inode, 3);
  store(4, 10, entry + record.fd, fd);
  load(4, 3, given, shared.pid);
  store(4, 10, entry + record.pid, 3);
  set(3, 0);
  store(8, 10, entry + record.tid, 3);
  load(8, file, given, shared.context);
  writeOut(assembly, file, entry, record.size);
  return assembly.finish(0);
}
