import { statSync } from 'node:fs';
import { isForwarder, rootlessForwarders } from '../../../model/socket/forwarder.ts';
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

/** The inodes of the sockets that these processes hold, and those of the processes that could not be inspected. */
export function socketsOf(proc: Proc, running: readonly NamedProcess[]) {
  const inodes = new Set<number>();
  const hidden: NamedProcess[] = [];
  for (const one of running) {
    const unseen = nothingUnseen();
    visitEverySocket(proc, one.pid, unseen, (inode) => inodes.add(inode));
    if (unseen.denied + unseen.failed > 0) hidden.push(one);
  }
  return { inodes, hidden };
}

/** The name of a forwarder for rootless containers, which does not report its ports; null: none is running. */
export function rootlessForwarder(running: readonly NamedProcess[]): string | null {
  return running.find(({ name }) => rootlessForwarders.has(name))?.name ?? null;
}

/** Whether a process may be in a user namespace of its own, as rootless containers are. */
export function mayBeRootless(root: string, base: Task, pid: number): boolean {
  try {
    return statSync(`${root}/${pid}/ns/user`).ino !== statSync(`${root}/${base}/ns/user`).ino;
  } catch {
    return true;
  }
}
