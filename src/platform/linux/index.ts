import type { Backend, PlatformHost } from '../backend.js';
import { linuxGroups } from './groups.js';
import { linuxInterfaces, otherLinks, ownLinks } from './interfaces.js';
import { openProc } from './open-proc.js';
import { withOwners } from './owners.js';
import { linuxRoutes } from './routes.js';
import { linuxSockets } from './sockets.js';
import { linuxStatistics } from './statistics.js';

/** Linux: everything from /proc. */
export function linuxBackend(host: PlatformHost): Backend {
  const proc = openProc(host.procRoot);
  return {
    platform: 'linux',
    protocols: ['tcp', 'sctp', 'udp', 'udplite', 'raw', 'unix'],
    sockets: (query, notes) => linuxSockets(proc, query, notes),
    routes: (query, notes) => linuxRoutes(proc, query, notes),
    interfaces: (query, notes) =>
      linuxInterfaces(proc, query, notes, host.procRoot === null ? ownLinks : otherLinks),
    groups: (query, notes) => linuxGroups(proc, query, notes),
    statistics: (query, notes) => linuxStatistics(proc, query, notes),
    withOwners: async (sockets, query, notes) => withOwners(proc, sockets, query, notes),
  };
}
