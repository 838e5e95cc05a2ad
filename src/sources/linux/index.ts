import type { Fact } from '../../model/facts.ts';
import type { Socket } from '../../model/socket.ts';
import { sourceOfReaders } from '../readers.ts';
import type { Batches, PlatformHost, Source } from '../source.ts';
import { sockDiagFor } from './netlink/sock-diag-for.ts';
import { ownerMemory } from './owners/owner-memory.ts';
import { socketsWithOwners } from './owners/sockets-with-owners.ts';
import { openProc } from './proc/open-proc.ts';
import type { Proc } from './proc/proc.ts';
import { linuxSockets } from './sockets/sockets.ts';
import type { ContainerNamer } from './workloads/container-namer.ts';

/** What every /proc tells of sockets. */
const facts: readonly Fact[] = [
  ...(['queues', 'users', 'inodes', 'timers', 'datagramPeers', 'socketInfo', 'workloads'] as const),
];
/** What only a live kernel tells, over netlink. */
const liveFacts: readonly Fact[] = ['tcpInfo', 'tcpInternals', 'boundSockets'];

/** Linux: everything from /proc. What is no socket is only loaded when asked for. */
export function linuxSource(host: PlatformHost): Source {
  const own = openProc(host.procRoot);
  const sockDiag =
    host.procRoot === null ? sockDiagFor(own, host.socketSource ?? 'auto') : undefined;
  const proc = { ...own, pause: host.pause, stages: host.stages, sockDiag };
  const memory = ownerMemory();
  const files = machineFiles(proc, host.procRoot);
  let names: ContainerNamer | null = null;
  const withWorkloads = async (sockets: Batches<Socket>) => {
    const { socketsWithWorkloads } = await import('./workloads/sockets-with-workloads.ts');
    names ??= (await import('./workloads/container-namer.ts')).containerNamer(proc, files);
    return socketsWithWorkloads(proc, sockets, names, files);
  };
  const source = sourceOfReaders(
    {
      platform: 'linux',
      protocols: ['tcp', 'sctp', 'udp', 'udplite', 'raw', 'unix'],
      facts: host.procRoot === null ? [...facts, ...liveFacts] : facts,
    },
    {
      sockets: (query, warnings, begin) => {
        const rows = (begin: () => void) => linuxSockets(proc, query, warnings, begin);
        if (query.owners === null) return rows(begin);
        const owned = socketsWithOwners(proc, rows, query.owners, warnings, memory, begin);
        return query.workloads === true ? later(() => withWorkloads(owned)) : owned;
      },
      routes: (query, warnings) =>
        later(async () => (await import('./routes/routes.ts')).linuxRoutes(proc, query, warnings)),
      interfaces: (query, warnings) =>
        later(async () => {
          const { linuxInterfaces, otherLinks, ownLinks } = await import(
            './interfaces/interfaces.ts'
          );
          const links = proc.isOwn ? ownLinks(host.env.PATH) : otherLinks;
          return linuxInterfaces(proc, query, warnings, links);
        }),
      groups: (query, warnings) =>
        later(async () => (await import('./groups/groups.ts')).linuxGroups(proc, query, warnings)),
      statistics: (query, warnings, begin) =>
        later(async () =>
          (await import('./statistics/statistics.ts')).linuxStatistics(
            proc,
            query,
            warnings,
            begin,
          ),
        ),
    },
  );
  return {
    ...source,
    async unixPeers(warnings) {
      const { unixPeers } = await import('./netlink/unix-peers.ts');
      return unixPeers(proc, host.procRoot === null, warnings);
    },
  };
}

/** The folder under which the files of the machine are whose /proc it is; null: they are not at hand. */
function machineFiles({ isLive, isOwn }: Proc, procRoot: string | null): string | null {
  if (!isLive) return null;
  return procRoot === null || isOwn ? '' : `${procRoot}/1/root`;
}

async function* later<T>(batches: () => Promise<Batches<T>>): Batches<T> {
  yield* await batches();
}
