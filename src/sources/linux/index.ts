import type { Counter } from '../../model/counter.ts';
import type { Fact } from '../../model/facts.ts';
import type { Group } from '../../model/group.ts';
import type { NetInterface } from '../../model/interface.ts';
import type { InNetns } from '../../model/netns.ts';
import type { Route } from '../../model/route.ts';
import type { Socket } from '../../model/socket.ts';
import { machineFacts, type SystemFacts } from '../../model/system-facts.ts';
import { sourceOfReaders } from '../readers.ts';
import type { Batches, PlatformHost, Source, WarningSink } from '../source.ts';
import { heldSocketsFor } from './bpf/held-sockets-for.ts';
import type { Publishing } from './exposure/sockets-with-exposure.ts';
import type { LinkSource } from './interfaces/interfaces.ts';
import type { Machine, ReadPlace } from './namespaces/in-namespaces.ts';
import { sockDiagFor } from './netlink/sock-diag-for.ts';
import { ownerMemory } from './owners/owner-memory.ts';
import { socketsWithOwners } from './owners/sockets-with-owners.ts';
import { isProcfs } from './proc/kernel-files.ts';
import { openProc } from './proc/open-proc.ts';
import type { Proc } from './proc/proc.ts';
import { linuxSockets } from './sockets/sockets.ts';
import type { MachineFiles } from './system/system-facts.ts';
import { noUnixPeers } from './warnings.ts';
import type { ContainerNamer } from './workloads/container-namer.ts';

/** What every /proc tells of sockets. */
export const facts: readonly Fact[] = [
  ...([
    'queues',
    'users',
    'inodes',
    'timers',
    'datagramPeers',
    'socketInfo',
    'workloads',
    'exposure',
  ] as const),
];
/** What only a live kernel tells, over netlink. */
const liveFacts: readonly Fact[] = ['tcpInfo', 'tcpInternals', 'boundSockets', 'netns'];

function factsOf({ procRoot }: PlatformHost): readonly Fact[] {
  if (procRoot === null) return [...facts, ...liveFacts];
  return isProcfs(procRoot) === true ? [...facts, 'netns'] : facts;
}

/** Linux: everything from /proc. What is no socket is only loaded when asked for. */
export function linuxSource(host: PlatformHost): Source {
  const own = openProc(host.procRoot);
  const asked = host.socketSource ?? 'auto';
  const sockDiag = host.procRoot === null ? sockDiagFor(own, asked) : undefined;
  const heldSockets = heldSocketsFor(own, asked, host.pause);
  const isStill = host.procRoot !== null && isProcfs(host.procRoot) !== true;
  const files = machineFiles(own, host.procRoot);
  return sourceOf(own, host, { sockDiag, heldSockets, files, isStill, facts: factsOf(host) });
}

/** What is known of the machine whose /proc is read. */
export interface Setup {
  readonly sockDiag?: Proc['sockDiag'] | undefined;
  readonly heldSockets?: Proc['heldSockets'] | undefined;
  /** As `machineFiles` gives it. */
  readonly files: string | null;
  readonly isStill: boolean;
  readonly facts: readonly Fact[];
  /** What of its other files is known; left out: what is below `files`. */
  readonly others?: MachineFiles;
  /** What tells of interfaces; left out: what is usual for such a /proc. */
  readonly links?: LinkSource | undefined;
}

/** Linux by one /proc. */
export function sourceOf(own: Proc, host: PlatformHost, setup: Setup): Source {
  const { sockDiag, heldSockets, files } = setup;
  const proc = { ...own, pause: host.pause, stages: host.stages, sockDiag, heldSockets };
  const memory = ownerMemory();
  let names: ContainerNamer | null = null;
  const namer = async () => {
    names ??= (await import('./workloads/container-namer.ts')).containerNamer(proc, files);
    return names;
  };
  const withWorkloads = async (sockets: Batches<Socket>) => {
    const { socketsWithWorkloads } = await import('./workloads/sockets-with-workloads.ts');
    return socketsWithWorkloads(proc, sockets, await namer(), files);
  };
  const machine: Machine = {
    proc,
    async labels(places) {
      if (places.length === 0) return [];
      const { labelsOfPlaces } = await import('./workloads/process-cgroups.ts');
      return labelsOfPlaces(proc, await namer(), places);
    },
  };
  const withExposure = (warnings: WarningSink) => async (sockets: Batches<Socket>) => {
    const { socketsWithExposure } = await import('./exposure/sockets-with-exposure.ts');
    const publishing = async (): Promise<Publishing> => {
      const { publishingElsewhere, publishingOf } = await import('./exposure/publishing.ts');
      return proc.isElsewhere === true
        ? publishingElsewhere(proc)
        : publishingOf(machine, host.env.PATH);
    };
    return socketsWithExposure(sockets, publishing, warnings);
  };
  const netns = host.netns ?? 'own';
  /** Whether rows say of which network namespace they are. */
  const hasNetns = (query: { readonly netns?: boolean }) => netns !== 'own' || query.netns === true;
  async function everywhere<T extends InNetns>(
    reads: readonly ReadPlace<T>[],
    warnings: WarningSink,
    begin: () => void,
  ): Promise<Batches<T>> {
    const { rowsInNamespaces } = await import('./namespaces/in-namespaces.ts');
    return rowsInNamespaces(machine, netns, reads, warnings, begin);
  }
  const source = sourceOfReaders(
    {
      platform: 'linux',
      protocols: ['tcp', 'sctp', 'udp', 'udplite', 'raw', 'unix'],
      facts: setup.facts,
    },
    {
      sockets: (query, warnings, begin) => {
        const rows = (begin: () => void) =>
          hasNetns(query)
            ? later(async () => {
                const { socketsInNamespaces } = await import('./namespaces/in-namespaces.ts');
                return socketsInNamespaces(machine, netns, query, linuxSockets, warnings, begin);
              })
            : linuxSockets(proc, query, warnings, begin);
        let sockets =
          query.owners === null
            ? rows(begin)
            : socketsWithOwners(proc, rows, query.owners, warnings, memory, begin);
        if (query.workloads === true) sockets = laterOf(withWorkloads, sockets);
        return query.exposure === true ? laterOf(withExposure(warnings), sockets) : sockets;
      },
      routes: (query, warnings, begin) =>
        later(async () => {
          const { linuxRoutes } = await import('./routes/routes.ts');
          if (!hasNetns(query)) return linuxRoutes(proc, query, warnings);
          // A family has one table, whatever the namespace.
          const reads = query.families.map(
            (family): ReadPlace<Route> =>
              (place, sink) =>
                linuxRoutes(place.proc, { ...query, families: [family] }, sink),
          );
          return everywhere(reads, warnings, begin);
        }),
      interfaces: (query, warnings, begin) =>
        later(async () => {
          const { insideLinks, linuxInterfaces, otherLinks, ownLinks } = await import(
            './interfaces/interfaces.ts'
          );
          const links = setup.links ?? (proc.isOwn ? ownLinks(host.env.PATH) : otherLinks);
          if (!hasNetns(query)) return linuxInterfaces(proc, query, warnings, links);
          const read: ReadPlace<NetInterface> = ({ proc, isBase, run }, sink) =>
            linuxInterfaces(proc, query, sink, isBase ? links : insideLinks(host.env.PATH, run));
          return everywhere([read], warnings, begin);
        }),
      groups: (query, warnings, begin) =>
        later(async () => {
          const { linuxGroups } = await import('./groups/groups.ts');
          if (!hasNetns(query)) return linuxGroups(proc, query, warnings);
          const read: ReadPlace<Group> = (place, sink) => linuxGroups(place.proc, query, sink);
          return everywhere([read], warnings, begin);
        }),
      statistics: (query, warnings, begin) =>
        later(async () => {
          const { linuxStatistics } = await import('./statistics/statistics.ts');
          if (!hasNetns(query)) return linuxStatistics(proc, query, warnings, begin);
          const read: ReadPlace<Counter> = (place, sink, begin) =>
            linuxStatistics(place.proc, query, sink, begin);
          return everywhere([read], warnings, begin);
        }),
    },
  );
  return {
    ...source,
    isStill: setup.isStill,
    async closings(query, warnings) {
      const { linuxClosings, ownPlace, roundsOnly } = await import('./closings/closings.ts');
      if (sockDiag === undefined) {
        const why = host.procRoot === null && proc.isOwn ? '--source proc' : 'another /proc';
        warnings.note?.(roundsOnly(why));
        return null;
      }
      const find = async () => {
        if (!hasNetns(query)) return { places: [ownPlace(null)], end: () => {} };
        const { placesToListen } = await import('./namespaces/in-namespaces.ts');
        return placesToListen(machine, netns);
      };
      return linuxClosings(query, find, warnings);
    },
    async withOwners(sockets, query, warnings) {
      const read = (begin: () => void) => {
        begin();
        return batchOf(sockets);
      };
      const { owners, workloads, exposure } = query;
      let rows = socketsWithOwners(proc, read, owners, warnings, ownerMemory(), () => {});
      if (workloads === true) rows = laterOf(withWorkloads, rows);
      if (exposure === true) rows = laterOf(withExposure(warnings), rows);
      // They are written into the rows as these pass by.
      for await (const _ of rows);
    },
    async systemFacts(facts, warnings) {
      const { filesBelow, systemFacts } = await import('./system/system-facts.ts');
      const others = setup.others ?? (files === null ? null : filesBelow(files));
      if (netns === 'own') return [systemFacts(proc, others, facts)];
      const read: ReadPlace<SystemFacts> = async function* ({ proc, isBase }) {
        yield [
          systemFacts(proc, others, isBase ? facts : facts.filter((one) => !machineFacts.has(one))),
        ];
      };
      const all: SystemFacts[] = [];
      for await (const batch of await everywhere([read], warnings, () => {})) all.push(...batch);
      return all;
    },
    ...(files !== null && {
      async portUnits(protocols: readonly string[], port: number) {
        const { portUnits } = await import('./workloads/port-units.ts');
        return portUnits(proc, files, protocols, port);
      },
    }),
    async unixPeers(warnings) {
      const { unixPeers } = await import('./netlink/unix-peers.ts');
      const isLive = host.procRoot === null;
      if (proc.isElsewhere === true) {
        warnings.warn(noUnixPeers(proc.root, proc.whyUntold ?? ''));
        return null;
      }
      if (netns === 'own') return unixPeers(proc, isLive, warnings);
      const { unixPeersInNamespaces } = await import('./namespaces/in-namespaces.ts');
      return unixPeersInNamespaces(machine, netns, warnings, (place, sink) =>
        unixPeers(place, isLive, sink),
      );
    },
  };
}

/** The folder under which the files of the machine are whose /proc it is; null: they are not at hand. */
function machineFiles({ isLive, isOwn }: Proc, procRoot: string | null): string | null {
  if (!isLive) return null;
  return procRoot === null || isOwn ? '' : `${procRoot}/1/root`;
}

/** What is made of batches by a part that is loaded first. */
function laterOf<T>(make: (batches: Batches<T>) => Promise<Batches<T>>, batches: Batches<T>) {
  return later(() => make(batches));
}

async function* batchOf<T>(rows: readonly T[]): Batches<T> {
  if (rows.length > 0) yield rows;
}

async function* later<T>(batches: () => Promise<Batches<T>>): Batches<T> {
  yield* await batches();
}
