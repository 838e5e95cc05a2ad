import { statSync } from 'node:fs';
import { isForwarder, rootlessForwarders } from '../../../model/forwarder.ts';
import type { Proc, Task } from '../proc/proc.ts';

/** A process and the kernel's name for it. */
export interface NamedProcess {
  readonly pid: number;
  readonly name: string;
}

/** Those processes that take ports for containers. */
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

/** One of these that takes ports for containers of users without rights, and does not tell which; null: none. */
export function rootlessForwarder(running: readonly NamedProcess[]): string | null {
  return running.find(({ name }) => rootlessForwarders.has(name))?.name ?? null;
}

/** Whether a process lives in a user namespace of its own, as such containers do, as far as it is told. */
export function mayBeRootless(root: string, base: Task, pid: number): boolean {
  try {
    return statSync(`${root}/${pid}/ns/user`).ino !== statSync(`${root}/${base}/ns/user`).ino;
  } catch {
    return true;
  }
}
