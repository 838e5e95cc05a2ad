import { lazily } from '../../flow/lazily.ts';
import type { Counter } from '../../model/machine/counter.ts';
import type { NetInterface } from '../../model/machine/interface.ts';
import type { Group } from '../../model/machine/multicast-group.ts';
import type { InNetns } from '../../model/machine/netns.ts';
import type { Route } from '../../model/machine/route.ts';
import type { Fact } from '../../model/report/facts.ts';
import type { Socket } from '../../model/socket/socket.ts';
import type { Readers } from '../readers.ts';
import type { Batches, PlatformHost, SourceQuery, WarningSink } from '../source.ts';
import type { Publishing } from './exposure/sockets-with-exposure.ts';
import type { LinkSource } from './interfaces/interfaces.ts';
import type { ReadNetns } from './namespaces/in-namespaces.ts';
import type { LabelledProc } from './namespaces/labelled.ts';
import { ownerMemory } from './owners/owner-memory.ts';
import { socketsWithOwners } from './owners/sockets-with-owners.ts';
import type { Proc } from './proc/proc.ts';
import { linuxSockets } from './sockets/sockets.ts';
import type { MachineFiles } from './system/system-facts.ts';
import type { ContainerNamer } from './workloads/container-namer.ts';

/** What is known of the machine whose /proc is read. */
export interface Setup {
  readonly sockDiag?: Proc['sockDiag'] | undefined;
  readonly deviceName?: Proc['deviceName'] | undefined;
  readonly ownersAtOnce?: Proc['ownersAtOnce'] | undefined;
  /** As `machineFiles` returns it. */
  readonly files: string | null;
  readonly isStill: boolean;
  readonly facts: readonly Fact[];
  /** Its other files; left out: those below `files`. */
  readonly others?: MachineFiles;
  /** How interfaces are read; left out: the default for such a /proc. */
  readonly links?: LinkSource | undefined;
}

/** A machine, and what is asked of it. */
export interface World {
  readonly host: PlatformHost;
  readonly setup: Setup;
  readonly proc: Proc;
  readonly machine: LabelledProc;
  /** Which network namespaces are read. */
  readonly netns: NonNullable<PlatformHost['netns']>;
  /** Names containers; created when first needed. */
  namer(): Promise<ContainerNamer>;
}

/** The machine of a /proc. */
export function worldOf(own: Proc, host: PlatformHost, setup: Setup): World {
  const { sockDiag, deviceName, ownersAtOnce, files } = setup;
  const { pause, onManyRows, ownsThread, compilesForOthers, stages } = host;
  const asked = { pause, onManyRows, ownsThread, compilesForOthers, stages };
  const proc = { ...own, ...asked, sockDiag, deviceName, ownersAtOnce };
  const namer = lazily(async () => {
    const { containerNamer } = await import('./workloads/container-namer.ts');
    return containerNamer(proc, files);
  });
  const machine: LabelledProc = {
    proc,
    async labels(places) {
      if (places.length === 0) return [];
      const { labelsOfPlaces } = await import('./workloads/tenants.ts');
      return labelsOfPlaces(proc, await namer(), places);
    },
    async residents(places) {
      if (places.length === 0) return [];
      const { residentsOfPlaces } = await import('./workloads/tenants.ts');
      return residentsOfPlaces(proc, await namer(), places);
    },
    async tenants(pids) {
      const { tenantsOf } = await import('./workloads/tenants.ts');
      return tenantsOf(proc, await namer(), pids);
    },
  };
  return { host, setup, proc, machine, netns: host.netns ?? 'own', namer };
}

/** Whether rows name their network namespace. */
export function hasNetns({ netns }: World, query: { readonly netns?: boolean }): boolean {
  return netns !== 'own' || query.netns === true;
}

/** Runs readers in each network namespace that is asked for. */
export async function everywhere<T extends InNetns>(
  { machine, netns }: World,
  reads: readonly ReadNetns<T>[],
  warnings: WarningSink,
  begin: () => void,
): Promise<Batches<T>> {
  const { rowsInNamespaces } = await import('./namespaces/in-namespaces.ts');
  return rowsInNamespaces(machine, netns, reads, warnings, begin);
}

/** The readers of each report. Whatever is not about sockets is loaded on demand. */
export function readersOf(world: World): Readers {
  const { proc, host, setup } = world;
  const memory = ownerMemory();
  return {
    sockets(query, warnings, begin) {
      const read = (begin: () => void) => socketRows(world, query, warnings, begin);
      const { owners } = query;
      const sockets =
        owners === null
          ? read(begin)
          : socketsWithOwners(proc, read, owners, warnings, memory, begin);
      return withAsked(world, sockets, query, warnings);
    },
    routes: (query, warnings, begin) =>
      later(async () => {
        const { linuxRoutes } = await import('./routes/routes.ts');
        if (!hasNetns(world, query)) return linuxRoutes(proc, query, warnings);
        // Each family has one table in a namespace.
        const reads = query.families.map(
          (family): ReadNetns<Route> =>
            (place, sink) =>
              linuxRoutes(place.proc, { ...query, families: [family] }, sink),
        );
        return everywhere(world, reads, warnings, begin);
      }),
    interfaces: (query, warnings, begin) =>
      later(async () => {
        const { insideLinks, linuxInterfaces, otherLinks, ownLinks } = await import(
          './interfaces/interfaces.ts'
        );
        const links = setup.links ?? (proc.isOwn ? ownLinks(host.env.PATH) : otherLinks);
        if (!hasNetns(world, query)) return linuxInterfaces(proc, query, warnings, links);
        const read: ReadNetns<NetInterface> = ({ proc, isBase, run }, sink) =>
          linuxInterfaces(proc, query, sink, isBase ? links : insideLinks(host.env.PATH, run));
        return everywhere(world, [read], warnings, begin);
      }),
    groups: (query, warnings, begin) =>
      later(async () => {
        const { linuxGroups } = await import('./groups/groups.ts');
        if (!hasNetns(world, query)) return linuxGroups(proc, query, warnings);
        const read: ReadNetns<Group> = (place, sink) => linuxGroups(place.proc, query, sink);
        return everywhere(world, [read], warnings, begin);
      }),
    statistics: (query, warnings, begin) =>
      later(async () => {
        const { linuxStatistics } = await import('./statistics/statistics.ts');
        if (!hasNetns(world, query)) return linuxStatistics(proc, query, warnings, begin);
        const read: ReadNetns<Counter> = (place, sink, begin) =>
          linuxStatistics(place.proc, query, sink, begin);
        return everywhere(world, [read], warnings, begin);
      }),
  };
}

/** Sockets as in the tables. */
function socketRows(
  world: World,
  query: SourceQuery<'sockets'>,
  warnings: WarningSink,
  begin: () => void,
): Batches<Socket> {
  const { proc, machine, netns } = world;
  if (!hasNetns(world, query)) return linuxSockets(proc, query, warnings, begin);
  return later(async () => {
    const { socketsInNamespaces } = await import('./namespaces/in-namespaces.ts');
    return socketsInNamespaces(machine, netns, query, linuxSockets, warnings, begin);
  });
}

/** Sockets with owners, and what else is asked for of each. */
export function withAsked(
  world: World,
  sockets: Batches<Socket>,
  { workloads, exposure }: { readonly workloads?: boolean; readonly exposure?: boolean },
  warnings: WarningSink,
): Batches<Socket> {
  let rows = sockets;
  if (workloads === true) rows = laterOf((some) => withWorkloads(world, some), rows);
  if (exposure === true) rows = laterOf((some) => withExposure(world, some, warnings), rows);
  return rows;
}

async function withWorkloads(
  { proc, setup, namer }: World,
  sockets: Batches<Socket>,
): Promise<Batches<Socket>> {
  const { socketsWithWorkloads } = await import('./workloads/sockets-with-workloads.ts');
  return socketsWithWorkloads(proc, sockets, await namer(), setup.files);
}

async function withExposure(
  { proc, machine, host, netns }: World,
  sockets: Batches<Socket>,
  warnings: WarningSink,
): Promise<Batches<Socket>> {
  const { socketsWithExposure } = await import('./exposure/sockets-with-exposure.ts');
  const publishing = async (): Promise<Publishing> => {
    const { publishingElsewhere, publishingOf } = await import('./exposure/publishing.ts');
    return proc.isElsewhere === true
      ? publishingElsewhere(proc, warnings)
      : publishingOf(machine, host.env.PATH, netns !== 'own', warnings);
  };
  return socketsWithExposure(sockets, publishing, warnings);
}

/** Passes batches through a part of the program that is loaded first. */
function laterOf<T>(make: (batches: Batches<T>) => Promise<Batches<T>>, batches: Batches<T>) {
  return later(() => make(batches));
}

async function* later<T>(batches: () => Promise<Batches<T>>): Batches<T> {
  yield* await batches();
}
