import { describe, expect, it } from 'vitest';
import { fittedTo } from '../../../../src/sources/linux/bpf/fitting.ts';
import { membersToKnow, ownerProgram } from '../../../../src/sources/linux/bpf/owner-program.ts';
import { record } from '../../../../src/sources/linux/bpf/program-parts.ts';
import { bitsOf } from '../../../../src/sources/linux/bpf/wanted-bits.ts';
import { madeUpKernel, writeNumbers } from './made-up-kernel.ts';
import { machineMemory, runProgram, seqFile } from './run-program.ts';

const kernel = madeUpKernel({
  ...{ 'file.f_inode': 32, 'inode.i_sb': 40, 'inode.i_ino': 64, 'super_block.s_magic': 96 },
  ...{ 'task_struct.pid': 2500, 'task_struct.tgid': 2504, 'task_struct.group_leader': 2568 },
  ...{ 'task_struct.thread_pid': 2600, 'task_struct.files': 2700 },
});
const { layout, place } = kernel;
const map = 9;
const depths = ['netstat', 'all'] as const;

const magic = { sockets: 0x534f434b, anonymous: 0x09041934, ext4: 0xef53 };

/** What it is run for. */
interface Visited {
  readonly magic?: number;
  readonly inode?: number;
  readonly fd?: number;
  /** As the first namespace has them. */
  readonly pid?: number;
  readonly tid?: number;
  /** A thread has its process's table. */
  readonly isShared?: boolean;
  /** How deep the reader's namespace is. */
  readonly level?: number;
  readonly wanted?: readonly number[] | null;
  /** `task`, `file`: there is none, as at the very end. */
  readonly without?: 'task' | 'file';
}

/** The records that the program writes of a descriptor. In a namespace of level N numbers are 1000 * N higher. */
function recordsOf(depth: (typeof depths)[number], visited: Visited) {
  const { inode = 77, fd = 5, pid = 40, tid = pid, level = 0, wanted = null, without } = visited;
  const memory = machineMemory();
  const { write } = memory;
  const [context, meta, file, inodeAt, superBlock] = [0x100, 0x200, 0x1000, 0x2000, 0x3000];
  const [thread, leader, reader] = [0x1_0000, tid === pid ? 0x1_0000 : 0x2_0000, 0x3_0000];
  const task = (at: number, number: number, levels: number) => {
    write(at + place('task_struct.pid'), 4, number);
    write(at + place('task_struct.tgid'), 4, pid);
    write(at + place('task_struct.group_leader'), 8, leader);
    const table = visited.isShared ? leader : at;
    write(at + place('task_struct.files'), 8, table + 0x4000);
    writeNumbers(memory, kernel, at, number, levels);
  };
  task(leader, pid, 3);
  if (tid !== pid) task(thread, tid, 3);
  task(reader, 8, level);
  memory.current = reader;
  write(context, 8, meta);
  write(context + 8, 8, without === 'task' ? 0 : thread);
  write(context + 16, 4, fd);
  write(context + 24, 8, without === 'file' ? 0 : file);
  write(meta, 8, seqFile);
  write(file + place('file.f_inode'), 8, inodeAt);
  write(inodeAt + place('inode.i_sb'), 8, superBlock);
  write(inodeAt + place('inode.i_ino'), 8, inode);
  write(superBlock + place('super_block.s_magic'), 8, visited.magic ?? magic.sockets);
  if (wanted !== null) {
    memory.maps.set(map, 0x50_0000);
    for (const [at, byte] of bitsOf(wanted, depth).entries())
      memory.bytes.set(0x50_0000 + at, byte);
  }
  const program = fittedTo(ownerProgram(depth, wanted === null ? null : map), layout);
  return runProgram(program, context, memory).map((bytes) => {
    expect(bytes).toHaveLength(record.size);
    return {
      inode: Number(bytes.readBigUInt64LE(record.inode)),
      fd: bytes.readUInt32LE(record.fd),
      pid: bytes.readUInt32LE(record.pid),
      tid: bytes.readUInt32LE(record.tid),
    };
  });
}

describe.each(depths)('the program for %s', (depth) => {
  /** Each process's own table needs no thread's number. */
  const tidOf = (tid: number) => (depth === 'all' ? tid : 0);

  it('writes a record of a socket: inode, descriptor, process', () => {
    expect(recordsOf(depth, {})).toEqual([{ inode: 77, fd: 5, pid: 40, tid: tidOf(40) }]);
  });

  it('reports inodes that need more than 32 bits, and high descriptors', () => {
    const inode = 2 ** 40 + 3;
    expect(recordsOf(depth, { inode, fd: 1_048_575 })).toMatchObject([{ inode, fd: 1_048_575 }]);
  });

  it.each([0, 1, 2])('reports the numbers of the namespace that it is read in: %d', (level) => {
    const pid = 40 + 1000 * level;
    expect(recordsOf(depth, { level })).toMatchObject([{ pid, tid: tidOf(pid) }]);
  });

  it('writes nothing of a file that is on a file system', () => {
    expect(recordsOf(depth, { magic: magic.ext4 })).toEqual([]);
  });

  it.each(['task', 'file'] as const)('writes nothing at the very end: no %s', (without) => {
    expect(recordsOf(depth, { without })).toEqual([]);
  });

  it.each([
    [77, [77], true],
    [77, [78], false],
    [77, [], false],
    [0x10000, [0x10000], true],
    [0x1ffff, [0x1ffff], true],
    [0x1ffff, [0x1fffe], false],
    [2 ** 40 + 9, [2 ** 40 + 9], true],
    // Another one of the same bit comes too.
    [2 ** 40 + 9, [9], true],
  ])('of the socket %d, where %j are wanted, writes: %j', (inode, wanted, isTold) => {
    expect(recordsOf(depth, { inode, wanted })).toHaveLength(isTold ? 1 : 0);
    expect(recordsOf(depth, { inode, wanted: null })).toHaveLength(1);
  });

  it.each([null, map])('stays within itself and ends with its answer (wanted: %j)', (wanted) => {
    const program = fittedTo(ownerProgram(depth, wanted), layout);
    const count = program.length / 8;
    const second = new Set<number>();
    let jumps = 0;
    for (let at = 0; at < count; at++) {
      const opcode = program[at * 8] as number;
      if (opcode === 0x18) second.add(++at);
      if (![0x15, 0x1d, 0x55, 0x5d].includes(opcode)) continue;
      jumps++;
      const to = at + 1 + program.readInt16LE(at * 8 + 2);
      expect(to).toBeGreaterThan(at + 1);
      expect(to).toBeLessThanOrEqual(count - 2);
      expect(second).not.toContain(to);
    }
    expect(jumps).toBeGreaterThan(2);
    expect(program.toString('hex', program.length - 16)).toBe('b7000000000000009500000000000000');
    // What the kernel takes of a user without CAP_SYS_ADMIN.
    expect(count).toBeLessThan(4096);
  });
});

describe('a thread that has a table of its own', () => {
  const thread = { pid: 40, tid: 43 };

  it('is passed over by the program for netstat, which looks at processes', () => {
    expect(recordsOf('netstat', thread)).toEqual([]);
  });

  it.each([0, 2])('is reported with its own number and its process’s by the other: %d', (level) => {
    const [pid, tid] = [40 + 1000 * level, 43 + 1000 * level];
    expect(recordsOf('all', { ...thread, level })).toEqual([{ inode: 77, fd: 5, pid, tid }]);
  });
});

it.each(depths)(
  'a thread that shares its table is not reported beside its process: %s',
  (depth) => {
    expect(recordsOf(depth, { pid: 40, tid: 43, isShared: true })).toEqual([]);
  },
);

describe('a file of no file system, such as an io_uring', () => {
  const ring = { magic: magic.anonymous, inode: 1063 };

  it('is reported with the inode 0 if all inodes that processes hold are wanted', () => {
    expect(recordsOf('all', ring)).toEqual([{ inode: 0, fd: 5, pid: 40, tid: 40 }]);
  });

  it('is reported if some are wanted too', () => {
    expect(recordsOf('all', { ...ring, wanted: [77] })).toMatchObject([{ inode: 0, fd: 5 }]);
  });

  it('is not shown to netstat', () => {
    expect(recordsOf('netstat', ring)).toEqual([]);
  });
});

it('the members to know are those that the programs have gaps for', () => {
  const known = kernel.members;
  expect(membersToKnow.map((member) => member.join('.')).sort()).toEqual(known);
  const gaps = depths.flatMap((depth) => ownerProgram(depth, null).gaps);
  const members = gaps.flatMap(({ struct, member }) => member === null ? [] : [`${struct}.${member}`]); // biome-ignore format: one
  expect([...new Set(members)].sort()).toEqual(known);
});
