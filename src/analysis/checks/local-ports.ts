import type { PortRange } from '../../model/address/port.ts';
import { endText, unmapped } from '../../model/address/text.ts';
import type { InetSocket, Socket } from '../../model/socket/socket.ts';
import { counted } from '../../text/counted.ts';
import { destinationOf, portCount, takesPort } from '../port-range.ts';
import { check, type Draft, type Group } from './check.ts';
import { percent } from './numbers.ts';

/** Destinations to which local ports are running out. */
export const localPorts = check({
  name: 'local-ports',
  summary: 'destinations for which local ports run out, TIME_WAIT included',
  details:
    'Connections from one local address to one remote address and port, TIME_WAIT included, that use `used` percent of the ports that the kernel assigns (net.ipv4.ip_local_port_range without ip_local_reserved_ports): a warning, or critical from `full` percent on, where connect(2) fails with EADDRNOTAVAIL. Connections of clients to a server on this machine do not count.',
  about: 'sockets',
  thresholds: {
    used: { value: 70, unit: '%', meaning: 'of the ports are taken' },
    full: { value: 95, unit: '%', meaning: 'of the ports are taken, for critical' },
  },
  needs: { protocols: ['tcp'], facts: ['localPortRange'], usefulFacts: ['reservedPorts'] },
  groupOf(socket, { system }) {
    const range = system.values.localPortRange ?? null;
    if (socket.protocol === 'unix' || range === null) return null;
    const { local, remote, state } = socket;
    return takesPort(range, local.port, remote.port, state) ? destinationOf(socket) : null;
  },
  tallies: ({ localPort, remotePort, state }, { system }) => {
    const range = system.values.localPortRange ?? null;
    return range !== null && takesPort(range, localPort, remotePort, state);
  },
  groupsIf({ system }, { used }, most) {
    const range = system.values.localPortRange ?? null;
    if (range === null) return false;
    return (
      most === null || most * 100 >= portCount(range, system.values.reservedPorts ?? []) * used
    );
  },
  find({ groups, system }, { used, full }) {
    const range = system.values.localPortRange ?? null;
    if (range === null) return [];
    const ports = portCount(range, system.values.reservedPorts ?? []);
    return [...groups.values()]
      .filter(({ count }) => count * 100 >= ports * used)
      .sort((a, b) => b.count - a.count)
      .map((group) => crowded(group, range, ports, group.count * 100 >= ports * full));
  },
});

function crowded(
  { count, states, sockets }: Group,
  { first, last }: PortRange,
  ports: number,
  isFull: boolean,
): Draft {
  const { local, remote } = sockets[0] as Socket as InetSocket;
  const from = unmapped(local.address);
  const to = endText({ ...remote, address: unmapped(remote.address) });
  const over = states.get('TIME_WAIT') ?? 0;
  const isOver = over * 2 > count;
  const share = percent(count, ports);
  return {
    severity: isFull ? 'critical' : 'warning',
    certainty: 'sure',
    title: `${share} % of the local ports to ${to} are taken`,
    observations: [
      `${counted(count, 'connection')} from ${from} to ${to} ${count === 1 ? 'has' : 'have'} a port of ${first} to ${last}, of which ${ports} are usable; ${over} of them are in TIME_WAIT.`,
    ],
    seen: { taken: count, ports, timeWait: over, first, last },
    sockets,
    socketCount: count,
    why: 'Each connection to the same address and port needs its own local port, also for a minute after its end if this side closed it. Once none is left, connect(2) fails with EADDRNOTAVAIL ("Cannot assign requested address").',
    remedy: isOver
      ? 'Most are in TIME_WAIT: the program opens a connection for each request. Make it reuse connections (keep-alive, a pool). `sysctl -w net.ipv4.tcp_tw_reuse=1` allows reuse of ports in TIME_WAIT after a second; a wider net.ipv4.ip_local_port_range only buys time.'
      : 'Most are open: look for a leak or a pool without a limit in the program that holds them. If that many are needed, use more local addresses or more ports of the destination, or widen net.ipv4.ip_local_port_range.',
    command: ['-tanp', 'src', from, 'and', 'dst', to],
  };
}
