import { allProtocols } from '../model/protocol.ts';
import type { Listing, MachinesAsked } from '../model/request/listing.ts';
import { filtersOf } from '../model/request/query.ts';

/** The defaults for asking other machines. Each takes an ssh process, and work for a jump host. */
export const usualMachines: Omit<MachinesAsked, 'names'> = {
  timeout: 10_000,
  atOnce: 16,
  strict: false,
};

/** The listing of netstat without arguments. */
export const defaultListing: Listing = {
  query: {
    report: 'sockets',
    protocols: allProtocols,
    protocolsNamed: false,
    families: ['inet', 'inet6'],
    requiredFamilies: [],
    which: 'connected',
    boundInactive: false,
    interfaces: [],
    filters: filtersOf(() => []),
    sort: [],
  },
  view: {
    format: 'netstat',
    columns: null,
    header: true,
    color: 'auto',
    numeric: { hosts: false, ports: false, users: false },
    programs: false,
    extend: 0,
    timers: false,
    tcpInfo: false,
    socketInfo: false,
    peers: false,
    workloads: false,
    exposure: false,
    withNetns: false,
    machineNames: null,
    wide: false,
    verbose: false,
    quiet: false,
    pids: false,
  },
  schedule: { interval: null, resolveTimeout: 2000, wait: null },
  target: { procRoot: null, socketSource: 'auto', netns: 'own', machines: null },
};
