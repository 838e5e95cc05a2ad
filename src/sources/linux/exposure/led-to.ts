import { lazily } from '../../../flow/lazily.ts';
import { isPasta, rootlessPort } from '../../../model/socket/forwarder.ts';
import type { Workload } from '../../../model/socket/workload.ts';
import { statOf } from '../owners/process-facts.ts';
import { visitSockets } from '../owners/process-sockets.ts';
import { nothingUnseen } from '../owners/unseen-processes.ts';
import type { Proc } from '../proc/proc.ts';
import { isBelieved, type Speaker } from '../workloads/believed.ts';
import { belowOnly, speakers } from '../workloads/speakers.ts';
import type { HeldByForwarder, NamedProcess } from './forwarders.ts';

/** A network namespace besides the host's, as far as forwarders show that they lead there. */
export interface Destination {
  /** Its number; null: not known. */
  readonly inode: number | null;
  /** The parents of its processes. */
  parents(): ReadonlySet<number>;
}

/** Whether a forwarder may show which namespace its ports lead to. */
export function showsDestination({ forwarder: { name }, inodes }: HeldByForwarder): boolean {
  return inodes.size > 0 && (name === rootlessPort || isPasta(name));
}

/** Where a forwarder shows that its ports lead. */
export interface Lead<T> {
  readonly to: readonly T[];
  /** Whether it is believed to forward ports to a workload there. */
  isBelievedOf(workload: Workload): boolean;
}

/**
 * Finds the namespaces to which forwarders show that they lead: rootlessport by its child there, pasta by its
 * descriptor. Any user may open a namespace that has a file, so pasta is believed only of that user's containers; a
 * process gets only into a namespace of its own user.
 */
export function leadsOf<T extends Destination>(
  proc: Proc,
  destinations: readonly T[],
): (forwarder: NamedProcess) => Lead<T> {
  const speakerAt = lazily(() => speakers(proc));
  // Pasta makes a PID namespace for itself alone, and is where its parent is.
  const pastaAt = (pid: number): Speaker => {
    const own = speakerAt()(pid);
    const parent = own.inside === belowOnly ? statOf(proc, pid)?.parent : undefined;
    return parent === undefined ? own : { ...own, inside: speakerAt()(parent).inside };
  };
  return ({ pid, name }) => {
    if (name === rootlessPort) {
      const to = destinations.filter((one) => one.parents().has(pid));
      return { to, isBelievedOf: () => true };
    }
    const opened = openedNamespaces(proc, pid);
    const to = destinations.filter(({ inode }) => inode !== null && opened.has(inode));
    const by = lazily(() => pastaAt(pid));
    return { to, isBelievedOf: (workload) => isBelieved(by(), workload, proc) };
  };
}

/** The numbers of network namespaces that a process has opened; may contain those of other files. */
function openedNamespaces(proc: Proc, pid: number): ReadonlySet<number> {
  const found = new Set<number>();
  visitSockets(
    proc,
    pid,
    nothingUnseen(),
    () => false,
    (target, fd) => {
      const inode = /^net:\[(\d+)\]$/.exec(target)?.[1] ?? inodeOfFile(proc, pid, fd, target);
      if (inode !== null) found.add(Number(inode));
    },
  );
  return found;
}

/**
 * The inode number of what a descriptor has opened by a path, as `ip netns` and Podman keep namespaces: by proc(5),
 * since to follow the link may hang. null: a pipe or such, or a kernel before 5.14.
 */
function inodeOfFile(proc: Proc, pid: number, fd: string, target: string): string | null {
  if (!target.startsWith('/') || /^\/(?:dev|proc)\//.test(target)) return null;
  try {
    const info = proc.readFile(`${pid}/fdinfo/${fd}`, 4096).toString('latin1');
    return /^ino:\s*(\d+)$/m.exec(info)?.[1] ?? null;
  } catch {
    return null;
  }
}
