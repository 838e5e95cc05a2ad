import { closeSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { Bpf } from '../../../../src/sources/linux/bpf/bpf.ts';
import type { KernelLayout } from '../../../../src/sources/linux/bpf/btf.ts';
import { fittedTo, toBeFitted } from '../../../../src/sources/linux/bpf/fitting.ts';
import type { Kernel } from '../../../../src/sources/linux/bpf/kernel.ts';
import { ownerProgram, structures } from '../../../../src/sources/linux/bpf/owner-program.ts';
import { ownersAtOnce } from '../../../../src/sources/linux/bpf/owners-at-once.ts';
import { license } from '../../../../src/sources/linux/bpf/program-parts.ts';
import { bitsOf } from '../../../../src/sources/linux/bpf/wanted-bits.ts';
import type {
  OwnersAtOnce,
  WalkDepth,
} from '../../../../src/sources/linux/owners/socket-descriptors.ts';
import { isOpen } from '../support/is-open.ts';
import { withFile } from '../support/temporary-file.ts';

const layout: KernelLayout = { functionId: 4711, offsetOf: () => 8, sizeOf: () => 16 };

/** Kernels: one that fits programs to itself, and one that is too old to. */
const young: Kernel = {
  functionId: () => 815,
  layout: () => {
    throw new Error('not to be read');
  },
};
const old: Kernel = { functionId: () => -22, layout: () => layout };

type Row = readonly [pid: number, inode: number, fd: number, tid?: number];

/** As the program writes them. */
function records(rows: readonly Row[]): Buffer {
  const bytes = Buffer.alloc(rows.length * 24, 0);
  for (const [at, [pid, inode, fd, tid = pid]] of rows.entries()) {
    bytes.writeBigUInt64LE(BigInt(inode), at * 24);
    bytes.writeInt32LE(fd, at * 24 + 8);
    bytes.writeInt32LE(pid, at * 24 + 12);
    bytes.writeInt32LE(tid, at * 24 + 16);
  }
  return bytes;
}

interface Asked {
  readonly depth?: WalkDepth;
  readonly wanted?: ReadonlySet<number> | null;
  readonly pause?: () => Promise<void>;
  readonly expected?: number | null;
  readonly onlyFitting?: boolean;
  readonly kernel?: Kernel;
  /** What the first so many programs that are to be run come to. */
  readonly refusals?: readonly number[];
}

/** What comes of an answer of these bytes, with what the kernel was given. Nothing is left open. */
async function ask(
  bytes: Buffer,
  { depth = 'netstat', wanted = null, pause, kernel = young, refusals = [], ...ways }: Asked = {},
) {
  return withFile(bytes, async (path) => {
    const given: number[] = [];
    const opened = () => given[given.push(openSync(path, 'r')) - 1] as number;
    const shared: Buffer[] = [];
    const programs: Parameters<Bpf['iterate']>[] = [];
    const bpf: Bpf = {
      share(bits) {
        shared.push(Buffer.from(bits));
        return opened();
      },
      answerOf: () => -1,
      iterate(...all) {
        programs.push(all);
        const refusal = refusals[programs.length - 1];
        if (refusal !== undefined) return refusal;
        expect(given.every(isOpen)).toBe(true);
        return opened();
      },
    };
    try {
      const held = await ownersAtOnce(depth, wanted, { pause, ...ways }, bpf, kernel);
      return { held, shared, programs, given };
    } finally {
      expect(given.filter(isOpen)).toEqual([]);
    }
  });
}

const rowsOf = (held: OwnersAtOnce | null) => {
  if (held === null) return null;
  const { length, pids, inodes, fds } = held.sockets;
  return Array.from({ length }, (_, at) => [pids[at], inodes[at], fds[at]]);
};

describe('ownersAtOnce', () => {
  it.each([
    ['none', 0],
    ['one', 1],
    // 32 KiB are read at a time, which 24 bytes do not divide: a record is cut by the end of each.
    ['as many as one read has room for', 1365],
    ['one more than that, which is cut', 1366],
    ['many', 20_000],
  ])('returns every record: %s', async (_, count) => {
    const rows = Array.from({ length: count }, (_, i): Row => [i + 1, 1e6 + i * 3, i % 1000]);
    const { held } = await ask(records(rows));
    expect(rowsOf(held)).toEqual(rows);
    expect(held?.others).toEqual([]);
  });

  it.each([0, 1, 500, 1500, 40_000])(
    'returns every one of 3,000 if %d were expected',
    async (expected) => {
      const rows = Array.from({ length: 3000 }, (_, i): Row => [i + 1, 1e6 + i, i % 1000]);
      expect(rowsOf((await ask(records(rows), { expected })).held)).toEqual(rows);
    },
  );

  it('returns inodes that need more than 31 bits', async () => {
    const inodes = [2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40 + 5, 2 ** 52 + 1];
    const { held } = await ask(records(inodes.map((inode) => [5, inode, 3])));
    expect(rowsOf(held)).toEqual(inodes.map((inode) => [5, inode, 3]));
  });

  it('distinguishes what may be a ring, with the thread whose table it is in', async () => {
    const { held } = await ask(records([[5, 10, 3], [5, 0, 4], [6, 0, 7, 9], [6, 20, 8, 9]])); // biome-ignore format: a row
    expect(rowsOf(held)).toEqual([[5, 10, 3], [6, 20, 8]]); // biome-ignore format: a row
    expect(held?.others).toEqual([
      { pid: 5, tid: 5, fd: 4 },
      { pid: 6, tid: 9, fd: 7 },
    ]);
  });

  it('leaves out a record that is not whole at the very end', async () => {
    const bytes = records([[5, 10, 3], [6, 20, 4]]); // biome-ignore format: a row
    expect(rowsOf((await ask(bytes.subarray(0, 47))).held)).toEqual([[5, 10, 3]]);
  });

  it.each(['netstat', 'all'] as const)('runs the program for %s', async (depth) => {
    const { programs, shared } = await ask(Buffer.alloc(0), { depth });
    expect(programs).toEqual([[toBeFitted(ownerProgram(depth, null), structures), 815, license]]);
    expect(shared).toEqual([]);
  });

  it.each(['netstat', 'all'] as const)(
    "adapts the program for %s to an older kernel by the kernel's own description",
    async (depth) => {
      const { programs, held } = await ask(records([[5, 10, 3]]), { depth, kernel: old });
      expect(programs).toEqual([[fittedTo(ownerProgram(depth, null), layout), 4711, license]]);
      expect(rowsOf(held)).toEqual([[5, 10, 3]]);
    },
  );

  it('does so too where a kernel that could fit it refuses', async () => {
    const kernel = { ...old, functionId: () => 815 };
    const { programs, held } = await ask(records([[5, 10, 3]]), { kernel, refusals: [-7] });
    expect(programs.map(([, id]) => id)).toEqual([815, 4711]);
    expect(rowsOf(held)).toEqual([[5, 10, 3]]);
  });

  it('reads no description of the kernel where there are few descriptors', async () => {
    const rows = records([[5, 10, 3]]);
    const refused = await ask(rows, { onlyFitting: true, refusals: [-7] });
    expect([refused.held, refused.programs.length]).toEqual([null, 1]);
    const tooOld = await ask(rows, {
      onlyFitting: true,
      kernel: { ...young, functionId: () => 0 },
    });
    expect([tooOld.held, tooOld.programs]).toEqual([null, []]);
    expect(rowsOf((await ask(rows, { onlyFitting: true })).held)).toEqual([[5, 10, 3]]);
  });

  it('shares what is wanted, and the program reads it there', async () => {
    const wanted = new Set([10, 20]);
    const { programs, shared, given } = await ask(Buffer.alloc(0), { wanted });
    expect(shared).toEqual([bitsOf(wanted, 'netstat')]);
    const program = ownerProgram('netstat', given[0] as number);
    expect(programs).toEqual([[toBeFitted(program, structures), 815, license]]);
  });

  it('pauses after every four reads, of 32 KiB each', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i): Row => [i + 1, i + 1, 3]);
    let pauses = 0;
    let within = false;
    const pause = async () => {
      pauses++;
      within = true;
      await new Promise((resolve) => setImmediate(resolve));
      within = false;
    };
    const { held } = await ask(records(rows), { pause });
    expect(within).toBe(false);
    // 480,000 bytes: fifteen reads, and one that finds the end.
    expect(pauses).toBe(3);
    expect(rowsOf(held)).toEqual(rows);
  });

  it('ends at a pause where the answer is no longer wanted', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i): Row => [i + 1, i + 1, 3]);
    const pause = () => Promise.reject(new Error('not wanted'));
    await expect(ask(records(rows), { pause })).rejects.toThrow('not wanted');
  });
});

describe('the kernel is not asked', () => {
  const never = () => {
    throw new Error('not to be called');
  };

  it('where there is no way to ask', async () => {
    const kernel = { functionId: never, layout: never };
    expect(await ownersAtOnce('all', null, {}, null, kernel)).toBeNull();
  });

  it('if it does not report where things are', async () => {
    const bpf = { share: never, answerOf: never, iterate: never };
    const kernel = { functionId: () => 0, layout: () => null };
    expect(await ownersAtOnce('all', null, {}, bpf, kernel)).toBeNull();
  });

  it('where what is wanted cannot be shared', async () => {
    const bpf = { share: () => -1, answerOf: never, iterate: never };
    expect(await ownersAtOnce('netstat', new Set([1]), {}, bpf, young)).toBeNull();
  });
});

describe('there is no answer', () => {
  it.each([
    ['all', null],
    ['some', new Set([1])],
  ])('where the kernel refuses, and %s are wanted', async (_, wanted) => {
    const given: number[] = [];
    const share = () => given[given.push(openSync(tmpdir(), 'r')) - 1] as number;
    const bpf = { share, answerOf: () => -1, iterate: () => -22 };
    for (const kernel of [old, { ...old, functionId: () => 1 }, { ...old, layout: () => null }]) {
      expect(await ownersAtOnce('netstat', wanted, {}, bpf, kernel)).toBeNull();
    }
    expect(given).toHaveLength(wanted === null ? 0 : 3);
    expect(given.some(isOpen)).toBe(false);
  });

  it('where reading fails, and nothing is left open', async () => {
    // A folder's bytes cannot be read.
    const folder = openSync(tmpdir(), 'r');
    const bpf = { share: () => -1, answerOf: () => -1, iterate: () => folder };
    try {
      expect(await ownersAtOnce('netstat', null, {}, bpf, young)).toBeNull();
      expect(isOpen(folder)).toBe(false);
    } finally {
      if (isOpen(folder)) closeSync(folder);
    }
  });
});
