import type { Proc, Task } from '../proc/proc.ts';
import { scanProcess } from './scan-process.ts';
import { socketInode } from './socket-link.ts';
import { countError, type Unseen } from './unseen.ts';

/** Told of each socket that a process holds, and by which descriptor, where it does so by one. */
export type VisitHeld = (inode: number, fd: number | null) => void;

const ring = 'anon_inode:[io_uring]';

/**
 * Visits all sockets that a process holds, in more places than netstat looks at: the tables of
 * descriptors of threads that have their own, and the files that are registered with an io_uring,
 * which need no descriptor. What stays out of sight: descriptors in flight through a UNIX socket
 * (SCM_RIGHTS), a ring without a descriptor, and a thread's table that has as many descriptors as the
 * process's.
 */
export function scanAll(proc: Proc, pid: number, unseen: Unseen, visit: VisitHeld): void {
  let descriptors = 0;
  const scan = (task: Task) => {
    const visitSocket = (inode: number, fd: string) => {
      descriptors++;
      visit(inode, Number(fd));
      return false;
    };
    scanProcess(proc, task, unseen, visitSocket, (target, fd) => {
      descriptors++;
      if (target !== ring) return;
      for (const inode of registeredSockets(proc, task, fd, unseen)) visit(inode, null);
    });
  };
  const deniedBefore = unseen.denied;
  scan(pid);
  if (unseen.denied > deniedBefore) return;
  for (const thread of threadsApart(proc, pid, descriptors === 0, unseen)) {
    scan(`${pid}/task/${thread}`);
    // Of a size that cannot be told, all that still run may share one.
    if (descriptors > 0 && proc.descriptorCount(pid) === null) break;
  }
}

/**
 * Threads share their process's table of descriptors, but for one that has left it (unshare(2),
 * CLONE_FILES), or where the first thread has ended, and with it what /proc/PID/fd shows. Another
 * table is told by another number of descriptors, where the kernel tells that; else only the threads
 * of a process whose own table shows nothing are worth a look.
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

function registeredSockets(proc: Proc, task: Task, fd: string, unseen: Unseen): readonly number[] {
  try {
    return parseRegistered(proc.readFile(`${task}/fdinfo/${fd}`).toString('latin1'));
  } catch (error) {
    countError(error, unseen);
    return [];
  }
}

/**
 * The sockets among an io_uring's registered files: lines `INDEX: socket:[INODE]` of its fdinfo, below
 * `UserFiles:` (io_uring/fdinfo.c of Linux).
 */
export function parseRegistered(text: string): number[] {
  const inodes: number[] = [];
  for (const [, target = ''] of text.matchAll(/^ *\d+: (socket:\[\d+\])$/gm)) {
    inodes.push(socketInode(target));
  }
  return inodes;
}
