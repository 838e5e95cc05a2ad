import { openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { Bpf } from '../../../../src/sources/linux/bpf/bpf.ts';
import { allToBeFitted } from '../../../../src/sources/linux/bpf/fitting.ts';
import type { Kernel } from '../../../../src/sources/linux/bpf/kernel.ts';
import { markingProgram } from '../../../../src/sources/linux/bpf/marking-program.ts';
import { ownersAtOnce } from '../../../../src/sources/linux/bpf/owners-at-once.ts';
import { structures } from '../../../../src/sources/linux/bpf/owners-of-listed.ts';
import { license, record } from '../../../../src/sources/linux/bpf/program-parts.ts';
import { tableProgram } from '../../../../src/sources/linux/bpf/table-program.ts';
import { bitsAndMarks, bitsOf } from '../../../../src/sources/linux/bpf/wanted-bits.ts';
import { inLists, type SocketList } from '../../../../src/sources/linux/owners/wanted-sockets.ts';
import { isOpen } from '../support/is-open.ts';
import { withFile } from '../support/temporary-file.ts';

const ids: Readonly<Record<string, number>> = {
  ...{ bpf_iter_tcp: 1, bpf_iter_udp: 2, bpf_iter_unix: 3, bpf_iter_task: 4 },
  bpf_iter_task_file: 5,
};
const kernel: Kernel = {
  functionId: (_, name) => ids[name] as number,
  layout: () => null,
};

function inodes(list: readonly number[]): Buffer {
  return Buffer.from(new BigUint64Array(list.map(BigInt)).buffer);
}

function records(rows: readonly (readonly [pid: number, inode: number, fd: number])[]): Buffer {
  return Buffer.concat(
    rows.map(([pid, inode, fd]) => {
      const bytes = Buffer.alloc(record.size);
      bytes.writeBigUInt64LE(BigInt(inode), record.inode);
      bytes.writeInt32LE(fd, record.fd);
      bytes.writeInt32LE(pid, record.pid);
      return bytes;
    }),
  );
}

/** What each program writes, by the function that it is run as; a number: the kernel refuses it. */
type Answers = Readonly<Record<number, Buffer | number>>;

/** What comes of asking for some sockets, with the programs that were run, in order. Nothing is left open. */
async function ask(
  answers: Answers,
  wanted: readonly number[],
  lists: readonly SocketList[] = ['tcp', 'udp'],
  depth: 'netstat' | 'all' = 'netstat',
) {
  const given: number[] = [];
  const programs: Parameters<Bpf['iterate']>[] = [];
  const shared: Buffer[] = [];
  const asked = async (paths: readonly string[]) => {
    const opened = (path: string) => given[given.push(openSync(path, 'r')) - 1] as number;
    const bpf: Bpf = {
      share(bytes) {
        shared.push(Buffer.from(bytes));
        return opened(tmpdir());
      },
      answerOf: () => -1,
      iterate(...all) {
        programs.push(all);
        const [, id] = all;
        return typeof answers[id] === 'number' ? answers[id] : opened(paths[id] as string);
      },
    };
    const held = await ownersAtOnce(depth, inLists(wanted, new Set(lists)), {}, bpf, kernel);
    const rows = held && Array.from({ length: held.sockets.length }, (_, at) => [held.sockets.pids[at], held.sockets.inodes[at], held.sockets.fds[at]]); // biome-ignore format: one
    expect(given.filter(isOpen)).toEqual([]);
    return { rows, ran: programs.map(([, id]) => id), programs, shared, given };
  };
  const within = (id: number, paths: readonly string[]): ReturnType<typeof asked> =>
    id > 5
      ? asked(paths)
      : withFile(Buffer.isBuffer(answers[id]) ? answers[id] : Buffer.alloc(0), (path) =>
          within(id + 1, [...paths, path]),
        );
  return within(1, ['']);
}

describe('owners of listed sockets', () => {
  const all: Answers = {
    1: inodes([10, 20]),
    2: inodes([30]),
    4: records([[5, 10, 3], [5, 30, 4], [7, 20, 9]]), // biome-ignore format: a row
  };

  it('are found by the files that are marked, list by list', async () => {
    const { rows, ran, programs, shared, given } = await ask(all, [10, 20, 30]);
    expect(rows).toEqual([[5, 10, 3], [5, 30, 4], [7, 20, 9]]); // biome-ignore format: a row
    expect(ran).toEqual([1, 2, 4]);
    const map = given[0] as number;
    const fitting = allToBeFitted(
      [markingProgram('tcp', map), markingProgram('udp', map), tableProgram(map)],
      structures,
    );
    expect(programs).toEqual(fitting.map((one, at) => [one, [1, 2, 4][at], license]));
    expect(shared.map((bytes) => bytes.equals(bitsAndMarks([10, 20, 30])))).toEqual([true]);
  });

  it('need no list that none of them is in', async () => {
    expect((await ask({ ...all, 3: inodes([40]) }, [40], ['unix'])).ran).toEqual([3, 4]);
  });

  it('may be more than the kernel returns at once, among others with the same bits', async () => {
    const wanted = Array.from({ length: 1300 }, (_, at) => 70_000 + at);
    const others = [1, 2, 3].flatMap((one) => wanted.map((inode) => inode + one * 65_536));
    const answers = { 1: inodes([...others, ...wanted]), 4: records([[5, 70_001, 3]]) };
    expect((await ask(answers, wanted, ['tcp'])).rows).toEqual([[5, 70_001, 3]]);
  });

  const instead = { 5: records([[8, 10, 6]]) };

  it.each<[string, Answers]>([
    ['one is not listed any more', { ...all, 2: inodes([]) }],
    ['the kernel refuses to go through a list', { ...all, 2: -22 }],
    ['it refuses to go through the tables', { ...all, 4: -22 }],
    ['a table is too large', { ...all, 4: records([[0, 0, 0]]) }],
  ])('are found by looking at each open file where %s', async (_, answers) => {
    const { rows, ran, shared } = await ask({ ...answers, ...instead }, [10, 20, 30]);
    expect(rows).toEqual([[8, 10, 6]]);
    expect(ran.at(-1)).toBe(5);
    expect(shared[1]).toEqual(bitsOf([10, 20, 30], 'netstat'));
  });

  it('are looked for in each open file if so many may be in one process that a read has no room', async () => {
    const wanted = Array.from({ length: 1366 }, (_, at) => at + 1);
    expect((await ask({ ...all, ...instead }, wanted, ['tcp'])).ran).toEqual([5]);
  });

  it('are looked for in each open file if threads and rings matter', async () => {
    expect((await ask({ ...all, ...instead }, [10], ['tcp'], 'all')).ran).toEqual([5]);
  });
});

it('the structures have the members that the programs have gaps for, and no others', () => {
  const named = Object.entries(structures).flatMap(([struct, members]) =>
    Object.keys(members).map((member) => `${struct}.${member}`),
  );
  const programs = [...(['tcp', 'udp', 'unix'] as const).map((list) => markingProgram(list, 1)), tableProgram(1)]; // biome-ignore format: one
  const gaps = programs.flatMap((program) => program.gaps);
  const read = gaps.flatMap(({ struct, member }) => (member === null ? [] : [`${struct}.${member}`])); // biome-ignore format: one
  expect([...new Set(read)].sort()).toEqual(named.sort());
});
