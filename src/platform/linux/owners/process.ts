import type { Proc } from '../proc.js';
import { decodeText } from '../text.js';

/** Names by which a process is known. */
export interface ProcessNames {
  /** argv[0] as netstat shows it: its folders dropped where it begins with `/`; empty where it is. */
  readonly program: string | null;
  /** The whole argument list, joined by blanks; null where it could not be read. */
  readonly commandLine: string | null;
}

/** netstat looks no further into a command line for the program's name. */
const nameBytes = 511;

/** Splits /proc/PID/cmdline (arguments that end in NUL; proc(5)). */
export function parseCommandLine(bytes: Buffer): ProcessNames {
  const named = bytes.subarray(0, nameBytes);
  const firstEnd = named.indexOf(0);
  const first = decodeText(firstEnd < 0 ? named : named.subarray(0, firstEnd));
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  const words = bytes.subarray(0, end);
  const joined = Buffer.from(words);
  for (let i = 0; i < joined.length; i++) if (joined[i] === 0) joined[i] = 32;
  return {
    program: first.startsWith('/') ? first.slice(first.lastIndexOf('/') + 1) : first,
    commandLine: decodeText(joined),
  };
}

/** The names of a process; nulls where it vanished or may not be looked into. */
export function processNames(proc: Proc, pid: number): ProcessNames {
  try {
    return parseCommandLine(proc.readFile(`${pid}/cmdline`));
  } catch {
    return { program: null, commandLine: null };
  }
}

/** The executable's path (/proc/PID/exe); null where it vanished or may not be read. */
export function executableOf(proc: Proc, pid: number): string | null {
  try {
    return proc.readLink(pid, 'exe');
  } catch {
    return null;
  }
}

/** PROC_PID_INIT_INO of <linux/proc_ns.h>: the namespace in which every process can be seen. */
const initialPidNamespace = 'pid:[4026531836]';

/** Whether every process of the machine is in this /proc, rather than those of a container. */
export function seesEveryProcess(proc: Proc): boolean {
  try {
    return proc.readLink('self', 'ns/pid') === initialPidNamespace;
  } catch {
    return false;
  }
}
