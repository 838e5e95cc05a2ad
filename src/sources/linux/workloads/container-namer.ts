import { steadyNow } from '../../../flow/steady-clock.ts';
import type { Workload } from '../../../model/socket/workload.ts';
import type { Proc } from '../proc/proc.ts';
import type { ContainerName } from './container-name.ts';
import type { WantedContainer } from './container-names.ts';

/** Looks up names of containers and pods by ID. */
export interface ContainerNamer {
  /**
   * Begins a round: IDs without a name may be asked for again, and names not used since the last call are
   * forgotten.
   */
  beginRound(): void;
  /** Looks up the names of those that are new. */
  learn(workloads: readonly Workload[]): Promise<void>;
  /** A workload with the names that were found; always the same object for the same workload. */
  named(workload: Workload): Workload;
}

/** The time that engines may take, in milliseconds; what one round uses up, later rounds lack. */
const patience = 500;
/** How much of it comes back per elapsed time: the share of time that a hanging engine can cost. */
const refill = 0.02;

/** What always means the same container. A user, or a container's root, may give a cgroup the ID of another's. */
function keyOf({ id, runtime, user, within }: WantedContainer): string {
  return `${runtime} ${user} ${id} ${within}`;
}

function hasId(workload: Workload): workload is Workload & WantedContainer {
  return workload.id !== null;
}

/** Remembers names from round to round. `root`: the folder of the machine's files; null: not accessible. */
export function containerNamer(proc: Proc, root: string | null): ContainerNamer {
  const asked = new Set<string>();
  const names = new Map<string, ContainerName>();
  const known = new WeakMap<Workload, Workload>();
  let wantedNow = new Set<string>();
  let left = patience;
  let refilled = steadyNow();
  return {
    beginRound() {
      asked.clear();
      for (const key of names.keys()) if (!wantedNow.has(key)) names.delete(key);
      wantedNow = new Set();
      const time = steadyNow();
      left = Math.min(patience, left + Math.max(0, time - refilled) * refill);
      refilled = time;
    },
    async learn(workloads) {
      const wanted = new Map<WantedContainer, string>();
      for (const workload of workloads) {
        if (!hasId(workload)) continue;
        const key = keyOf(workload);
        wantedNow.add(key);
        if (asked.has(key) || names.has(key)) continue;
        asked.add(key);
        wanted.set(workload, key);
      }
      if (wanted.size === 0 || root === null) return;
      const { containerNames } = await import('./container-names.ts');
      const begun = steadyNow();
      const found = await containerNames(proc, root, [...wanted.keys()], { deadline: left });
      for (const [container, name] of found) names.set(wanted.get(container) as string, name);
      left = Math.max(0, left - (steadyNow() - begun));
    },
    named(workload) {
      const name = hasId(workload) ? names.get(keyOf(workload)) : undefined;
      if (name === undefined) return workload;
      let named = known.get(workload);
      if (named === undefined) {
        named = withName(workload, name);
        known.set(workload, named);
      }
      return named;
    },
  };
}

function withName(workload: Workload, { name, image, pod }: ContainerName): Workload {
  if (workload.kind !== 'pod') return { ...workload, name: workload.name ?? name, image };
  if (pod === null) return { ...workload, container: name, image };
  return {
    ...workload,
    name: pod.name,
    namespace: pod.namespace,
    podUid: workload.podUid ?? pod.uid,
    container: pod.container ?? name,
    image,
  };
}
