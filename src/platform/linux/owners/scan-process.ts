import { errnoOf, isForbidden, type Proc } from '../proc.js';
import { socketInode } from './socket-link.js';

/** `denied`: the process may not be looked into. `gone`: it ended meanwhile. */
export type ScanResult = 'done' | 'stopped' | 'denied' | 'gone';

/** Told of each socket that a process holds; answers true to end the scan. */
export type Visit = (inode: number, fd: string) => boolean;

/**
 * Visits the sockets that a process holds, by the links in /proc/PID/fd. Links are read, never
 * followed: what they lead to may hang. Descriptors that are closed meanwhile are passed over.
 */
export function scanProcess(proc: Proc, pid: number, visit: Visit): ScanResult {
  let names: readonly string[];
  try {
    names = proc.descriptors(pid);
  } catch (error) {
    return isForbidden(errnoOf(error)) ? 'denied' : 'gone';
  }
  return scanDescriptors(proc, pid, names, visit);
}

/** The same for some of its descriptors. */
export function scanDescriptors(
  proc: Proc,
  pid: number,
  names: Iterable<string>,
  visit: Visit,
): ScanResult {
  for (const name of names) {
    let inode: number;
    try {
      inode = socketInode(proc.readLink(pid, `fd/${name}`));
    } catch (error) {
      // Without CAP_SYS_PTRACE even root may list descriptors whose links it may not read.
      if (isForbidden(errnoOf(error))) return 'denied';
      continue;
    }
    if (inode !== 0 && visit(inode, name)) return 'stopped';
  }
  return 'done';
}

/** Whether a descriptor of a process leads to the socket of that inode. */
export function holds(proc: Proc, pid: number, fd: number | string, inode: number): boolean {
  try {
    return socketInode(proc.readLink(pid, `fd/${fd}`)) === inode;
  } catch {
    return false;
  }
}
