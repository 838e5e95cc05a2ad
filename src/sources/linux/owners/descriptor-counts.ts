import { lazilyFor } from '../../../flow/lazily.ts';
import { isNativeAtHand } from '../../native.ts';
import type { Proc, Task } from '../proc/proc.ts';

/** With more descriptors than this, a walk takes longer than starting a thread (some 15 ms). */
const manyDescriptors = 16_384;
/** With more than this, a walk takes longer than asking a kernel of any version what all processes hold. */
const worthAsking = 8192;
/**
 * The same for a kernel that relocates BPF programs itself: if native calls are available at once, or must be loaded
 * first.
 */
const worthAskingFirst = isNativeAtHand ? 400 : 2400;
/** The first version of Linux that does so: major and minor. */
const fitting = [5, 17] as const;

/** Caches the number of descriptors of each process. */
export function countingOnce(proc: Proc): Proc {
  return { ...proc, descriptorCount: lazilyFor((of: Task) => proc.descriptorCount(of)) };
}

/** Whether these processes have enough descriptors for another way to be faster than inspecting them one by one. */
export function areMany(proc: Proc, pids: readonly number[]): boolean {
  const count = countUpTo(manyDescriptors, proc, pids);
  return count > manyDescriptors || (count > worthAsking && canAskKernel(proc));
}

/**
 * Whether to ask the kernel before looking at any descriptor: `fitting`, only if it relocates programs itself. The
 * number of open files does not show it: processes share those that they inherit. Counting ends where that is decided,
 * as it takes a call for each process.
 */
export function paysToAskFirst(proc: Proc, pids: readonly number[]): 'no' | 'fitting' | 'any' {
  if (!proc.isLive || proc.ownersAtOnce === undefined) return 'no';
  if (countUpTo(worthAskingFirst, proc, pids) <= worthAskingFirst) return 'no';
  const kernel = fitsPrograms(proc) ? 'fitting' : 'any';
  if (kernel === 'any' && countUpTo(worthAsking, proc, pids) <= worthAsking) return 'no';
  return canAskKernel(proc) ? kernel : 'no';
}

/**
 * Whether to find out first which processes have a certain name, and inspect only those: there are many descriptors,
 * but not among `named`. That takes a file for each process. Otherwise all sockets become rows with owners, which takes
 * longer for each than reading a link.
 */
export function paysToName(
  proc: Proc,
  pids: readonly number[],
  named: () => readonly number[],
): boolean {
  const count = countUpTo(Number.POSITIVE_INFINITY, proc, pids);
  if (count <= worthAskingFirst) return false;
  const most = Math.max(worthAskingFirst, count / 2);
  return countUpTo(most, proc, named()) <= most;
}

/** Whether the kernel can be asked what all processes hold. */
export function canAskKernel(proc: Proc): boolean {
  return (proc.ownersAtOnce?.() ?? null) !== null;
}

/** Whether this version of the kernel relocates programs. */
function fitsPrograms(proc: Proc): boolean {
  const [major = 0, minor = 0] = numbersIn(proc, 'sys/kernel/osrelease');
  return major > fitting[0] || (major === fitting[0] && minor >= fitting[1]);
}

/** Returns the number of descriptors of these processes, as far as the kernel counts them; not exact above `most`. */
function countUpTo(most: number, proc: Proc, pids: readonly number[]): number {
  let sum = 0;
  let isCounted = true;
  for (const pid of pids) {
    const count = proc.descriptorCount(pid);
    isCounted &&= count !== null;
    sum += count ?? 0;
    if (sum > most) return sum;
  }
  // Before Linux 6.2 there is only the number of all open files.
  return isCounted || !proc.isLive ? sum : Math.max(sum, openFiles(proc));
}

/** Returns the number of open files on this machine; 0 if it cannot be read. */
function openFiles(proc: Proc): number {
  return numbersIn(proc, 'sys/fs/file-nr')[0] ?? 0;
}

/** Returns the numbers in a file below /proc; none if it cannot be read. */
function numbersIn(proc: Proc, path: string): readonly number[] {
  try {
    return (proc.readFile(path).toString('latin1').match(/\d+/g) ?? []).map(Number);
  } catch {
    return [];
  }
}
