import { isNetstatError } from '../../../errors.ts';
import { beforeName } from '../../../model/socket/workload.ts';
import type { Proc } from '../proc/proc.ts';
import { namespaceAsked, unknownNamespace } from './asked.ts';
import {
  type FoundNamespaces,
  findNamespaces,
  inOrder,
  type Namespace,
} from './find-namespaces.ts';
import { isMadeUp } from './held.ts';
import type { Door } from './inside.ts';

/** The /proc that shows the namespaces, and what tells what is in them. */
export interface LabelledProc {
  readonly proc: Proc;
  /**
   * The workload in each of several groups of processes, as one word; null: none that has a name. It names
   * namespaces without a name in `ip netns`.
   */
  labels(places: readonly (readonly number[])[]): Promise<readonly (string | null)[]>;
}

/** Every network namespace, as `findNamespaces` finds them, with names. */
export async function namedNamespaces({ proc, labels }: LabelledProc): Promise<FoundNamespaces> {
  return withLabels(findNamespaces(proc), labels);
}

/** Names namespaces that have no name given by people after the workload in them. */
export async function withLabels(
  found: FoundNamespaces,
  labels: LabelledProc['labels'],
): Promise<FoundNamespaces> {
  const unnamed = found.namespaces.filter(
    ({ netns: { name }, isBase, pids }) =>
      !isBase && pids.length > 0 && (name === null || isMadeUp(name)),
  );
  const workloads = await labels(unnamed.map(({ pids }) => pids));
  const known = new Map(unnamed.map((one, i) => [one, workloads[i] ?? null]));
  const namespaces = found.namespaces.map((one): Namespace => {
    const name = known.get(one) ?? null;
    return name === null ? one : { ...one, netns: { ...one.netns, name } };
  });
  return { ...found, namespaces: namespaces.sort(inOrder) };
}

/** The namespace with this name: as in `namespaceAsked`, else by its workload. */
export async function namespaceNamed(
  proc: Proc,
  name: string,
  canEnter: (door: Door) => boolean,
  labels: LabelledProc['labels'],
): Promise<FoundNamespaces> {
  try {
    return await withLabels(namespaceAsked(proc, name, canEnter), labels);
  } catch (error) {
    if (!isNetstatError(error) || error.code !== 'usage') throw error;
    const found = await namedNamespaces({ proc, labels });
    const called = found.namespaces.filter(({ netns }) => netns.name === name);
    const namespaces = called.length > 0 ? called : await homesOf(name, found, labels);
    if (namespaces.length > 0) return { ...found, namespaces };
    // The names of a pod and of a user's unit contain a slash, but are no paths.
    throw name.includes('/') && !beforeName.test(name)
      ? error
      : unknownNamespace(name, found.namespaces);
  }
}

/** The namespaces of a workload's processes, which other processes may share. */
async function homesOf(
  label: string,
  { namespaces }: FoundNamespaces,
  labels: LabelledProc['labels'],
): Promise<readonly Namespace[]> {
  const residents = namespaces.flatMap((home) => home.pids.map((pid) => ({ home, pid })));
  const workloads = await labels(residents.map(({ pid }) => [pid]));
  return [...new Set(residents.flatMap(({ home }, i) => (workloads[i] === label ? home : [])))];
}
