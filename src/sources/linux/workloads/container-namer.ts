import { steadyNow } from '../../../flow/steady-clock.ts';
import type { Workload } from '../../../model/socket/workload.ts';
import type { Proc } from '../proc/proc.ts';
import type { ContainerName } from './container-names.ts';

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

type Wanted = Pick<Workload, 'runtime'> & { readonly id: string };

/** The time that engines may take, in milliseconds; what one round uses up, later rounds lack. */
const patience = 500;
/** How much of it comes back per elapsed time: the share of time that a hanging engine can cost. */
const refill = 0.02;

/**
 * Remembers names from round to round: an ID always means the same container. `root`: the folder of the machine's
 * files; null: not accessible.
 */
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
      for (const id of names.keys()) if (!wantedNow.has(id)) names.delete(id);
      wantedNow = new Set();
      const time = steadyNow();
      left = Math.min(patience, left + Math.max(0, time - refilled) * refill);
      refilled = time;
    },
    async learn(workloads) {
      const wanted: Wanted[] = [];
      for (const { id, runtime } of workloads) {
        if (id === null) continue;
        wantedNow.add(id);
        if (asked.has(id) || names.has(id)) continue;
        asked.add(id);
        wanted.push({ id, runtime });
      }
      if (wanted.length === 0 || root === null) return;
      const { containerNames } = await import('./container-names.ts');
      const begun = steadyNow();
      for (const [id, name] of await containerNames(proc, root, wanted, { deadline: left })) {
        names.set(id, name);
      }
      left = Math.max(0, left - (steadyNow() - begun));
    },
    named(workload) {
      const { id } = workload;
      const name = id === null ? undefined : names.get(id);
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
