import type { Assembler, Member, Register } from './instructions.ts';
import type { Structures } from './own-types.ts';

/** The helper functions used here are available only to GPL-compatible programs, which these are. */
export const license = 'Dual MIT/GPL';

/** <linux/bpf.h> */
const helper = { currentTask: 35, readKernel: 113, writeOut: 127, loop: 181 } as const;

/** Offset of the first argument of every iterator, `struct bpf_iter_meta`, and of the output file in it. */
const [meta, seq] = [0, 0];

/**
 * The layout of a record: a socket's inode (0: an anonymous file, such as an io_uring), the descriptor, the process,
 * and the thread whose table it is in.
 */
export const record = { inode: 0, fd: 8, pid: 12, tid: 16, size: 24 } as const;

/** <linux/magic.h>: the file system of sockets. */
export const sockets = 0x534f434b;

/** The kernel structures that a task's numbers are in; `task_struct` needs the member `thread_pid` too. */
export const numbersOf = {
  upid: { nr: 'int' },
  pid: { level: 'unsigned int', numbers: { each: 'upid' } },
} as const satisfies Structures;

/** Reads the nesting level of the reader's PID namespace. `scratch`: eight bytes on the stack. */
export function readLevel(assembly: Assembler, level: Register, scratch: number): void {
  assembly.call(helper.currentTask);
  assembly.copy(3, 0);
  follow(assembly, 8, ['task_struct', 'thread_pid'], scratch);
  follow(assembly, 4, ['pid', 'level'], scratch);
  assembly.copy(level, 3);
}

/** Stores the PID or TID, at this level, of the task whose address is in register 3. */
export function storeNumber(
  assembly: Assembler,
  level: Register,
  scratch: number,
  to: number,
): void {
  const { copy, add, addPlaceOf } = assembly;
  follow(assembly, 8, ['task_struct', 'thread_pid'], scratch);
  copy(1, level);
  assembly.multiplyBySizeOf(1, 'upid');
  add(3, 1);
  addPlaceOf(3, ['pid', 'numbers']);
  addPlaceOf(3, ['upid', 'nr']);
  readKernel(assembly, 4, to);
}

/** Replaces the address in register 3 by the value of a member there; by 0 if it cannot be read. */
export function follow(
  assembly: Assembler,
  size: 1 | 4 | 8,
  member: Member,
  scratch: number,
): void {
  assembly.addPlaceOf(3, member);
  readKernel(assembly, size, scratch);
  assembly.load(size, 3, 10, scratch);
}

/** Reads bytes from the address in register 3 into the stack; zeros if they cannot be read. */
export function readKernel(
  { copy, addNumber, set, call }: Assembler,
  size: 1 | 4 | 8,
  to: number,
): void {
  copy(1, 10);
  addNumber(1, to);
  set(2, size);
  call(helper.readKernel);
}

/** Writes so many bytes of the stack to the output file of the iterator whose context is in a register. */
export function writeOut(
  { load, copy, addNumber, set, call }: Assembler,
  context: Register,
  from: number,
  size: number,
): void {
  load(8, 1, context, meta);
  load(8, 1, 1, seq);
  copy(2, 10);
  addNumber(2, from);
  set(3, size);
  call(helper.writeOut);
}

/**
 * Calls the next function for 0 and up to the number in register 1, with the address of `shared` on the stack. Register
 * 0 is negative if that is too often.
 */
export function loop(
  { addressOfNext, copy, addNumber, set, call }: Assembler,
  shared: number,
): void {
  addressOfNext(2);
  copy(3, 10);
  addNumber(3, shared);
  // No flags.
  set(4, 0);
  call(helper.loop);
}
