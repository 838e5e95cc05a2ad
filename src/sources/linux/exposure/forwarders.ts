import { statSync } from 'node:fs';
import { isForwarder } from '../../../model/socket/forwarder.ts';
import { visitEverySocket } from '../owners/process-sockets.ts';
import { nothingUnseen } from '../owners/unseen-processes.ts';
import type { Proc, Task } from '../proc/proc.ts';

/** A process and the kernel's name for it. */
export interface NamedProcess {
  readonly pid: number;
  readonly name: string;
}

/** The processes that listen on ports for containers. */
export function forwardersIn(proc: Proc): readonly NamedProcess[] {
  return proc.processIds().flatMap((pid) => {
    try {
      const name = proc.readFile(`${pid}/comm`, 64).toString('latin1').trimEnd();
      return isForwarder(name) ? { pid, name } : [];
    } catch {
      return [];
    }
  });
}

/** The sockets that a forwarder holds, by inode. */
export interface HeldByForwarder {
  readonly forwarder: NamedProcess;
  readonly inodes: ReadonlySet<number>;
  /** False: it could not be inspected, so it may hold others. */
  readonly isWhole: boolean;
}

/** The sockets of each of these processes. */
export function socketsOf(
  proc: Proc,
  running: readonly NamedProcess[],
): readonly HeldByForwarder[] {
  return running.map((forwarder) => {
    const inodes = new Set<number>();
    const unseen = nothingUnseen();
    visitEverySocket(proc, forwarder.pid, unseen, (inode) => inodes.add(inode));
    return { forwarder, inodes, isWhole: unseen.denied + unseen.failed === 0 };
  });
}

/** Whether a process may be in a user namespace of its own, as rootless containers are. */
export function mayBeRootless(root: string, base: Task, pid: number): boolean {
  try {
    return statSync(`${root}/${pid}/ns/user`).ino !== statSync(`${root}/${base}/ns/user`).ino;
  } catch {
    return true;
  }
}
