import { steadyNow } from '../../../model/steady-clock.ts';
import type { Workload } from '../../../model/workload.ts';
import type { Proc } from '../proc/proc.ts';
import type { ContainerName } from './container-names.ts';

/** Knows containers and pods by their IDs. */
export interface ContainerNamer {
  /**
   * From now on IDs may be asked for again that had no name before. Names that nobody wanted since it was last
   * called are forgotten.
   */
  beginRound(): void;
  /** Finds out the names of those among these that are new. */
  learn(workloads: readonly Workload[]): Promise<void>;
  /** A workload with its names, as far as they were found; the same object for the same one. */
  named(workload: Workload): Workload;
}

type Wanted = Pick<Workload, 'runtime'> & { readonly id: string };

/** How long engines may take to answer, in milliseconds: a round, and where they take it, of many rounds together. */
const patience = 500;
/** What comes back of it with time: an engine that hangs may cost so much of all time. */
const refill = 0.02;

/**
 * Remembers names from round to round: an ID means one container for ever. `root`: the folder under which
 * the machine's files are; null: they are not at hand.
 */
export function containerNamer(proc: Proc, root: string | null, now = steadyNow): ContainerNamer {
  const asked = new Set<string>();
  const names = new Map<string, ContainerName>();
  const known = new WeakMap<Workload, Workload>();
  let wantedNow = new Set<string>();
  let left = patience;
  let refilled = now();
  return {
    beginRound() {
      asked.clear();
      for (const id of names.keys()) if (!wantedNow.has(id)) names.delete(id);
      wantedNow = new Set();
      const time = now();
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
      const begun = now();
      for (const [id, name] of await containerNames(proc, root, wanted, { deadline: left })) {
        names.set(id, name);
      }
      left = Math.max(0, left - (now() - begun));
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
