import type { Workload, WorkloadRuntime } from '../../../model/socket/workload.ts';
import { mostParents, type ProcessStat, statOf } from '../owners/process-facts.ts';
import { realUserOf } from '../owners/process-users.ts';
import type { Proc } from '../proc/proc.ts';
import { whose } from './cgroup-path.ts';
import { longestCommand, parseConmon } from './conmon.ts';

/** The container of a process, found by the process that keeps it; null: not known. */
export type KeptBy = (pid: number) => Workload | null;

/**
 * Finds the container of a process whose cgroup does not show it, for example if a runtime creates no cgroups
 * (`--cgroups=disabled`, or without root and with version 1 of cgroups): its processes descend from the process
 * that keeps it, conmon or containerd's shim, which has the ID on its command line.
 */
export function keptBy(proc: Proc): KeptBy {
  // Ancestors on another machine are not asked for.
  if (proc.isElsewhere === true) return () => null;
  const ancestors = new Map<number, Ancestor>();
  const ancestorAt = (pid: number): Ancestor => {
    let one = ancestors.get(pid);
    if (one === undefined) {
      const stat = statOf(proc, pid);
      one = {
        parent: stat?.parent ?? 0,
        keeps: stat === null ? null : containerKept(proc, pid, stat),
      };
      ancestors.set(pid, one);
    }
    return one;
  };
  return (pid) => {
    let { parent } = ancestorAt(pid);
    for (let looked = 0; parent > 0 && looked < mostParents; looked++) {
      const { keeps, parent: next } = ancestorAt(parent);
      if (keeps !== null) return keeps;
      parent = next;
    }
    return null;
  };
}

/** Whether a process that keeps containers is running. */
export function hasKeepers(proc: Proc): boolean {
  if (proc.isElsewhere === true) return false;
  try {
    return proc.processIds().some((pid) => Object.hasOwn(keepers, statOf(proc, pid)?.name ?? ''));
  } catch {
    return false;
  }
}

interface Ancestor {
  /** 0: it has none, or has ended. */
  readonly parent: number;
  /** The container that it keeps; null: none. */
  readonly keeps: Workload | null;
}

/** By the kernel's short names of keepers: their first 15 bytes. */
const keepers: Readonly<Record<string, (cmdline: Buffer) => Kept | null>> = {
  conmon: keptByConmon,
  'containerd-shim': keptByShim,
};

interface Kept {
  readonly runtime: WorkloadRuntime;
  readonly id: string;
}

function containerKept(proc: Proc, pid: number, { name }: ProcessStat): Workload | null {
  if (!Object.hasOwn(keepers, name)) return null;
  let kept: Kept | null = null;
  try {
    kept = keepers[name]?.(proc.readFile(`${pid}/cmdline`, longestCommand)) ?? null;
  } catch {
    return null;
  }
  if (kept === null || !/^[0-9a-f]{64}$/.test(kept.id)) return null;
  return {
    ...{ kind: 'container', runtime: kept.runtime, name: null, id: kept.id },
    ...{ namespace: null, podUid: null, container: null, image: null, unit: null },
    // Any user can name a process like a keeper.
    ...whose(realUserOf(proc, pid)),
  };
}

function keptByConmon(cmdline: Buffer): Kept | null {
  const conmon = parseConmon(cmdline);
  if (conmon === null) return null;
  // The kubelet chooses such names; with CRI-O its containers are kept by conmon too.
  return { runtime: conmon.name.startsWith('k8s_') ? 'crio' : 'podman', id: conmon.id };
}

/** containerd-shim-runc-v2: for a pod of Kubernetes it keeps all containers, and has none of their IDs. */
function keptByShim(cmdline: Buffer): Kept | null {
  const words = cmdline.toString('latin1').split('\0');
  if (!/(?:^|\/)containerd-shim[\w.-]*$/.test(words[0] ?? '')) return null;
  const behind = (flag: string) => {
    const at = words.indexOf(flag);
    return at < 0 ? undefined : words[at + 1];
  };
  const [namespace, id] = [behind('-namespace'), behind('-id')];
  if (namespace === undefined || id === undefined || namespace === 'k8s.io') return null;
  return { runtime: namespace === 'moby' ? 'docker' : 'containerd', id };
}
