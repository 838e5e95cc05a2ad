import type { ParentProcess, ProcessFacts } from '../../../model/owner.ts';
import type { Proc } from '../proc/proc.ts';
import { decodeText } from '../text.ts';

/** Tells what is known of a process beyond its names; fields are null where it vanished or is hidden. */
export type ProcessFactsReader = (pid: number) => Omit<ProcessFacts, 'executableDeleted'>;

/** USER_HZ: in how many parts of a second /proc counts, on every processor that Node runs on. */
const ticksPerSecond = 100;

/** A process cannot have more ancestors than this unless they change while they are read. */
const mostParents = 256;

/** As much of /proc/PID/stat and /proc/PID/status as is needed of them. */
const statBytes = 4096;

/** What /proc/PID/stat (proc_pid_stat(5)) has of a process. */
export interface ProcessStat {
  /** `comm`: at most 15 bytes. */
  readonly name: string;
  readonly parent: number;
  /** When it started: ticks after the machine did. */
  readonly started: number;
}

/** Reads /proc/PID/stat; null where it is none. A name may hold anything, so it ends at the last `)`. */
export function parseProcessStat(bytes: Buffer): ProcessStat | null {
  const [begin, end] = [bytes.indexOf(0x28), bytes.lastIndexOf(0x29)];
  if (begin < 0 || end < begin) return null;
  const fields = bytes.toString('latin1', end + 2).split(' ');
  // The third field of the line is the first after the name.
  const [parent, started] = [fields[1], fields[19]];
  if (!/^\d+$/.test(parent ?? '') || !/^\d+$/.test(started ?? '')) return null;
  const name = decodeText(bytes.subarray(begin + 1, end));
  return { name, parent: Number(parent), started: Number(started) };
}

/** Reads of /proc/stat when the machine started, in seconds since 1970; null: it does not tell. */
export function bootTimeIn(text: string): number | null {
  const seconds = /^btime (\d+)$/m.exec(text)?.[1];
  return seconds === undefined ? null : Number(seconds);
}

/** The user in whose name a process acts, in /proc/PID/status: the second of `Uid`; null: not told. */
export function userIn(text: string): number | null {
  const uid = /^Uid:\t\d+\t(\d+)\t/m.exec(text)?.[1];
  return uid === undefined ? null : Number(uid);
}

/** A reader that looks at each process, and when the machine started, once. */
export function processFactsReader(proc: Proc): ProcessFactsReader {
  const stats = new Map<number, ProcessStat | null>();
  let bootTime: number | null | undefined;

  function statOf(pid: number): ProcessStat | null {
    let stat = stats.get(pid);
    if (stat === undefined) {
      const bytes = read(proc, `${pid}/stat`, statBytes);
      stat = bytes === null ? null : parseProcessStat(bytes);
      stats.set(pid, stat);
    }
    return stat;
  }

  /** To the whole second: the kernel tells no more of when the machine started. */
  function startOf({ started }: ProcessStat): string | null {
    bootTime ??= bootTimeIn(read(proc, 'stat')?.toString('latin1') ?? '');
    if (bootTime === null) return null;
    const seconds = bootTime + Math.floor(started / ticksPerSecond);
    return seconds <= latest ? new Date(seconds * 1000).toISOString() : null;
  }

  /** The first process of the machine, or of its PID namespace, comes first. */
  function parentsOf(process: ProcessStat): readonly ParentProcess[] {
    const parents: ParentProcess[] = [];
    for (let pid = process.parent; pid !== 0 && parents.length < mostParents; ) {
      const stat = statOf(pid);
      parents.unshift({ pid, name: stat?.name ?? null });
      pid = stat?.parent ?? 0;
    }
    return parents;
  }

  return (pid) => {
    const stat = statOf(pid);
    const status = read(proc, `${pid}/status`, statBytes);
    return {
      startedAt: stat === null ? null : startOf(stat),
      uid: status === null ? null : userIn(status.toString('latin1')),
      parents: stat === null ? null : parentsOf(stat),
    };
  };
}

/** The last second that a Date can tell. */
const latest = 8_640_000_000_000;

function read(proc: Proc, path: string, most?: number): Buffer | null {
  try {
    return proc.readFile(path, most);
  } catch {
    return null;
  }
}
