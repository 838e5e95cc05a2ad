import { lazilyFor } from '../../../flow/lazily.ts';
import type { Workload, WorkloadRuntime } from '../../../model/socket/workload.ts';
import { mostParents, type ProcessStat, statOf } from '../owners/process-facts.ts';
import { realUserOf } from '../owners/process-users.ts';
import type { Proc } from '../proc/proc.ts';
import { standings } from './believed.ts';
import { whose } from './cgroup-path.ts';
import { longestCommand, parseConmon } from './conmon.ts';

/** A process that keeps a container. */
export interface Keeper {
  readonly pid: number;
  /** The container, always the same object. */
  readonly container: Workload;
}

/** What processes keep containers, and which processes descend from them. */
export interface Keepers {
  /** The keeper that a process descends from; null: none is known. */
  of(pid: number): Keeper | null;
  /** The container that a process keeps; null: none, or it is not believed. */
  keptBy(pid: number): Workload | null;
}

/**
 * Finds the containers of processes whose cgroups do not show them, for example if a runtime creates no cgroups
 * (`--cgroups=disabled`, or without root and with version 1 of cgroups): they descend from the process that keeps the
 * container, conmon or containerd's shim, which has the ID on its command line. Of several the outermost counts, root's
 * before a user's: below it there may be programs in the container that are only called so.
 */
export function keepersIn(proc: Proc): Keepers {
  // Ancestors on another machine are not asked for.
  if (proc.isElsewhere === true) return { of: () => null, keptBy: () => null };
  const standingOf = standings(proc);
  const ancestorAt = lazilyFor((pid: number): Ancestor => {
    const stat = statOf(proc, pid);
    const container = stat === null ? null : containerKept(proc, pid, stat, standingOf);
    return { parent: stat?.parent ?? 0, keeper: container && { pid, container } };
  });
  return {
    of(pid) {
      let found: Keeper | null = null;
      let { parent } = ancestorAt(pid);
      for (let looked = 0; parent > 0 && looked < mostParents; looked++) {
        const { keeper, parent: next } = ancestorAt(parent);
        if (keeper !== null && (found === null || isRoots(keeper) || !isRoots(found))) {
          found = keeper;
        }
        parent = next;
      }
      return found;
    },
    keptBy: (pid) => ancestorAt(pid).keeper?.container ?? null,
  };
}

function isRoots({ container }: Keeper): boolean {
  return container.user === undefined;
}

/** Whether a process that keeps containers is running. */
export function hasKeepers(proc: Proc): boolean {
  if (proc.isElsewhere === true) return false;
  try {
    return proc.processIds().some((pid) => isCalledKeeper(statOf(proc, pid)?.name ?? ''));
  } catch {
    return false;
  }
}

/**
 * Whether a process may keep a container that has no cgroup of its own, by its short name, whoever it is. Without
 * cgroups, containerd runs only those of users.
 */
export function mayKeep(proc: Proc, pid: number): boolean {
  try {
    const name = proc.readFile(`${pid}/comm`, 16).toString('latin1').trimEnd();
    return isCalledKeeper(name) && (name === 'conmon' || realUserOf(proc, pid) !== 0);
  } catch {
    return false;
  }
}

/** Whether the kernel's short name of a process is that of a program that keeps containers. */
function isCalledKeeper(name: string): boolean {
  return Object.hasOwn(programs, name);
}

interface Ancestor {
  /** 0: it has none, or has ended. */
  readonly parent: number;
  /** null: it keeps no container. */
  readonly keeper: Keeper | null;
}

/** By the kernel's short names of keepers: their first 15 bytes. */
const programs: Readonly<Record<string, (cmdline: Buffer) => Kept | null>> = {
  conmon: keptByConmon,
  'containerd-shim': keptByShim,
};

interface Kept {
  readonly runtime: WorkloadRuntime;
  readonly id: string;
}

/** An ID of Podman, Docker, CRI-O and nerdctl, which have names besides. */
const hex64 = /^[0-9a-f]{64}$/;

/** An ID of containerd (its `identifiers`), where it is the name. */
const plainId = /^[A-Za-z0-9]+(?:[._-]+[A-Za-z0-9]+)*$/;
const longestPlainId = 76;

function containerKept(
  proc: Proc,
  pid: number,
  { name }: ProcessStat,
  standingOf: ReturnType<typeof standings>,
): Workload | null {
  if (!isCalledKeeper(name)) return null;
  let kept: Kept | null = null;
  try {
    kept = programs[name]?.(proc.readFile(`${pid}/cmdline`, longestCommand)) ?? null;
  } catch {
    return null;
  }
  if (kept === null) return null;
  const { runtime, id } = kept;
  const { uid, isBelow } = standingOf(pid);
  const isPlain =
    runtime === 'containerd' && uid === 0 && id.length <= longestPlainId && plainId.test(id);
  if (uid === null && proc.isLive) return null;
  // What is in a container may keep others, whose processes are then shown as of the outer one.
  if (isBelow || !(hex64.test(id) || isPlain)) return null;
  return {
    ...{ kind: 'container', runtime, name: hex64.test(id) ? null : id, id },
    ...{ namespace: null, podUid: null, container: null, image: null, unit: null },
    ...whose(uid),
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
