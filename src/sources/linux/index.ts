import type { Counter } from '../../model/counter.ts';
import type { Fact } from '../../model/facts.ts';
import type { Group } from '../../model/group.ts';
import type { NetInterface } from '../../model/interface.ts';
import type { InNetns } from '../../model/netns.ts';
import type { Route } from '../../model/route.ts';
import type { Socket } from '../../model/socket.ts';
import { sourceOfReaders } from '../readers.ts';
import type { Batches, PlatformHost, Source, WarningSink } from '../source.ts';
import type { Machine, ReadPlace } from './namespaces/in-namespaces.ts';
import { sockDiagFor } from './netlink/sock-diag-for.ts';
import { ownerMemory } from './owners/owner-memory.ts';
import { socketsWithOwners } from './owners/sockets-with-owners.ts';
import { isProcfs } from './proc/kernel-files.ts';
import { openProc } from './proc/open-proc.ts';
import type { Proc } from './proc/proc.ts';
import { linuxSockets } from './sockets/sockets.ts';
import type { ContainerNamer } from './workloads/container-namer.ts';

/** What every /proc tells of sockets. */
const facts: readonly Fact[] = [
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
  const sockDiag =
    host.procRoot === null ? sockDiagFor(own, host.socketSource ?? 'auto') : undefined;
  const proc = { ...own, pause: host.pause, stages: host.stages, sockDiag };
  const memory = ownerMemory();
  const files = machineFiles(proc, host.procRoot);
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
    async labels(pids) {
      if (pids.length === 0) return new Map();
      const { labelsOfProcesses } = await import('./workloads/process-cgroups.ts');
      return labelsOfProcesses(proc, await namer(), pids);
    },
  };
  const withExposure = (warnings: WarningSink) => async (sockets: Batches<Socket>) => {
    const { socketsWithExposure } = await import('./exposure/sockets-with-exposure.ts');
    const publishing = async () =>
      (await import('./exposure/publishing.ts')).publishingOf(machine, host.env.PATH);
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
      facts: factsOf(host),
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
          const links = proc.isOwn ? ownLinks(host.env.PATH) : otherLinks;
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
    async unixPeers(warnings) {
      const { unixPeers } = await import('./netlink/unix-peers.ts');
      const isLive = host.procRoot === null;
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

async function* later<T>(batches: () => Promise<Batches<T>>): Batches<T> {
  yield* await batches();
}
