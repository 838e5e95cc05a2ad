import { longestCommandLine } from '../../../model/socket/owner.ts';
import type { Proc, Task } from '../proc/proc.ts';
import { decodeText, wholeCharacters } from '../text.ts';
import { countError, type Unseen } from './unseen-processes.ts';

/** The names of a process. */
export interface ProcessNames {
  /** argv[0] as netstat shows it: without directories if it begins with `/`; may be empty. */
  readonly program: string | null;
  /** The arguments, joined by spaces; null: could not be read. */
  readonly commandLine: string | null;
  /** The command line is longer than what was read. */
  readonly isCut: boolean;
}

/** netstat reads no more of a command line for the program's name. */
export const nameBytes = 511;

/** Parses /proc/PID/cmdline (NUL-terminated arguments; proc(5)), using at most the first `most` bytes. */
export function parseCommandLine(bytes: Buffer, most = longestCommandLine): ProcessNames {
  const named = bytes.subarray(0, nameBytes);
  const firstEnd = named.indexOf(0);
  const first = decodeText(firstEnd < 0 ? named : named.subarray(0, firstEnd));
  const words = wholeCharacters(bytes, most);
  let end = words.length;
  while (end > 0 && words[end - 1] === 0) end--;
  const joined = Buffer.from(words.subarray(0, end));
  for (let i = 0; i < joined.length; i++) if (joined[i] === 0) joined[i] = 32;
  return {
    program: first.startsWith('/') ? first.slice(first.lastIndexOf('/') + 1) : first,
    commandLine: decodeText(joined),
    isCut: bytes.length > most,
  };
}

const noNames: ProcessNames = { program: null, commandLine: null, isCut: false };

/**
 * Reads the names of a process, at most `most` bytes of its command line: a process can set one of any length. Nulls if
 * the process vanished or access is denied.
 */
export function processNames(proc: Proc, pid: number, most: number, unseen: Unseen): ProcessNames {
  try {
    // One more byte shows whether there is more.
    const bytes = proc.readFile(`${pid}/cmdline`, most + 1);
    if (bytes.length > 0) return parseCommandLine(bytes, most);
    const thread = otherThread(proc, pid);
    if (thread === null) return parseCommandLine(bytes);
    return parseCommandLine(proc.readFile(`${thread}/cmdline`, most + 1), most);
  } catch (error) {
    countError(error, unseen);
    return noNames;
  }
}

/** The file that a process was started from. */
export interface Executable {
  readonly path: string;
  /** It was removed or replaced. */
  readonly isDeleted: boolean;
}

/** The kernel appends this to the path of a removed file (proc_pid_exe(5)). */
const deleted = ' (deleted)';

/** Reads the executable (/proc/PID/exe); null if the process vanished or access is denied. */
export function executableOf(proc: Proc, pid: number): Executable | null {
  const path = executablePath(proc, pid);
  if (path === null) return null;
  const isDeleted = path.endsWith(deleted);
  return { path: isDeleted ? path.slice(0, -deleted.length) : path, isDeleted };
}

function executablePath(proc: Proc, pid: number): string | null {
  try {
    return proc.readLink(pid, 'exe');
  } catch {
    return executableOfThread(proc, pid);
  }
}

function executableOfThread(proc: Proc, pid: number): string | null {
  try {
    const thread = otherThread(proc, pid);
    return thread === null ? null : proc.readLink(thread, 'exe');
  } catch {
    return null;
  }
}

/** Another thread: if the first one has ended, the others still show the process's names. */
function otherThread(proc: Proc, pid: number): Task | null {
  const thread = proc.threadIds(pid).find((id) => id !== pid);
  return thread === undefined ? null : `${pid}/task/${thread}`;
}
