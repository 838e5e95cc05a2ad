import { isLoopback } from '../../model/address/read.ts';
import { endText, isAnyAddress } from '../../model/address/text.ts';
import { isServer } from '../../model/socket/classify.ts';
import { deviceOf, isOnLoopback, lackText } from '../../model/socket/device.ts';
import type { InetSocket } from '../../model/socket/socket.ts';
import { check, type Draft } from './check.ts';
import { byServer } from './one-server.ts';
import { ownersText, pidsOf } from './socket-sets.ts';

/** A service at an address, or on an interface, that the network does not have (any more). */
export const goneAddresses = check({
  name: 'gone-addresses',
  summary: 'the selected service listens at an address, or on an interface, that is gone',
  text: {
    meaning:
      'The service listens, but nothing can reach it: an address may move to another machine or change (DHCP), and an interface be removed, after a server has started.',
    found: [
      [
        'warning',
        'A server is at an address for which no routing table of its network has a local route, or is bound to an interface that was removed.',
      ],
    ],
    silent:
      'Multicast and broadcast addresses; a network where a local route covers every address (TPROXY); servers in other network namespaces; routes that cannot be read. Packets that eBPF programs (`sk_lookup`) hand to such a server are not known.',
    remedy:
      'Bring the address or interface back, or let the server listen at another address and restart it. On the standby of a pair that shares an address (keepalived, with net.ipv4.ip_nonlocal_bind or IP_FREEBIND) nothing is wrong.',
    counts: 'servers',
  },
  about: 'service',
  spans: true,
  thresholds: {},
  needs: { protocols: ['tcp', 'udp'], serversOnly: true, exposure: true },
  watches: (socket) => socket.protocol !== 'unix' && isServer(socket) && hasPlace(socket),
  ownersOf: ({ sockets }) => sockets,
  find: ({ sockets }) =>
    byServer(sockets.filter(({ exposure }) => exposure?.kind === 'nowhere')).map(gone),
});

/** Whether it can be reached only at one address, or by one interface. */
function hasPlace(socket: InetSocket): boolean {
  const { address } = socket.local;
  if (isOnLoopback(socket) || isLoopback(address)) return false;
  return !isAnyAddress(address) || deviceOf(socket) !== null;
}

function gone(sockets: readonly InetSocket[]): Draft {
  const [socket] = sockets as [InetSocket, ...InetSocket[]];
  const { protocol, local } = socket;
  const owners = ownersText(...sockets) ?? 'An unknown process';
  return {
    severity: 'warning',
    certainty: 'sure',
    title: `nobody can reach ${endText(local)} (${protocol}): ${lackText(socket)}`,
    observations: [
      `${owners} ${pidsOf(sockets).length > 1 ? 'listen' : 'listens'} there all the same.`,
    ],
    seen: { port: local.port, sockets: sockets.length },
    sockets,
    why: 'An address may move to another machine or change (DHCP), and an interface be removed, after a server has started: clients get no answer, or that of another machine.',
    remedy:
      'Bring the address or interface back (`ip address`, `ip link`), or let the server listen at one that is there, or at any (0.0.0.0, ::), and restart it. On the standby of a shared address (keepalived) nothing is wrong.',
    command: ['-tulnp', '--exposure', 'sport', '=', `:${local.port}`],
  };
}
