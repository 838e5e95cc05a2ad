import { describe, expect, it, vi } from 'vitest';
import { findFirstOwners } from '../../../../src/sources/linux/owners/find-first-owners.ts';
import { ownersAtOnceOf, telling } from '../support/fake-owners-at-once.ts';
import { type FakeProcess, fakeProc } from '../support/fake-proc.ts';

// Threads would look into the machine's own /proc: here none is to be had.
vi.mock('node:worker_threads', async () => {
  const { FailingWorker } = await import('../support/failing-worker.ts');
  return { Worker: FailingWorker };
});
vi.mock('node:os', () => ({ availableParallelism: () => 4 }));

/** A process that holds these sockets, and says that it has so many descriptors. */
const holding = (count: number | undefined, ...inodes: number[]): FakeProcess => ({
  fd: Object.fromEntries(inodes.map((inode, at) => [at + 3, `socket:[${inode}]`])),
  ...(count !== undefined && { count }),
});

const openFiles = (count: number): Record<string, string> => ({
  'sys/fs/file-nr': `${count}\t0\t9223372036854775807\n`,
});

/** 1 holds one of the two that are wanted, 4 and 6 the other; `counts`: of 2 to 4. */
const machine = (...counts: (number | undefined)[]) => ({
  isLive: true,
  files: openFiles(8000),
  processes: {
    1: holding(2, 10, 77),
    2: holding(counts[0], 30),
    3: holding(counts[1], 31),
    4: holding(counts[2], 32, 20),
    6: holding(2, 20, 10),
  },
});
const wanted = new Set([10, 20]);
const heldThree = ownersAtOnceOf([[1, 10, 3], [4, 20, 4], [6, 20, 3], [6, 65_546, 5]]); // biome-ignore format: a row
const answer = [[10, { pid: 1, fd: '3' }], [20, { pid: 4, fd: '4' }]]; // biome-ignore format: a row
const listed = (calls: readonly string[]) =>
  calls.filter((call) => call.startsWith('list')).map((call) => Number(call.slice(5)));

describe('findFirstOwners', () => {
  it.each<[string, (number | undefined)[], number]>([
    ['there are very many descriptors', [3, 9000, 3], 8000],
    ['processes that share their files have very many', [4000, 4000, 4000], 100],
    ['no process’s are counted, and very many files are open', [undefined, undefined, 3], 8193],
  ])('asks the kernel if %s, and looks at no process', async (_, counts, files) => {
    const proc = telling(fakeProc({ ...machine(...counts), files: openFiles(files) }), heldThree);
    const { owners } = await findFirstOwners(proc, wanted);
    expect(new Map(owners)).toEqual(new Map(answer as [number, object][]));
    expect(proc.asked).toEqual([['netstat', [10, 20]]]);
    expect(listed(proc.calls)).toEqual([]);
  });

  it('asks the kernel first if it adapts programs to itself, and inspects no process', async () => {
    const files = { ...machine().files, 'sys/kernel/osrelease': '6.1.0-13-amd64\n' };
    const proc = telling(fakeProc({ ...machine(3, 2500, 3), files }), heldThree);
    const { owners, unseen } = await findFirstOwners(proc, wanted);
    expect(new Map(owners)).toEqual(new Map(answer as [number, object][]));
    expect(unseen.denied).toBe(0);
    expect(proc.asked).toEqual([['netstat', [10, 20], 'fitting']]);
    expect(listed(proc.calls)).toEqual([]);
  });

  it('looks at one process after another where such a kernel refuses', async () => {
    const files = { ...machine().files, 'sys/kernel/osrelease': '6.1.0-13-amd64\n' };
    const proc = telling(fakeProc({ ...machine(3, 2500, 3), files }), null);
    expect([...(await findFirstOwners(proc, wanted)).owners]).toEqual(answer);
    expect(proc.asked).toEqual([['netstat', [10, 20], 'fitting']]);
    expect(listed(proc.calls)).toEqual([1, 2, 3, 4]);
  });

  it('asks the kernel, by each of its programs, also where that does not pay if its code is kept for others, and goes on', async () => {
    const proc = telling(fakeProc(machine(3, 3, 3)), ownersAtOnceOf([[2, 10, 3], [2, 20, 4]])); // biome-ignore format: a row
    const keeping = { ...proc, compilesForOthers: true };
    expect([...(await findFirstOwners(keeping, wanted)).owners]).toEqual(answer);
    const asked = ['netstat', [10, 20], 'fitting'];
    expect(proc.asked).toEqual([asked, asked]);
    expect(listed(proc.calls)).toEqual([1, 2, 3, 4]);
  });

  it('takes the lowest process of those that the kernel reports, in whatever order', async () => {
    const rows = [[6, 20, 3], [4, 20, 4], [6, 10, 4], [1, 10, 3]] as const; // biome-ignore format: a row
    const proc = telling(fakeProc(machine(20_000, 3, 3)), ownersAtOnceOf(rows));
    const { owners } = await findFirstOwners(proc, wanted);
    expect(new Map(owners)).toEqual(new Map(answer as [number, object][]));
  });

  it.each<[string, (number | undefined)[]]>([
    ['there are few', [3, 3, 3]],
    ['there are some, but not so many', [600, 4000, 3000]],
    ['how many there are is unknown', [undefined, undefined, undefined]],
  ])('does not ask where %s', async (_, counts) => {
    const proc = telling(fakeProc(machine(...counts)), heldThree);
    const { owners } = await findFirstOwners(proc, wanted);
    expect([...owners]).toEqual(answer);
    expect(proc.asked).toEqual([]);
    // Ends with the last that is wanted.
    expect(listed(proc.calls)).toEqual([1, 2, 3, 4]);
  });

  it('does not ask where all are found before the process that has very many', async () => {
    const proc = telling(fakeProc(machine(3, 3, 3)), heldThree);
    await findFirstOwners(proc, new Set([10]));
    expect([proc.asked, listed(proc.calls)]).toEqual([[], [1]]);
  });

  it('does not ask about a capture, whatever numbers it contains', async () => {
    const proc = telling(fakeProc({ ...machine(3, 90_000, 3), isLive: false }), heldThree);
    expect([...(await findFirstOwners(proc, wanted)).owners]).toEqual(answer);
    expect(proc.asked).toEqual([]);
  });

  it('looks at one process after another where there is no way to ask', async () => {
    const proc = { ...fakeProc(machine(3, 9000, 3)), ownersAtOnce: () => null };
    expect([...(await findFirstOwners(proc, wanted)).owners]).toEqual(answer);
    expect(listed(proc.calls)).toEqual([1, 2, 3, 4]);
  });

  it.each<[string, number[], number[][]]>([
    ['', [3, 9000, 3], [[10, 20]]],
    [
      ', and searches the rest for what is missing where that has very many',
      [8200, 3, 20_000],
      [[10, 20], [20]],
    ],
  ])('finds the same where the kernel refuses%s', async (_, counts, asked) => {
    const proc = telling(fakeProc(machine(...counts)), null);
    expect([...(await findFirstOwners(proc, wanted)).owners]).toEqual(answer);
    expect(proc.asked).toEqual(asked.map((inodes) => ['netstat', inodes]));
    expect(listed(proc.calls)).toEqual([1, 2, 3, 4]);
  });

  it('passes over what has no descriptor, as kernel threads do', async () => {
    const proc = telling(fakeProc(machine(0, 0, 3)), heldThree);
    expect([...(await findFirstOwners(proc, wanted)).owners]).toEqual(answer);
    expect(listed(proc.calls)).toEqual([1, 4]);
  });

  it('asks each process only once how many it has', async () => {
    const proc = telling(fakeProc(machine(600, 600, 600)), heldThree);
    const counted: unknown[] = [];
    const descriptorCount: typeof proc.descriptorCount = (of) => {
      counted.push(of);
      return proc.descriptorCount(of);
    };
    await findFirstOwners({ ...proc, descriptorCount }, new Set([99]));
    expect(counted).toEqual([1, 2, 3, 4, 6]);
  });

  it('leaves sockets that no process holds without an owner', async () => {
    const proc = telling(fakeProc(machine(3, 9000, 3)), heldThree);
    const { owners } = await findFirstOwners(proc, new Set([20, 99, 65_547]));
    expect([...owners.keys()]).toEqual([20]);
  });
});
