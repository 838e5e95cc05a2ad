import { describe, expect, it } from 'vitest';
import { fittedTo } from '../../../../src/sources/linux/bpf/fitting.ts';
import { record } from '../../../../src/sources/linux/bpf/program-parts.ts';
import { tableProgram } from '../../../../src/sources/linux/bpf/table-program.ts';
import { bitsAndMarks, wantedBits } from '../../../../src/sources/linux/bpf/wanted-bits.ts';
import { madeUpKernel, writeNumbers } from './made-up-kernel.ts';
import { machineMemory, runProgram, seqFile } from './run-program.ts';

const kernel = madeUpKernel({
  ...{ 'task_struct.pid': 2500, 'task_struct.tgid': 2504, 'task_struct.thread_pid': 2600 },
  ...{ 'task_struct.files': 2700, 'files_struct.fdt': 32, 'fdtable.max_fds': 4, 'fdtable.fd': 8 },
  ...{ 'file.f_inode': 32, 'inode.i_sb': 40, 'inode.i_ino': 64, 'super_block.s_magic': 96 },
});
const { place } = kernel;
const map = 9;
const value = 0x5000_0000;

/** A process: for each descriptor the inode of its file, and whether that is marked; null: not open. */
interface Visited {
  readonly pid?: number;
  readonly tid?: number;
  readonly level?: number;
  readonly table?: readonly (readonly [inode: number, isMarked?: boolean] | null)[];
  readonly wanted?: readonly number[];
  readonly size?: number;
  /** `task`: as in the final call; `files`: the process has no table any more. */
  /** Of the file system that all files are on. */
  readonly magic?: number;
  readonly without?: 'task' | 'files';
}

function recordsOf(visited: Visited) {
  const { pid = 40, tid = pid, level = 0, table = [], wanted = [77], without } = visited;
  const memory = machineMemory();
  const { write } = memory;
  const [context, meta, task, reader] = [0x100, 0x200, 0x1_0000, 0x3_0000];
  const [files, fdt, list, superBlock] = [0x5_0000, 0x6_0000, 0x7_0000, 0x8_0000];
  write(superBlock + place('super_block.s_magic'), 8, visited.magic ?? 0x534f434b);
  write(context, 8, meta);
  write(context + 8, 8, without === 'task' ? 0 : task);
  write(meta, 8, seqFile);
  write(task + place('task_struct.pid'), 4, tid);
  write(task + place('task_struct.tgid'), 4, pid);
  write(task + place('task_struct.files'), 8, without === 'files' ? 0 : files);
  writeNumbers(memory, kernel, task, tid, 3);
  writeNumbers(memory, kernel, reader, 8, level);
  memory.current = reader;
  write(files + place('files_struct.fdt'), 8, fdt);
  write(fdt + place('fdtable.max_fds'), 4, visited.size ?? table.length);
  write(fdt + place('fdtable.fd'), 8, list);
  const shared = bitsAndMarks(wanted);
  for (const [fd, open] of table.entries()) {
    const file = 0x100_0000 + fd * 0x1_0040;
    write(list + fd * 8, 8, open === null ? 0 : file);
    if (open === null) continue;
    const [inode, isMarked = true] = open;
    write(file + place('file.f_inode'), 8, file + 0x100);
    write(file + 0x100 + place('inode.i_ino'), 8, inode);
    write(file + 0x100 + place('inode.i_sb'), 8, superBlock);
    if (isMarked) shared[wantedBits.bytes + ((file / 64) & 0xffff)] = 1;
  }
  memory.maps.set(map, value);
  for (const [at, byte] of shared.entries()) memory.bytes.set(value + at, byte);
  const written = runProgram(fittedTo(tableProgram(map), kernel.layout), context, memory);
  expect(memory.answer).toBe(0n);
  return written.map((bytes) => {
    expect(bytes).toHaveLength(record.size);
    return [
      bytes.readUInt32LE(record.pid),
      Number(bytes.readBigUInt64LE(record.inode)),
      bytes.readUInt32LE(record.fd),
      bytes.readUInt32LE(record.tid),
    ];
  });
}

describe('the program for tables of descriptors', () => {
  it('writes a record of each marked file of a wanted socket, by descriptor', () => {
    const table = [null, [5], [77], null, [9, false], [77]] as const;
    expect(recordsOf({ table })).toEqual([
      [40, 77, 2, 0],
      [40, 77, 5, 0],
    ]);
  });

  it('looks at nothing behind a file without a mark', () => {
    expect(recordsOf({ table: [[77, false]] })).toEqual([]);
  });

  it('takes no file of another file system for a socket, whatever number that has', () => {
    expect(recordsOf({ table: [[77]], magic: 0x0102_1994 })).toEqual([]);
  });

  it('reports inodes that need more than 32 bits', () => {
    const inode = 2 ** 40 + 77;
    expect(recordsOf({ table: [[inode]], wanted: [inode] })).toEqual([[40, inode, 0, 0]]);
  });

  it.each([0, 1, 2])('reports the numbers of the namespace that it is read in: %d', (level) => {
    expect(recordsOf({ table: [[77]], level })).toEqual([[40 + 1000 * level, 77, 0, 0]]);
  });

  it('passes over threads, whose tables netstat does not see', () => {
    expect(recordsOf({ table: [[77]], tid: 43 })).toEqual([]);
  });

  it.each(['task', 'files'] as const)('writes nothing where there is no %s', (without) => {
    expect(recordsOf({ table: [[77]], without })).toEqual([]);
  });

  it('writes nothing of a table in which nothing is open', () => {
    expect(recordsOf({ table: [] })).toEqual([]);
    expect(recordsOf({ table: [null, null] })).toEqual([]);
  });

  it('says by a record without a process that a table is too large for it', () => {
    expect(recordsOf({ table: [[77]], size: 2 ** 23 + 1 })).toEqual([[0, 0, 0, 0]]);
  });
});
