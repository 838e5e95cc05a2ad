import type { Backend, Batches, PlatformHost } from '../source.ts';
import { heldSockets, withOwners } from './owners/held-sockets.ts';
import { ownerMemory } from './owners/owner-memory.ts';
import { openProc } from './proc/open-proc.ts';
import { linuxSockets } from './sockets/sockets.ts';

/** Linux: everything from /proc. What is no socket is only loaded when asked for. */
export function linuxBackend(host: PlatformHost): Backend {
  const proc = { ...openProc(host.procRoot), pause: host.pause };
  const memory = ownerMemory();
  return {
    platform: 'linux',
    protocols: ['tcp', 'sctp', 'udp', 'udplite', 'raw', 'unix'],
    sockets: (query, notes) => linuxSockets(proc, query, notes),
    withOwners: (sockets, query, notes) => withOwners(proc, sockets, query, notes, memory),
    heldSockets: (query, keep, owners, notes) =>
      heldSockets(proc, query, keep, owners, notes, memory),
    routes: (query, notes) =>
      later(async () => (await import('./routes/routes.ts')).linuxRoutes(proc, query, notes)),
    interfaces: (query, notes) =>
      later(async () => {
        const { linuxInterfaces, otherLinks, ownLinks } = await import(
          './interfaces/interfaces.ts'
        );
        const links = proc.isOwn ? ownLinks : otherLinks;
        return linuxInterfaces(proc, query, notes, links);
      }),
    groups: (query, notes) =>
      later(async () => (await import('./groups/groups.ts')).linuxGroups(proc, query, notes)),
    statistics: (query, notes) =>
      later(async () =>
        (await import('./statistics/statistics.ts')).linuxStatistics(proc, query, notes),
      ),
  };
}

async function* later<T>(batches: () => Promise<Batches<T>>): Batches<T> {
  yield* await batches();
}
