import { isNativeAtHand } from '../../native.ts';
import type { Proc } from '../proc/proc.ts';

/** From this many descriptors on a walk takes longer than a thread's start (some 15 ms). */
const manyDescriptors = 16_384;
/** From this many on it takes longer than asking a kernel of any version what all processes hold. */
const worthAsking = 8192;
/** The same for a kernel that fits programs to itself: where native calls are at hand, and where they are loaded first. */
const worthAskingFirst = isNativeAtHand ? 400 : 2400;
/** The first version of Linux that does: major and minor. */
const fitting = [5, 17] as const;

/** Whether these processes have so many descriptors that there is a faster way than to look at one by one. */
export function areMany(proc: Proc, pids: readonly number[]): boolean {
  return (
    haveMore(proc, pids, manyDescriptors) || (haveMore(proc, pids, worthAsking) && canBeTold(proc))
  );
}

/** Whether to ask the kernel before any descriptor is looked at. */
export function paysToAskFirst(proc: Proc, pids: readonly number[]): boolean {
  if (!proc.isLive || proc.heldSockets === undefined) return false;
  // One file, where the processes have one each.
  if (openFiles(proc) <= worthAskingFirst) return false;
  return haveMore(proc, pids, worthAskingFirst) && fitsPrograms(proc) && canBeTold(proc);
}

/** Whether so many files are open on this machine that there may be many descriptors. It reads a single file. */
export function hasManyFiles(proc: Proc): boolean {
  return openFiles(proc) > worthAsking;
}

/** Whether the kernel may be asked what all processes hold. */
export function canBeTold(proc: Proc): boolean {
  return (proc.heldSockets?.() ?? null) !== null;
}

/** Whether the kernel is of a version that fits programs to itself. */
function fitsPrograms(proc: Proc): boolean {
  const [major = 0, minor = 0] = numbersIn(proc, 'sys/kernel/osrelease');
  return major > fitting[0] || (major === fitting[0] && minor >= fitting[1]);
}

/** Whether these processes have more descriptors than `most`, as far as the kernel counts them. */
function haveMore(proc: Proc, pids: readonly number[], most: number): boolean {
  let sum = 0;
  let isCounted = true;
  for (const pid of pids) {
    const count = proc.descriptorCount(pid);
    isCounted &&= count !== null;
    sum += count ?? 0;
    if (sum > most) return true;
  }
  // Before Linux 6.2 there is only the count of all open files.
  return !isCounted && proc.isLive && openFiles(proc) > most;
}

/** How many files are open on this machine; 0 where that cannot be read. */
function openFiles(proc: Proc): number {
  return numbersIn(proc, 'sys/fs/file-nr')[0] ?? 0;
}

/** The numbers in one of the kernel's files; none where it cannot be read. */
function numbersIn(proc: Proc, path: string): readonly number[] {
  try {
    return (proc.readFile(path).toString('latin1').match(/\d+/g) ?? []).map(Number);
  } catch {
    return [];
  }
}
