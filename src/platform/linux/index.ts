import type { Backend, PlatformHost } from '../backend.js';
import { openProc } from './open-proc.js';
import { withOwners } from './owners.js';
import { linuxSockets } from './sockets.js';

/** Linux: everything from /proc. */
export function linuxBackend(host: PlatformHost): Backend {
  const proc = openProc(host.procRoot);
  return {
    platform: 'linux',
    protocols: ['tcp', 'sctp', 'udp', 'udplite', 'raw', 'unix'],
    sockets: (query, notes) => linuxSockets(proc, query, notes),
    withOwners: async (sockets, query, notes) => withOwners(proc, sockets, query, notes),
  };
}
