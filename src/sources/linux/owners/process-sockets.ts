import { errnoOf, isForbidden, type Proc, type Task } from '../proc/proc.ts';
import { countError, hasEnded, type Unseen } from './unseen-processes.ts';

/** Returns the inode in a descriptor's link, `socket:[12345]` (proc(5)); 0 if it is not a socket. */
function socketInode(target: string): number {
  return target.startsWith('socket:[') ? Number(target.slice(8, -1)) || 0 : 0;
}

/** Called for each socket that a process holds; returns true to end the visit. */
export type VisitSocket = (inode: number, fd: string) => boolean;

/** Called for each other descriptor, with its link's target, possibly truncated. */
export type VisitOther = (target: string, fd: string) => void;

/**
 * Visits the sockets that a process holds, by the links in /proc/PID/fd. Returns true if the visitor ended the visit.
 * Links are read, never followed: their targets may hang. Ended processes and closed descriptors are skipped; any other
 * error is counted in `unseen`.
 */
export function visitSockets(
  proc: Proc,
  task: Task,
  unseen: Unseen,
  visit: VisitSocket,
  visitOther?: VisitOther,
): boolean {
  let names: readonly string[];
  try {
    names = proc.descriptors(task);
  } catch (error) {
    if (!isForbidden(errnoOf(error)) || !holdsNothing(proc, task)) countError(error, unseen);
    return false;
  }
  const links = proc.openLinks?.(task, names.length) ?? null;
  try {
    return visitLinks(
      names,
      links?.read ?? ((name) => linkOf(proc, task, name)),
      unseen,
      visit,
      visitOther,
    );
  } finally {
    links?.close();
  }
}

/**
 * Whether a process that may not be inspected has no descriptors all the same, as kernel threads have none. If it has
 * further threads, they may have tables of their own.
 */
function holdsNothing(proc: Proc, task: Task): boolean {
  try {
    if (typeof task !== 'number' || proc.descriptorCount(task) !== 0) return false;
    return proc.threadIds(task).length === 0;
  } catch {
    return false;
  }
}

/** Returns a socket's inode, or the target if it is not a socket. */
function linkOf(proc: Proc, task: Task, name: string): number | string {
  const target = proc.readLink(task, `fd/${name}`);
  return socketInode(target) || target;
}

function visitLinks(
  names: readonly string[],
  read: (name: string) => number | string,
  unseen: Unseen,
  visit: VisitSocket,
  visitOther?: VisitOther,
): boolean {
  let failure: unknown = null;
  for (const name of names) {
    let target: number | string;
    try {
      target = read(name);
    } catch (error) {
      const code = errnoOf(error);
      // Without CAP_SYS_PTRACE even root may list descriptors whose links it may not read.
      if (isForbidden(code)) {
        unseen.denied++;
        return false;
      }
      if (!isPassedOver(code)) failure = error;
      continue;
    }
    if (typeof target === 'string') visitOther?.(target, name);
    else if (visit(target, name)) return true;
  }
  if (failure !== null) countError(failure, unseen);
  return false;
}

/** Closed in the meantime, or a path longer than a page, which the kernel does not report; sockets have none. */
function isPassedOver(code: string): boolean {
  return hasEnded(code) || code === 'ENAMETOOLONG';
}

/** Whether a process's descriptor still leads to the socket with that inode. */
export function holdsSocket(proc: Proc, pid: number, fd: number | string, inode: number): boolean {
  try {
    return socketInode(proc.readLink(pid, `fd/${fd}`)) === inode;
  } catch {
    return false;
  }
}

const ring = 'anon_inode:[io_uring]';

/**
 * Visits all sockets that a process holds, in more places than netstat looks: also the descriptor tables of threads
 * that have their own, and the files registered with an io_uring, which need no descriptor (`fd` null). Not visible:
 * descriptors in flight over a UNIX socket (SCM_RIGHTS), a ring without a descriptor, and a thread's own table with as
 * many descriptors as the process's.
 */
export function visitEverySocket(
  proc: Proc,
  pid: number,
  unseen: Unseen,
  visit: (inode: number, fd: number | null) => void,
): void {
  let descriptors = 0;
  const visitTable = (task: Task) => {
    const visitSocket = (inode: number, fd: string) => {
      descriptors++;
      visit(inode, Number(fd));
      return false;
    };
    visitSockets(proc, task, unseen, visitSocket, (target, fd) => {
      descriptors++;
      if (target !== ring) return;
      for (const inode of registeredSockets(proc, task, fd, unseen)) visit(inode, null);
    });
  };
  const deniedBefore = unseen.denied;
  visitTable(pid);
  if (unseen.denied > deniedBefore) return;
  for (const thread of threadsApart(proc, pid, descriptors === 0, unseen)) {
    visitTable(`${pid}/task/${thread}`);
    // If sizes are not known, all threads that still run may share one table.
    if (descriptors > 0 && proc.descriptorCount(pid) === null) break;
  }
}

/**
 * Returns the threads with their own descriptor table. Threads share the process's table unless they left it
 * (unshare(2), CLONE_FILES), or the first thread has ended, whose table is what /proc/PID/fd shows. A table counts as
 * another one if its number of descriptors differs; if the kernel does not report that, threads are looked at only if
 * the process's own table is empty.
 */
function threadsApart(
  proc: Proc,
  pid: number,
  showsNone: boolean,
  unseen: Unseen,
): readonly number[] {
  try {
    const threads = proc.threadIds(pid).filter((thread) => thread !== pid);
    if (threads.length === 0) return threads;
    const own = proc.descriptorCount(pid);
    if (own === null) return showsNone ? threads : [];
    const known = new Set<number | null>([own, 0]);
    return threads.filter((thread) => {
      const count = proc.descriptorCount(`${pid}/task/${thread}`);
      return !known.has(count) && known.add(count);
    });
  } catch (error) {
    countError(error, unseen);
    return [];
  }
}

/** Returns the sockets registered with the io_uring of a descriptor; none if it is something else. */
export function ringSockets(proc: Proc, task: Task, fd: string, unseen: Unseen): readonly number[] {
  try {
    if (proc.readLink(task, `fd/${fd}`) !== ring) return [];
  } catch (error) {
    countError(error, unseen);
    return [];
  }
  return registeredSockets(proc, task, fd, unseen);
}

function registeredSockets(proc: Proc, task: Task, fd: string, unseen: Unseen): readonly number[] {
  try {
    return parseRegistered(proc.readFile(`${task}/fdinfo/${fd}`).toString('latin1'));
  } catch (error) {
    countError(error, unseen);
    return [];
  }
}

/**
 * Parses the sockets among an io_uring's registered files: lines `INDEX: socket:[INODE]` of its fdinfo, below
 * `UserFiles:` (Linux, io_uring/fdinfo.c).
 */
export function parseRegistered(text: string): number[] {
  const inodes: number[] = [];
  for (const [, target = ''] of text.matchAll(/^ *\d+: (socket:\[\d+\])$/gm)) {
    inodes.push(socketInode(target));
  }
  return inodes;
}
