import type { Request } from '../model/request.ts';
import { inetProtocols } from '../model/socket.ts';

/** What is asked for when nothing is said: netstat without arguments. */
export const defaultRequest: Request = {
  report: 'sockets',
  protocols: [...inetProtocols, 'unix'],
  protocolsNamed: false,
  families: ['inet', 'inet6'],
  requiredFamilies: [],
  which: 'connected',
  numeric: { hosts: false, ports: false, users: false },
  programs: false,
  extend: 0,
  timers: false,
  wide: false,
  verbose: false,
  interval: null,
  resolveTimeout: 2000,
  format: 'netstat',
  color: 'auto',
  header: true,
  columns: null,
  sort: [],
  filters: {
    state: [],
    port: [],
    local: [],
    remote: [],
    pid: [],
    program: [],
    user: [],
    exposed: false,
    expression: [],
  },
  quiet: false,
  procRoot: null,
};
