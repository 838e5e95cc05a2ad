import { isNetstatError } from '../../../errors.ts';
import { beforeName } from '../../../model/socket/workload.ts';
import type { Proc } from '../proc/proc.ts';
import type { Residents, Tenant } from '../workloads/tenants.ts';
import { namespaceAsked, unknownNamespace } from './asked.ts';
import type { Door } from './door.ts';
import {
  type FoundNamespaces,
  findNamespaces,
  inOrder,
  type Namespace,
} from './find-namespaces.ts';
import { isMadeUp } from './held.ts';

/** The /proc that shows the namespaces, and what tells what is in them. */
export interface LabelledProc {
  readonly proc: Proc;
  /**
   * The workload in each of several groups of processes, as one word; null: none that has a name. It names
   * namespaces without a name in `ip netns`.
   */
  labels(places: readonly (readonly number[])[]): Promise<readonly (string | null)[]>;
  /** Who lives in each of several groups of processes; null: as for `labels`. */
  residents(places: readonly (readonly number[])[]): Promise<readonly (Residents | null)[]>;
  /** The workload of each of several processes; null: none that has a name. */
  tenants(pids: readonly number[]): Promise<readonly (Tenant | null)[]>;
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

/**
 * The namespace with this name: as in `namespaceAsked`, else those with its workload's label, and all in which a
 * workload of that name has processes.
 */
export async function namespaceNamed(
  { proc, labels, tenants }: LabelledProc,
  name: string,
  canEnter: (door: Door) => boolean,
): Promise<FoundNamespaces> {
  try {
    return await withLabels(namespaceAsked(proc, name, canEnter), labels);
  } catch (error) {
    if (!isNetstatError(error) || error.code !== 'usage') throw error;
    const found = await withLabels(findNamespaces(proc), labels);
    const residents = await residentsOf(found, tenants);
    const namespaces = found.namespaces.filter(
      (one) =>
        one.netns.name === name ||
        residents.get(one)?.some(({ words }) => words.has(name)) === true,
    );
    if (namespaces.length > 0) return { ...found, namespaces };
    // The names of a pod and of a user's unit contain a slash, but are no paths.
    if (name.includes('/') && !beforeName.test(name)) throw error;
    const guests = [...residents].flatMap(([{ isBase }, some]) => (isBase ? [] : some));
    const labelsOfGuests = guests.flatMap(({ isContained, label }) => (isContained ? label : []));
    throw unknownNamespace(name, found.namespaces, labelsOfGuests);
  }
}

/** The workloads in each namespace; several may share one. */
async function residentsOf(
  { namespaces }: FoundNamespaces,
  tenantsOf: LabelledProc['tenants'],
): Promise<ReadonlyMap<Namespace, readonly Tenant[]>> {
  const homes = namespaces.flatMap((home) => home.pids.map((pid) => ({ home, pid })));
  const tenants = await tenantsOf(homes.map(({ pid }) => pid));
  const residents = new Map<Namespace, Set<Tenant>>();
  homes.forEach(({ home }, at) => {
    const tenant = tenants[at] ?? null;
    if (tenant === null) return;
    const known = residents.get(home) ?? new Set();
    residents.set(home, known.add(tenant));
  });
  return new Map([...residents].map(([home, some]) => [home, [...some]]));
}
