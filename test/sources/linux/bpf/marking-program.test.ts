import { describe, expect, it } from 'vitest';
import { fittedTo } from '../../../../src/sources/linux/bpf/fitting.ts';
import { markingProgram } from '../../../../src/sources/linux/bpf/marking-program.ts';
import { bitsAndMarks, wantedBits } from '../../../../src/sources/linux/bpf/wanted-bits.ts';
import { madeUpKernel } from './made-up-kernel.ts';
import { machineMemory, runProgram, seqFile } from './run-program.ts';

const kernel = madeUpKernel({
  ...{ 'sock_common.skc_state': 18, 'sock.sk_socket': 600, 'socket.file': 16 },
  ...{ 'socket_alloc.vfs_inode': 128, 'inode.i_ino': 64 },
});
const map = 9;
const value = 0x50_0000;
const lists = ['tcp', 'udp', 'unix'] as const;
/** <net/tcp_states.h>, as far as a socket can be in them. */
const states = { established: 1, timeWait: 6, closed: 7, listening: 10, synReceived: 12 };

interface Visited {
  readonly inode?: number;
  readonly state?: number;
  readonly wanted?: readonly number[];
  readonly fileAt?: number;
  /** `socket`: as in the final call; `file`: it has none; `behind`: nothing is behind it. */
  readonly without?: 'socket' | 'file' | 'behind';
}

/** What comes of one socket: inodes that were written, marks that were set, the answer. */
function visit(list: (typeof lists)[number], visited: Visited) {
  const { inode = 77, state = states.listening, wanted = [77], fileAt = 0x12_3440 } = visited;
  const memory = machineMemory();
  const { write } = memory;
  const [context, meta, sock, socket] = [0x100, 0x200, 0x1000, 0x2000];
  write(context, 8, meta);
  write(context + 8, 8, visited.without === 'socket' ? 0 : sock);
  write(meta, 8, seqFile);
  write(sock + 18, 1, state);
  write(sock + 600, 8, visited.without === 'behind' ? 0 : socket);
  write(socket + 16, 8, visited.without === 'file' ? 0 : fileAt);
  write(socket + 128 + 64, 8, inode);
  const shared = bitsAndMarks(wanted);
  memory.maps.set(map, value);
  memory.writable.set(value + wantedBits.bytes, value + shared.length);
  for (const [at, byte] of shared.entries()) memory.bytes.set(value + at, byte);
  const written = runProgram(fittedTo(markingProgram(list, map), kernel.layout), context, memory);
  const marks = Array.from({ length: 65_536 }, (_, at) => at).filter(
    (at) => memory.bytes.get(value + wantedBits.bytes + at) !== 0,
  );
  return {
    inodes: written.map((bytes) => Number(bytes.readBigUInt64LE())),
    marks,
    answer: Number(memory.answer),
  };
}

const nothing = { inodes: [], marks: [], answer: 0 };

describe.each(lists)('the program for a list: %s', (list) => {
  it('marks the file of a wanted socket by its address, and writes the inode', () => {
    // 0x123440, without its lowest six bits.
    expect(visit(list, {})).toEqual({ inodes: [77], marks: [0x12_3440 / 64], answer: 0 });
  });

  it.each([
    [0xff_ffc0, 0xffff],
    [2 ** 46 + 0x40, 1],
    [2 ** 46, 0],
  ])('marks by the lowest bits of an address: %d', (fileAt, mark) => {
    expect(visit(list, { fileAt }).marks).toEqual([mark]);
  });

  it('passes over others', () => {
    expect(visit(list, { inode: 78 })).toEqual(nothing);
    expect(visit(list, { wanted: [] })).toEqual(nothing);
  });

  it('writes whole inodes, and those of others with the same lowest bits', () => {
    const inode = 2 ** 40 + 77;
    expect(visit(list, { inode })).toMatchObject({ inodes: [inode] });
  });

  it.each(['socket', 'behind'] as const)('writes nothing where there is no %s', (without) => {
    expect(visit(list, { without })).toEqual(nothing);
  });
});

describe('a socket that does not listen', () => {
  it.each(Object.entries(states))('ends the program for TCP: %s', (name, state) => {
    const ends = name !== 'listening';
    expect(visit('tcp', { state }).answer).toBe(ends ? 1 : 0);
    expect(visit('tcp', { state }).inodes).toEqual(ends ? [] : [77]);
  });

  it.each(['udp', 'unix'] as const)('is like any other for %s', (list) => {
    expect(visit(list, { state: states.closed }).inodes).toEqual([77]);
  });
});

describe('a socket without an open file', () => {
  it('of UDP is the kernel’s own: it was found, and nothing is marked', () => {
    expect(visit('udp', { without: 'file' })).toEqual({ inodes: [77], marks: [], answer: 0 });
  });

  it.each(['tcp', 'unix'] as const)(
    'of another list may be one’s whose file is elsewhere: %s',
    (list) => {
      expect(visit(list, { without: 'file' })).toEqual(nothing);
    },
  );
});
