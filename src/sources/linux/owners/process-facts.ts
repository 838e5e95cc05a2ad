import { lazily, lazilyFor } from '../../../flow/lazily.ts';
import type { ParentProcess, ProcessFacts } from '../../../model/socket/owner.ts';
import type { Proc } from '../proc/proc.ts';
import { bootFile } from '../proc-files.ts';
import { decodeText } from '../text.ts';
import { statusBytes, usersIn } from './process-users.ts';

/** Reads what is known of a process beyond its names; fields are null if it vanished or is hidden. */
export type ProcessFactsReader = (pid: number) => Omit<ProcessFacts, 'executableDeleted'>;

/** USER_HZ, the unit of times in /proc; the same on every architecture that Node runs on. */
const ticksPerSecond = 100;

/** A limit for ancestors; more are only possible if they change while being read. */
export const mostParents = 256;

/** Enough of /proc/PID/stat. */
const statBytes = 4096;

/** Fields of /proc/PID/stat (proc_pid_stat(5)). */
export interface ProcessStat {
  /** `comm`: at most 15 bytes. */
  readonly name: string;
  /** `state`: one letter; `T` and `t` are stopped. */
  readonly state: string;
  readonly parent: number;
  /** Start time, in ticks since boot. */
  readonly started: number;
}

/** Parses /proc/PID/stat; null if it is malformed. A name may contain anything, so it ends at the last `)`. */
export function parseProcessStat(bytes: Buffer): ProcessStat | null {
  const [begin, end] = [bytes.indexOf(0x28), bytes.lastIndexOf(0x29)];
  if (begin < 0 || end < begin) return null;
  const fields = bytes.toString('latin1', end + 2).split(' ');
  // `fields` begins with the line's third field.
  const [state = '', parent, started] = [fields[0], fields[1], fields[19]];
  if (!/^\d+$/.test(parent ?? '') || !/^\d+$/.test(started ?? '')) return null;
  const name = decodeText(bytes.subarray(begin + 1, end));
  return { name, state, parent: Number(parent), started: Number(started) };
}

/** What /proc/PID/stat says; null: the process has ended, or it cannot be read. */
export function statOf(proc: Proc, pid: number): ProcessStat | null {
  const bytes = read(proc, `${pid}/stat`, statBytes);
  return bytes === null ? null : parseProcessStat(bytes);
}

/** Returns the boot time from /proc/stat, in seconds since 1970; null if it is missing. */
export function bootTimeIn(text: string): number | null {
  const seconds = /^btime (\d+)$/m.exec(text)?.[1];
  return seconds === undefined ? null : Number(seconds);
}

/** Returns a reader that caches each process and the boot time. */
export function processFactsReader(proc: Proc): ProcessFactsReader {
  const statAt = lazilyFor((pid: number) => statOf(proc, pid));
  const bootTime = lazily(() => bootTimeIn(read(proc, bootFile)?.toString('latin1') ?? ''));

  /** Precise to the second: the kernel reports the boot time in whole seconds. */
  function startOf({ started }: ProcessStat): string | null {
    const boot = bootTime();
    if (boot === null) return null;
    const seconds = boot + Math.floor(started / ticksPerSecond);
    return seconds <= latest ? new Date(seconds * 1000).toISOString() : null;
  }

  /** The first process of the machine, or of its PID namespace, comes first. */
  function parentsOf(process: ProcessStat): readonly ParentProcess[] {
    const parents: ParentProcess[] = [];
    for (let pid = process.parent; pid !== 0 && parents.length < mostParents; ) {
      const stat = statAt(pid);
      parents.unshift({ pid, name: stat?.name ?? null });
      pid = stat?.parent ?? 0;
    }
    return parents;
  }

  return (pid) => {
    const stat = statAt(pid);
    const status = read(proc, `${pid}/status`, statusBytes);
    return {
      startedAt: stat === null ? null : startOf(stat),
      uid: status === null ? null : (usersIn(status.toString('latin1'))?.effective ?? null),
      parents: stat === null ? null : parentsOf(stat),
    };
  };
}

/** The last second that a Date can represent. */
const latest = 8_640_000_000_000;

function read(proc: Proc, path: string, most?: number): Buffer | null {
  try {
    return proc.readFile(path, most);
  } catch {
    return null;
  }
}
