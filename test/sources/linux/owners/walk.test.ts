import { describe, expect, it } from 'vitest';
import {
  searchTogether,
  walkAll,
  walkFor,
  wasAtOnce,
} from '../../../../src/sources/linux/owners/walk.ts';
import {
  isWhole,
  takeShare,
  type WalkShare,
  walkShare,
  walkTask,
} from '../../../../src/sources/linux/owners/walk-share.ts';
import { ownersAtOnceOf, telling } from '../support/fake-owners-at-once.ts';
import { fakeProc, systemError } from '../support/fake-proc.ts';

const holding = (...inodes: number[]) => ({
  fd: Object.fromEntries(inodes.map((inode, at) => [at + 3, `socket:[${inode}]`])),
});
const processes = { 5: holding(10, 11), 6: { fd: systemError('EACCES') }, 7: holding(20) };
const all = new Set([10, 11, 20]);
const inodesOf = ({ found }: WalkShare) => [...found.inodes.slice(0, found.length)];
const pidsOf = ({ found }: WalkShare) => [...found.pids.slice(0, found.length)];

describe('the walk through all processes', () => {
  it('is shared process by process: together the shares are the whole', () => {
    const proc = fakeProc({ processes });
    const pids = proc.processIds();
    let place = 0;
    const next = () => place++;
    const first = walkShare(proc, [...pids], () => (place < 1 ? next() : pids.length), 'netstat');
    const second = walkShare(proc, pids, next, 'netstat');
    expect([first.walked, second.walked]).toEqual([1, 2]);
    expect([first.unseen.denied, second.unseen.denied]).toEqual([0, 1]);
    expect([inodesOf(first), inodesOf(second)]).toEqual([[10, 11], [20]]);
  });

  it('is one share where there are no threads', async () => {
    const { shares, unseen } = await walkAll(fakeProc({ processes }), 'all');
    expect(shares.map(({ walked, found }) => [walked, found.length])).toEqual([[3, 3]]);
    expect(unseen.denied).toBe(1);
  });

  it('is asked for many times at once and done once, when it is of a live /proc', async () => {
    const proc = fakeProc({ processes, isLive: true });
    const walks = await Promise.all(Array.from({ length: 50 }, () => walkFor(proc, all)));
    expect(new Set(walks).size).toBe(1);
    expect(proc.calls.filter((call) => call.startsWith('list'))).toEqual([
      'list 5',
      'list 6',
      'list 7',
    ]);
  });

  it('is shared by those who want different sockets, and by who wants all', async () => {
    const held = ownersAtOnceOf([[5, 10, 3], [5, 11, 4], [7, 20, 3]]); // biome-ignore format: a row
    const count = 10_000;
    const busy = { ...processes, 5: { ...processes[5], count } };
    const proc = telling(fakeProc({ processes: busy, isLive: true }), held);
    const [one, another] = await Promise.all(
      [10, 20].map((inode) => walkFor(proc, new Set([inode]))),
    );
    expect(one).toBe(another);
    expect(one?.shares.map(inodesOf)).toEqual([[10, 20]]);
    await Promise.all([walkFor(proc, new Set([10])), walkAll(proc, 'all')]);
    await Promise.all([walkAll(proc, 'all'), walkFor(proc, new Set([10]))]);
    expect(proc.asked).toEqual([
      ['all', [10, 20]],
      ['all', null],
      ['all', null],
    ]);
  });

  it('is done again for the others if the caller that began it does not need it any more', async () => {
    const proc = fakeProc({ processes, isLive: true });
    const leaving = { ...proc, pause: () => Promise.reject(new Error('not wanted')) };
    const walks = await Promise.allSettled([
      walkFor(leaving, all),
      walkFor(proc, all),
      walkFor({ ...proc, pause: async () => {} }, all),
    ]);
    expect(walks.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  });

  it('is done again for a caller that asks after it has begun', async () => {
    const proc = fakeProc({ processes, isLive: true });
    const first = walkFor(proc, all);
    await Promise.resolve().then(() => {});
    expect(proc.calls).not.toEqual([]);
    expect(await walkFor(proc, all)).not.toBe(await first);
  });

  it('pauses if the process has other work, and is complete anyway', async () => {
    const pids = Array.from({ length: 1000 }, (_, at) => at + 1);
    // One in a hundred holds very many descriptors, all others two.
    const countOf = (pid: number) => (pid % 100 === 0 ? 2000 : 2);
    const fd = (pid: number) =>
      Object.fromEntries(
        Array.from({ length: countOf(pid) }, (_, at) => [at, `socket:[${pid * 10_000 + at}]`]),
      );
    const many = Object.fromEntries(pids.map((pid) => [pid, { fd: fd(pid), count: countOf(pid) }]));
    const proc = fakeProc({ processes: many });
    const slices: number[] = [];
    let looked = 0;
    const pause = async () => {
      const now = proc.calls.filter((call) => call.startsWith('link')).length;
      slices.push(now - looked);
      looked = now;
    };
    const { shares } = await walkAll({ ...proc, pause }, 'netstat');
    const inodes = shares.flatMap(({ found }) => [...found.inodes.slice(0, found.length)]);
    expect(inodes).toEqual(
      pids.flatMap((pid) => Array.from({ length: countOf(pid) }, (_, at) => pid * 10_000 + at)),
    );
    expect(shares.reduce((sum, { walked }) => sum + walked, 0)).toBe(1000);
    // A slice ends behind a process with very many, and else after 64 processes.
    expect(Math.max(...slices)).toBeLessThan(2000 + 64 * 2);
    expect(slices.length).toBe(20);
  });

  it('ends at a pause where the answer is no longer wanted', async () => {
    const proc = fakeProc({ processes });
    const pause = () => Promise.reject(new Error('not wanted'));
    await expect(walkAll({ ...proc, pause }, 'netstat')).rejects.toThrow('not wanted');
  });
});

describe('a search by several', () => {
  const wanted = new Set([10, 20]);

  it('ends with the last socket, and a share lists nothing else', async () => {
    const proc = fakeProc({ processes: { ...processes, 8: holding(10), 9: holding(30) } });
    const [share] = (await searchTogether(proc, proc.processIds(), wanted)) as [WalkShare];
    expect([inodesOf(share), pidsOf(share), share.walked]).toEqual([[10, 20], [5, 7], 3]);
  });

  it('finds the lowest holder though a higher one was found before', () => {
    const proc = fakeProc({ processes: { 5: holding(20), 6: holding(10, 20), 7: holding(10) } });
    const task = walkTask(proc, proc.processIds(), 'netstat', wanted);
    // The first took a process and is slow; meanwhile another finds all.
    const slow = Atomics.add(task.nextPlace, 0, 1);
    const quick = takeShare(proc, task);
    expect([quick.walked, pidsOf(quick)]).toEqual([1, [6, 6]]);
    expect(isWhole(task, [quick])).toBe(false);
    let places = [slow];
    const late = walkShare(proc, task.pids, () => places.shift() ?? task.pids.length, 'netstat');
    places = [];
    expect([inodesOf(late), pidsOf(late)]).toEqual([[20], [5]]);
    expect(isWhole(task, [quick, late])).toBe(true);
  });
});

describe('a walk that the kernel reports at once', () => {
  const held = ownersAtOnceOf([[5, 10, 3], [5, 11, 4], [7, 20, 3]]); // biome-ignore format: a row
  const withCounts = (...counts: number[]) => ({
    processes: Object.fromEntries(
      Object.entries(processes).map(([pid, process], at) => [
        pid,
        { ...process, ...(counts[at] !== undefined && { count: counts[at] }) },
      ]),
    ),
  });

  it.each(['all', 'netstat'] as const)('looks at no process: %s', async (depth) => {
    const proc = telling(fakeProc({ processes }), held);
    const walk = await walkAll(proc, depth);
    const [share] = walk.shares as [WalkShare];
    expect([inodesOf(share), pidsOf(share), share.walked]).toEqual([[10, 11, 20], [5, 5, 7], 3]);
    expect([walk.shares.length, wasAtOnce(walk), walk.unseen.denied]).toEqual([1, true, 0]);
    expect([proc.asked, proc.calls]).toEqual([
      [[depth, null]],
      ['link 5/exe', 'link 6/exe', 'link 7/exe'],
    ]);
  });

  it.each([
    ['few', [10, 10, 10], 0],
    ['not more than it takes to ask', [8190, 1, 1], 0],
    ['more than that', [8190, 1, 2], 1],
    ['as many, as far as is known', [8193], 1],
    ['nobody knows how many', [], 0],
  ])('is asked for by how many descriptors there are: %s', async (_, counts, times) => {
    const proc = telling(fakeProc(withCounts(...counts)), held);
    const walk = await walkFor(proc, all);
    expect([proc.asked.length, wasAtOnce(walk)]).toEqual([times, times > 0]);
    expect(walk.shares.flatMap(inodesOf)).toEqual([10, 11, 20]);
  });

  it('asks each process only once how many descriptors it has', async () => {
    const proc = telling(fakeProc(withCounts(10, 20, 30)), held);
    const counted: unknown[] = [];
    const descriptorCount: typeof proc.descriptorCount = (of) => {
      counted.push(of);
      return proc.descriptorCount(of);
    };
    const files: Record<string, string> = { 'sys/fs/file-nr': '9000\t0\t9\n' };
    const readFile: typeof proc.readFile = (path, most) =>
      path in files ? Buffer.from(files[path] as string) : proc.readFile(path, most);
    await walkFor({ ...proc, isLive: true, descriptorCount, readFile }, all);
    // Once more if it may not be inspected: it is not out of sight if it has none.
    expect(counted).toEqual([5, 6, 7, 6]);
  });

  it('is one through all processes where the kernel refuses, with the same answer', async () => {
    const proc = telling(fakeProc({ processes }), null);
    const walk = await walkAll(proc, 'netstat');
    expect(walk.shares.map((share) => [inodesOf(share), pidsOf(share)])).toEqual([
      [
        [10, 11, 20],
        [5, 5, 7],
      ],
    ]);
    expect([wasAtOnce(walk), walk.unseen.denied, proc.asked.length]).toEqual([false, 1, 1]);
  });

  it('ends if the caller no longer wants the answer', async () => {
    const ownersAtOnce = () => () => Promise.reject(new Error('not wanted'));
    const proc = { ...fakeProc({ processes }), ownersAtOnce };
    await expect(walkAll(proc, 'netstat')).rejects.toThrow('not wanted');
    expect(proc.calls).toEqual([]);
  });

  it('is a search too, for what is wanted', async () => {
    const proc = telling(fakeProc({ processes }), held);
    const shares = await searchTogether(proc, proc.processIds(), new Set([20, 30]));
    expect(shares.map((share) => [inodesOf(share), pidsOf(share)])).toEqual([[[20], [7]]]);
    expect(proc.asked).toEqual([['netstat', [20, 30]]]);
  });
});

it('a walk of no share, or of one that was walked through, was not reported at once', () => {
  const unseen = { denied: 0, failed: 0, error: null, hidden: false };
  const share = walkShare(fakeProc({}), [], () => 0, 'netstat');
  const told = { ...share, isAtOnce: true } as const;
  const answers = [[], [share], [told, share], [told]].map((shares) =>
    wasAtOnce({ shares, unseen }),
  );
  expect(answers).toEqual([false, false, false, true]);
});
