import type { OddProcess, ProcessTrait } from '../../../model/machine/system-facts.ts';
import { executableOf, parseCommandLine } from '../owners/process-names.ts';
import { pathExists } from '../path-exists.ts';
import type { Proc } from '../proc/proc.ts';
import { decodeText } from '../text.ts';
import { socketAt, socketsOf } from './held-sockets.ts';
import { type Inspected, inspectEach } from './inspect-processes.ts';

/** Folders that everybody can write to; shm_open(3) uses the last two. */
const publicFolders = ['/tmp/', '/var/tmp/', '/dev/shm/', '/run/shm/'] as const;

/** The path of a program that was started from memory: memfd_create(2). */
const memoryPrefix = '/memfd:';

/** Shells, by the names of their executables; busybox(1) is recognized by the program's name instead. */
const shells = /^(?:ba|rba|da|z|k|mk|a|c|tc|fi)?sh$/;

/** Kernel threads as `ps` shows them, and names that only they have. */
const bracketed = /^\[[^[\]]+\]$/;
const kernelNames =
  /^(?:k(?:worker|softirqd|compactd\d*|swapd\d*|auditd|devtmpfs|hugepaged|hungtaskd|integrityd|blockd|throtld|strp|sgpud)(?:\/|$)|kthreadd$|migration\/\d|rcu_(?:sched|preempt|gp|par_gp|tasks)|cpuhp\/\d|idle_inject\/\d|watchdogd$|oom_reaper$|jbd2\/|scsi_eh_\d|xfsaild\/|irq\/\d)/;

/** Enough of a command line for the first word, if that is a name. */
const nameBytes = 256;

/**
 * The processes with an unusual trait, and how many could not be read. Kernel threads have no executable, and are
 * left out.
 */
export function oddProcesses(proc: Proc, pids: readonly number[]): Inspected<OddProcess> {
  return inspectEach(pids, (pid) => oddProcess(proc, pid));
}

function oddProcess(proc: Proc, pid: number): OddProcess | null {
  // The first call checks whether this user may read it; the second parses it.
  proc.readLink(pid, 'exe');
  const executable = executableOf(proc, pid);
  if (executable === null) return null;
  const { path, isDeleted } = executable;
  const comm = decodeText(proc.readFile(`${pid}/comm`)).replace(/\n$/, '');
  const { program } = parseCommandLine(proc.readFile(`${pid}/cmdline`, nameBytes));
  const stream = standardStream(proc, pid);
  const traits: ProcessTrait[] = [];
  if (stream !== null) traits.push('streams');
  if (isShell(path, program ?? '')) traits.push('shell');
  if (path.startsWith(memoryPrefix)) traits.push('memory');
  else if (isDeleted) traits.push(isThere(proc, pid, path) ? 'replaced' : 'removed');
  if (publicFolders.some((folder) => path.startsWith(folder))) traits.push('public-folder');
  if (bracketed.test(program ?? '') || kernelNames.test(comm)) traits.push('kernel-name');
  if (traits.length === 0) return null;
  const sockets = socketsOf(proc, pid);
  if (sockets.length === 0) return null;
  return { pid, name: program || comm, executable: path, traits, stream, sockets };
}

function isShell(path: string, program: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  // A login shell has a hyphen before its name.
  return shells.test(name === 'busybox' ? program.replace(/^-/, '') : name);
}

/** The inode of the socket that is both standard input and output of a process; null: none. */
function standardStream(proc: Proc, pid: number): number | null {
  const input = socketAt(proc, pid, '0');
  return input !== null && input === socketAt(proc, pid, '1') ? input : null;
}

/** Whether a file exists at the path, as seen by the process. */
function isThere(proc: Proc, pid: number, path: string): boolean {
  return proc.isThere?.(pid, path) ?? pathExists(`${proc.root}/${pid}/root${path}`);
}
