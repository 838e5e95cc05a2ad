import { statSync } from 'node:fs';
import type { Proc, Task } from '../proc/proc.ts';

/** Docker's program that takes a port's connections and hands them on, by the kernel's name for it. */
export const dockerProxy = 'docker-proxy';

/** Programs that take a host's port for a container of somebody without rights, and hand on what comes. */
const rootless: ReadonlySet<string> = new Set([
  ...['rootlessport', 'rootlesskit', 'slirp4netns', 'pasta', 'pasta.avx2', 'passt'],
]);

/** Whether a program of this name takes ports for containers. */
export function isForwarder(program: string | null): boolean {
  return program !== null && (program === dockerProxy || rootless.has(program));
}

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
  return running.find(({ name }) => rootless.has(name))?.name ?? null;
}

/** Whether a process lives in a user namespace of its own, as such containers do, as far as it is told. */
export function mayBeRootless(root: string, base: Task, pid: number): boolean {
  try {
    return statSync(`${root}/${pid}/ns/user`).ino !== statSync(`${root}/${base}/ns/user`).ino;
  } catch {
    return true;
  }
}
