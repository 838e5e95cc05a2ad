import { isNetstatError } from '../../../errors.ts';
import type { Warning } from '../../../model/report/snapshot.ts';
import { counted } from '../../../text/counted.ts';
import { isProcfs } from '../proc/kernel-files.ts';
import { isWholeProc } from '../proc/net-place.ts';
import { errnoOf, isForbidden, type Proc, rootThere } from '../proc/proc.ts';
import { powersOf } from './powers.ts';

/** What a search for owners could not look at. */
export interface Unseen {
  /** Processes to which access was denied. */
  denied: number;
  /** Processes that failed for another reason, such as too many open files. */
  failed: number;
  /** The first such reason: a system call's error code. */
  error: string | null;
  /** This /proc shows only some processes. */
  hidden: boolean;
}

/** Returns a count of nothing. */
export function nothingUnseen(): Unseen {
  return { denied: 0, failed: 0, error: null, hidden: false };
}

/** Returns the sum of several searches, or of the threads of one. */
export function sumOf(parts: readonly Unseen[]): Unseen {
  const sum = nothingUnseen();
  for (const { denied, failed, error, hidden } of parts) {
    sum.denied += denied;
    sum.failed += failed;
    sum.error ??= error;
    sum.hidden ||= hidden;
  }
  return sum;
}

/** Only these errors mean that the process or descriptor no longer exists. */
export function hasEnded(code: string): boolean {
  return code === 'ENOENT' || code === 'ESRCH';
}

/** Counts an error that occurred while looking at a process. */
export function countError(error: unknown, unseen: Unseen): void {
  const code = errnoOf(error);
  if (hasEnded(code)) return;
  if (isForbidden(code)) {
    unseen.denied++;
    return;
  }
  unseen.failed++;
  unseen.error ??= code || String(error);
}

/**
 * Returns the processes to search, ascending; none if they cannot be listed.
 * @throws NetstatError if a capture cannot be understood
 */
export function processesOf(proc: Proc, unseen: Unseen): readonly number[] {
  try {
    const pids = proc.processIds();
    unseen.hidden = proc.hidesProcesses(pids);
    return pids;
  } catch (error) {
    const cause = isNetstatError(error) ? error.cause : error;
    if (errnoOf(cause) === '') throw error;
    countError(cause, unseen);
    return [];
  }
}

/** Warns of sockets whose owners may be among processes that are hidden or may not be looked at. */
export function deniedWarning(proc: Proc, unseen: Unseen, missing: number): Warning {
  const sockets = counted(missing, 'socket');
  const causes: string[] = [];
  const isCopy = unseen.hidden && proc.isElsewhere !== true && isProcfs(proc.root) === false;
  const isOfOne = unseen.hidden && !isCopy && proc.isLive && !isWholeProc(proc.root);
  if (unseen.denied > 0) {
    causes.push(`${processesText(unseen.denied)} could not be inspected`);
  }
  if (isCopy) causes.push(`${proc.root} holds no processes`);
  else if (isOfOne) causes.push(`${proc.root} is one process's folder, which lists no processes`);
  else if (unseen.hidden) {
    causes.push(`${rootThere(proc)} hides other users' processes (hidepid)`);
  }
  const help = isCopy
    ? 'a copy with the folders of processes would show them'
    : isOfOne
      ? 'the whole /proc would show them'
      : remedy(proc, unseen.denied);
  return {
    code: 'owners-denied',
    message: `the owners of ${sockets} could not be determined: ${causes.join(', and ')}; ${help}`,
    source: proc.root,
  };
}

/** Warns of processes that could not be looked at because of an error. */
export function failedWarning(proc: Proc, { failed, error }: Unseen): Warning {
  const processes = processesText(failed);
  const why = error === null ? '' : ` (${meanings[error] ?? error})`;
  return {
    code: 'owners-failed',
    message: `owners may be missing: ${processes} could not be inspected${why}`,
    source: proc.root,
  };
}

const meanings: Readonly<Record<string, string>> = {
  EMFILE: 'EMFILE: this process cannot open more files; raise `ulimit -n`',
  ENFILE: 'ENFILE: this machine cannot open more files; raise fs.file-max',
  ENOMEM: 'ENOMEM: the kernel ran out of memory',
};

/** `1 process`, `2 processes`. */
export function processesText(count: number): string {
  return counted(count, 'process', 'processes');
}

/** Returns what would help to see processes, given the privileges of this process; `denied`: as in `Unseen`. */
export function remedy(proc: Proc, denied: number): string {
  if (!proc.isLive && proc.isElsewhere !== true) {
    return 'the user who captured them could not see more';
  }
  const may = powersOf(proc);
  if (may.seesAll === null || (!may.seesAll && !may.isRoot)) {
    return 'root (with CAP_SYS_PTRACE) would see them';
  }
  if (may.isNested) {
    return `this ${may.isRoot ? 'root' : 'process'} is in its own user namespace: the machine's root would see them`;
  }
  if (!may.seesAll) return 'this root lacks CAP_SYS_PTRACE, which is needed to see them';
  if (denied > 0 && !may.lists) {
    return 'CAP_DAC_READ_SEARCH is missing, which is needed to list the descriptors of others (CAP_SYS_PTRACE is present)';
  }
  return denied > 0
    ? 'CAP_SYS_PTRACE is present, so a security module (such as SELinux, AppArmor or Landlock) or a sandbox hides them'
    : 'mount it with hidepid=0 to see them';
}
