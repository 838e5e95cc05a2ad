import type { Backend, Batches, PlatformHost } from '../backend.js';
import { openProc } from './open-proc.js';
import { heldSockets, withOwners } from './owners/held-sockets.js';
import { ownerMemory } from './owners/owner-memory.js';
import { linuxSockets } from './sockets.js';

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
      later(async () => (await import('./routes.js')).linuxRoutes(proc, query, notes)),
    interfaces: (query, notes) =>
      later(async () => {
        const { linuxInterfaces, otherLinks, ownLinks } = await import('./interfaces.js');
        const links = proc.isOwn ? ownLinks : otherLinks;
        return linuxInterfaces(proc, query, notes, links);
      }),
    groups: (query, notes) =>
      later(async () => (await import('./groups.js')).linuxGroups(proc, query, notes)),
    statistics: (query, notes) =>
      later(async () => (await import('./statistics.js')).linuxStatistics(proc, query, notes)),
  };
}

async function* later<T>(batches: () => Promise<Batches<T>>): Batches<T> {
  yield* await batches();
}
