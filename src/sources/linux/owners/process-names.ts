import { longestCommandLine } from '../../../model/owner.ts';
import type { Proc, Task } from '../proc/proc.ts';
import { decodeText, wholeCharacters } from '../text.ts';
import { countError, type Unseen } from './unseen-processes.ts';

/** Names by which a process is known. */
export interface ProcessNames {
  /** argv[0] as netstat shows it: its folders dropped where it begins with `/`; empty where it is. */
  readonly program: string | null;
  /** The argument list, joined by blanks; null where it could not be read. */
  readonly commandLine: string | null;
  /** There is more of it than was read. */
  readonly isCut: boolean;
}

/** netstat looks no further into a command line for the program's name. */
export const nameBytes = 511;

/**
 * Splits /proc/PID/cmdline (arguments that end in NUL; proc(5)). Of more than `most` bytes it takes
 * the first.
 */
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
 * The names of a process, of its command line the first `most` bytes: a process can give itself one of
 * any length. Nulls where it vanished or could not be inspected.
 */
export function processNames(proc: Proc, pid: number, most: number, unseen: Unseen): ProcessNames {
  try {
    // One more tells whether that is all.
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
  /** It was removed, or another has taken its place. */
  readonly isDeleted: boolean;
}

/** What the kernel puts behind the path of a file that was removed (proc_pid_exe(5)). */
const deleted = ' (deleted)';

/** The executable (/proc/PID/exe); null where it vanished or may not be read. */
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

/** Where the first thread of a process has ended, the others still tell what it is. */
function otherThread(proc: Proc, pid: number): Task | null {
  const thread = proc.threadIds(pid).find((id) => id !== pid);
  return thread === undefined ? null : `${pid}/task/${thread}`;
}
