import { describe, expect, it } from 'vitest';
import {
  areMany,
  canAskKernel,
  countingOnce,
  paysToAskFirst,
} from '../../../../src/sources/linux/owners/descriptor-counts.ts';
import type { Proc, Task } from '../../../../src/sources/linux/proc/proc.ts';
import { ownersAtOnceOf, telling } from '../support/fake-owners-at-once.ts';
import { fakeProc } from '../support/fake-proc.ts';

const held = ownersAtOnceOf([]);

interface Machine {
  /** Of each process; undefined: the kernel does not count them. */
  readonly counts: readonly (number | undefined)[];
  /** Open files of the whole machine; null: it does not tell. */
  readonly files?: number | null;
  readonly version?: string;
  readonly isLive?: boolean;
}

function machineOf({ counts, files = 1e6, version = '6.18.44', isLive = true }: Machine) {
  const processes = counts.map((count, at) => [at + 1, { fd: {}, ...(count !== undefined && { count }) }]); // biome-ignore format: one
  return fakeProc({
    isLive,
    processes: Object.fromEntries(processes),
    files: {
      ...(files !== null && { 'sys/fs/file-nr': `${files}\t0\t9223372036854775807\n` }),
      'sys/kernel/osrelease': `${version}\n`,
    },
  });
}

describe('areMany', () => {
  it.each([
    [[8192], false, false],
    [[8193], true, false],
    [[8000, 193], true, false],
    [[16_384], true, false],
    [[16_385], true, true],
    [[], false, false],
  ])(
    'of processes with %j descriptors: %j; without the kernel: %j',
    (counts, byKernel, threads) => {
      // Inherited descriptors are files only once.
      for (const files of [null, 100, 1e6]) {
        const proc = machineOf({ counts, files });
        const pids = proc.processIds();
        expect(areMany(telling(proc, held), pids)).toBe(byKernel);
        for (const ownersAtOnce of [undefined, () => null]) {
          expect(areMany({ ...proc, ownersAtOnce }, pids)).toBe(threads);
        }
      }
    },
  );

  it.each([
    [8192, false, false],
    [8193, true, false],
    [16_385, true, true],
    [null, false, false],
  ])('goes by open files where no process’s are counted: %j', (files, byKernel, threads) => {
    const proc = machineOf({ counts: [undefined, undefined], files });
    expect(areMany(telling(proc, held), [1, 2])).toBe(byKernel);
    expect(areMany(proc, [1, 2])).toBe(threads);
    const capture = machineOf({ counts: [undefined, undefined], files, isLive: false });
    expect(areMany(capture, [1, 2])).toBe(false);
  });
});

describe('paysToAskFirst', () => {
  const pays = (machine: Machine) => {
    const proc = machineOf(machine);
    return paysToAskFirst(telling(proc, held), proc.processIds());
  };

  it.each<['no' | 'fitting' | 'any', Machine]>([
    ['no', { counts: [] }],
    ['no', { counts: [2400] }],
    ['fitting', { counts: [2401] }],
    ['fitting', { counts: [1200, 0, 1201] }],
    ['fitting', { counts: [8192] }],
    ['fitting', { counts: [8193] }],
    // Processes may share files that they inherit, so that few are open.
    ['fitting', { counts: [1200, 1201], files: 100 }],
    ['fitting', { counts: [9000], files: null }],
    ['no', { counts: [undefined], files: 2400 }],
    ['fitting', { counts: [undefined], files: 2401 }],
    ['fitting', { counts: [undefined], files: 8193 }],
    ['no', { counts: [undefined], files: null }],
    ['no', { counts: [9000], isLive: false }],
    ['no', { counts: [8192], version: '5.16.99-generic' }],
    ['any', { counts: [8193], version: '5.16.99-generic' }],
    ['fitting', { counts: [2401], version: '5.17.0' }],
    ['fitting', { counts: [2401], version: '5.100.1' }],
    ['fitting', { counts: [2401], version: '10.0-rc1' }],
    ['no', { counts: [2401], version: '4.19.0' }],
    ['no', { counts: [2401], version: 'unknown' }],
  ])('is %j of %j', (expected, machine) => {
    expect(pays(machine)).toBe(expected);
  });

  it.each([
    ['6.18', [1, 2]],
    ['5.10', [1, 2, 3]],
  ])('counts no further than that takes: Linux %s', (version, expected) => {
    const proc = machineOf({ counts: [1200, 1201, 6000, 1000], version });
    const counted: Task[] = [];
    const counting: Proc = {
      ...telling(proc, held),
      descriptorCount(of) {
        counted.push(of);
        return proc.descriptorCount(of);
      },
    };
    paysToAskFirst(countingOnce(counting), proc.processIds());
    expect(counted).toEqual(expected);
  });

  it('does not where there is no way to ask, and reads nothing where there can be none', () => {
    const proc = machineOf({ counts: [9000] });
    expect(paysToAskFirst({ ...proc, ownersAtOnce: () => null }, [1])).toBe('no');
    proc.calls.length = 0;
    expect(paysToAskFirst(proc, [1])).toBe('no');
    expect(proc.calls).toEqual([]);
  });
});

it('the kernel can be asked where there is a way to', () => {
  const proc = fakeProc({});
  expect(canAskKernel(telling(proc, held))).toBe(true);
  expect(canAskKernel({ ...proc, ownersAtOnce: () => null })).toBe(false);
  expect(canAskKernel(proc)).toBe(false);
});
