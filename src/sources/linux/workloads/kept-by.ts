import type { Workload, WorkloadRuntime } from '../../../model/workload.ts';
import { type ProcessStat, parseProcessStat } from '../owners/process-facts.ts';
import type { Proc } from '../proc/proc.ts';
import { parseConmon } from './conmon.ts';

/** The container that a process lives in, by who keeps it; null: nobody is known to. */
export type KeptBy = (pid: number) => Workload | null;

/** A process cannot have more ancestors than this unless they change while they are read. */
const mostParents = 256;
const statBytes = 4096;
const longestCommand = 64 * 1024;

/**
 * Tells the container of a process whose cgroup tells none, as where a runtime may make no cgroups (`--cgroups=disabled`,
 * without root beside version 1 of cgroups): what is started in it descends from the process that keeps it, of conmon or
 * of containerd's shim, whose command line has its ID.
 */
export function keptBy(proc: Proc): KeptBy {
  // Of another machine ancestors are not asked for.
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

interface Ancestor {
  /** 0: it has none, or has ended. */
  readonly parent: number;
  /** The container that it keeps. */
  readonly keeps: Workload | null;
}

function statOf(proc: Proc, pid: number): ProcessStat | null {
  try {
    return parseProcessStat(proc.readFile(`${pid}/stat`, statBytes));
  } catch {
    return null;
  }
}

/** As the kernel has the names of keepers: 15 bytes of them. */
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
  };
}

function keptByConmon(cmdline: Buffer): Kept | null {
  const conmon = parseConmon(cmdline);
  if (conmon === null) return null;
  // So the kubelet has them called, of which CRI-O keeps containers by conmon too.
  return { runtime: conmon.name.startsWith('k8s_') ? 'crio' : 'podman', id: conmon.id };
}

/** containerd-shim-runc-v2: of a pod of Kubernetes it keeps all containers, and has the ID of none of them. */
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
