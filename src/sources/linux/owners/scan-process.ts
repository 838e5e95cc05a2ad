import { errnoOf, isForbidden, type Proc, type Task } from '../proc/proc.ts';
import { socketInode } from './socket-link.ts';
import { countError, hasEnded, type Unseen } from './unseen.ts';

/** Told of each socket that a process holds; answers true to end the scan. */
export type Visit = (inode: number, fd: string) => boolean;

/** Told of each descriptor that is no socket, by where it leads. */
export type VisitOther = (target: string, fd: string) => void;

/**
 * Visits the sockets that a process holds, by the links in /proc/PID/fd; true where the visitor ended
 * it. Links are read, never followed: what they lead to may hang. A process that ended meanwhile and
 * descriptors that are closed are passed over; whatever else is in the way is counted in `unseen`.
 */
export function scanProcess(
  proc: Proc,
  task: Task,
  unseen: Unseen,
  visit: Visit,
  visitOther?: VisitOther,
): boolean {
  let names: readonly string[];
  try {
    names = proc.descriptors(task);
  } catch (error) {
    countError(error, unseen);
    return false;
  }
  let failure: unknown = null;
  for (const name of names) {
    let target: string;
    try {
      target = proc.readLink(task, `fd/${name}`);
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
    const inode = socketInode(target);
    if (inode !== 0) {
      if (visit(inode, name)) return true;
    } else visitOther?.(target, name);
  }
  if (failure !== null) countError(failure, unseen);
  return false;
}

/** Closed meanwhile; or a path of more than a page, which the kernel does not tell: no socket has one. */
function isPassedOver(code: string): boolean {
  return hasEnded(code) || code === 'ENAMETOOLONG';
}

/** Whether a descriptor of a process leads to the socket of that inode. */
export function holds(proc: Proc, pid: number, fd: number | string, inode: number): boolean {
  try {
    return socketInode(proc.readLink(pid, `fd/${fd}`)) === inode;
  } catch {
    return false;
  }
}
