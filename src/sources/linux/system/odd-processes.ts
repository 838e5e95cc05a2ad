import { existsSync } from 'node:fs';
import { isNetstatError } from '../../../errors.ts';
import type { OddProcess, ProcessTrait } from '../../../model/system-facts.ts';
import { executableOf, parseCommandLine } from '../owners/process-names.ts';
import type { DescriptorLinks } from '../proc/descriptor-links.ts';
import { errnoOf, isGone, type Proc } from '../proc/proc.ts';
import { decodeText } from '../text.ts';

/** Folders that everybody may write to; shm_open(3) has its files in the last two. */
const publicFolders = ['/tmp/', '/var/tmp/', '/dev/shm/', '/run/shm/'] as const;

/** What memory is called that a program was started from: memfd_create(2). */
const memoryPrefix = '/memfd:';

/** Shells, by the names of their executables; busybox(1) is whatever it is called. */
const shells = /^(?:ba|rba|da|z|k|mk|a|c|tc|fi)?sh$/;

/** Threads of the kernel as `ps` shows them, and names that only they have. */
const bracketed = /^\[[^[\]]+\]$/;
const kernelNames =
  /^(?:k(?:worker|softirqd|compactd\d*|swapd\d*|auditd|devtmpfs|hugepaged|hungtaskd|integrityd|blockd|throtld|strp|sgpud)(?:\/|$)|kthreadd$|migration\/\d|rcu_(?:sched|preempt|gp|par_gp|tasks)|cpuhp\/\d|idle_inject\/\d|watchdogd$|oom_reaper$|jbd2\/|scsi_eh_\d|xfsaild\/|irq\/\d)/;

/** How many descriptors of a process are looked at. */
const mostDescriptors = 4096;

/** As much of a command line as has its first word, where that is a name. */
const nameBytes = 256;

/**
 * The processes of which something is rarely so, and how many could not be looked into. Threads of the kernel have
 * no executable, and are none of them.
 */
export function oddProcesses(
  proc: Proc,
  pids: readonly number[],
): { readonly found: readonly OddProcess[]; readonly denied: number } {
  const found: OddProcess[] = [];
  let denied = 0;
  for (const pid of pids) {
    try {
      const odd = oddProcess(proc, pid);
      if (odd !== null) found.push(odd);
    } catch (error) {
      const code = errnoOf(error);
      if (code === '' && !isNetstatError(error)) throw error;
      if (!isGone(code)) denied++;
    }
  }
  return { found, denied };
}

function oddProcess(proc: Proc, pid: number): OddProcess | null {
  // The first look tells whether this user may look; the other understands what it says.
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

/** The socket that is a process's standard input and output both; null: none is. */
function standardStream(proc: Proc, pid: number): number | null {
  const input = socketAt(proc, pid, '0');
  return input !== null && input === socketAt(proc, pid, '1') ? input : null;
}

/** The inode of the socket that a descriptor is; null: it is none, or not open. */
function socketAt(proc: Proc, pid: number, fd: string): number | null {
  return unlessClosed(() => {
    const inode = /^socket:\[(\d{1,15})\]$/.exec(proc.readLink(pid, `fd/${fd}`))?.[1];
    return inode === undefined ? null : Number(inode);
  });
}

/** The same, relative to the open folder of them all. */
function openSocketAt(links: DescriptorLinks, fd: string): number | null {
  return unlessClosed(() => {
    const target = links.read(fd);
    return typeof target === 'number' ? target : null;
  });
}

/** What a look at a descriptor tells; null: it is not open. */
function unlessClosed(look: () => number | null): number | null {
  try {
    return look();
  } catch (error) {
    if (isGone(errnoOf(error))) return null;
    throw error;
  }
}

function socketsOf(proc: Proc, pid: number): readonly number[] {
  const inodes = new Set<number>();
  const names = proc.descriptors(pid).slice(0, mostDescriptors);
  const links = proc.openLinks?.(pid, names.length) ?? null;
  try {
    for (const fd of names) {
      const inode = links === null ? socketAt(proc, pid, fd) : openSocketAt(links, fd);
      if (inode !== null) inodes.add(inode);
    }
  } finally {
    links?.close();
  }
  return [...inodes];
}

/** Whether there is a file again, where the process sees its files. */
function isThere(proc: Proc, pid: number, path: string): boolean {
  return proc.isThere?.(pid, path) ?? existsSync(`${proc.root}/${pid}/root${path}`);
}
