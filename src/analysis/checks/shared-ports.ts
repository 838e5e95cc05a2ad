import { addTo } from '../../model/add-to.ts';
import { isLoopback } from '../../model/address/read.ts';
import { endText, isAnyAddress, isMulticast, unmapped } from '../../model/address/text.ts';
import type { Severity } from '../../model/report/diagnosis.ts';
import { isListening } from '../../model/socket/classify.ts';
import { deviceOf, isOnLoopback } from '../../model/socket/device.ts';
import { exposureText } from '../../model/socket/exposure.ts';
import { isRedirected } from '../../model/socket/forwarder.ts';
import type { Owner } from '../../model/socket/owner.ts';
import type { InetSocket, Socket } from '../../model/socket/socket.ts';
import { listed } from '../../text/counted.ts';
import { check, type Draft, type Evidence } from './check.ts';
import { byServer, unitOf } from './one-server.ts';
import { ownersText } from './socket-sets.ts';

/** One port with several unrelated servers. */
export const sharedPorts = check({
  name: 'shared-ports',
  summary: 'a port shared by two programs, so that either may answer',
  text: {
    meaning:
      'Clients reach one program or the other, without any error: what worked a moment ago fails, and a password may reach the wrong program.',
    found: [
      [
        'warning',
        'Servers of different programs, users or units are at one port: at the same address (SO_REUSEPORT, SO_REUSEADDR), or one on IPv4 and the other on IPv6 at all addresses.',
      ],
      ['warning', 'A server of the host is at a port that the firewall forwards to a container.'],
      [
        'note',
        'The same port, but less of a conflict: servers of both families meet only on loopback; one has all addresses and the other a single one; or one is bound to an interface.',
      ],
    ],
    silent:
      'Processes of one program, user and unit (workers, an overlapping restart); servers at different addresses; servers bound to different interfaces. UDP ports that programs share by design: mDNS, SSDP, LLMNR, WS-Discovery, DHCP, PTP, NetBIOS and multicast groups.',
    remedy:
      'Give one of them another port or its own address; if one is left over from an earlier start, stop it.',
  },
  about: 'sockets',
  thresholds: {},
  needs: { protocols: ['tcp', 'udp'], serversOnly: true, exposure: 'useful' },
  watches: (socket) =>
    socket.protocol !== 'unix' &&
    socket.local.port > 0 &&
    isListening(socket) &&
    !isByDesign(socket),
  // A firewall rule may redirect any port that others can reach.
  ownersOf({ sockets }) {
    const shared = new Set<Socket>([...byPort(sockets).values()].filter(hasSeveral).flat());
    return sockets.filter(
      (socket) =>
        shared.has(socket) || (socket.protocol !== 'unix' && !isLoopback(socket.local.address)),
    );
  },
  find({ sockets, platform }) {
    const drafts: Draft[] = [];
    for (const servers of byPort(sockets).values()) {
      for (const way of ways) {
        const sharing = sharingIn(servers, way);
        if (sharing.length > 0) drafts.push(shared(sharing, way, platform));
      }
      const redirectedServers = servers.filter(isRedirected);
      if (redirectedServers.length > 0) drafts.push(redirected(redirectedServers));
    }
    return drafts;
  },
});

/** UDP ports that many programs share by design: DHCP, NetBIOS, PTP, DHCPv6, SSDP, WS-Discovery, mDNS, LLMNR. */
const sharedByDesign: ReadonlySet<number> = new Set([
  ...[67, 68, 137, 138, 319, 320, 546, 547, 1900, 3702, 5353, 5355],
]);

function isByDesign({ protocol, local: { address, port } }: InetSocket): boolean {
  return protocol === 'udp' && (sharedByDesign.has(port) || isMulticast(address));
}

function byPort(sockets: readonly Socket[]): ReadonlyMap<string, readonly InetSocket[]> {
  const ports = new Map<string, InetSocket[]>();
  for (const socket of sockets) {
    if (socket.protocol === 'unix') continue;
    const key = `${socket.protocol} ${socket.local.port}`;
    addTo(ports, key, socket);
  }
  return ports;
}

function hasSeveral(servers: readonly InetSocket[]): boolean {
  return servers.length > 1;
}

/** How two servers conflict, the worst first. */
const ways = ['together', 'families', 'inside', 'interface'] as const;
type Way = (typeof ways)[number];

/** The servers that conflict in this way with an unrelated one, each once. */
function sharingIn(servers: readonly InetSocket[], way: Way): readonly InetSocket[] {
  return servers.filter((one) =>
    servers.some((other) => one !== other && wayOf(one, other) === way && areStrangers(one, other)),
  );
}

/** How two servers of one port conflict; null: they do not. */
function wayOf(one: InetSocket, other: InetSocket): Way | null {
  const [mine, theirs] = [deviceOf(one), deviceOf(other)];
  if (mine === theirs) return wayOfEnds(one, other);
  // Each of two interfaces delivers to its own server.
  if (mine !== null && theirs !== null) return null;
  const way = wayOfEnds(one, other);
  return way === null || way === 'families' ? way : 'interface';
}

/** The same for two servers that receive from the same interfaces. */
function wayOfEnds(one: InetSocket, other: InetSocket): Way | null {
  if (one.local.zone !== other.local.zone) return null;
  const [mine, theirs] = [unmapped(one.local.address), unmapped(other.local.address)];
  if (mine === theirs) return 'together';
  const [isMineAny, isTheirsAny] = [isAnyAddress(mine), isAnyAddress(theirs)];
  if (mine.includes(':') === theirs.includes(':')) {
    return isMineAny || isTheirsAny ? 'inside' : null;
  }
  // `localhost` and a name with two addresses can lead to either.
  const isEither = (address: string, isAny: boolean) => isAny || isLoopback(address);
  return isEither(mine, isMineAny) && isEither(theirs, isTheirsAny) ? 'families' : null;
}

/** Whether two servers are unrelated, as far as is known. */
function areStrangers(one: InetSocket, other: InetSocket): boolean {
  const [mine, theirs] = [one.owners ?? [], other.owners ?? []];
  // The user who created a socket is known even where its owners are not.
  if (mine.length === 0 || theirs.length === 0) {
    return one.uid !== null && other.uid !== null && one.uid !== other.uid;
  }
  if (unitOf(one) !== null && unitOf(other) !== null && unitOf(one) !== unitOf(other)) return true;
  return !mine.some((owner) => theirs.some((another) => areAlike(owner, another)));
}

function areAlike(one: Owner, other: Owner): boolean {
  if (one.pid === other.pid) return true;
  const isSameProgram =
    one.executable === null || other.executable === null
      ? one.program === other.program
      : one.executable === other.executable || one.program === other.program;
  return isSameProgram && (one.uid ?? null) === (other.uid ?? null);
}

const severities = {
  together: 'warning',
  families: 'warning',
  inside: 'note',
  interface: 'note',
} as const satisfies Record<Way, Severity>;

function shared(sockets: readonly InetSocket[], way: Way, platform: Evidence['platform']): Draft {
  const { protocol, local } = sockets[0] as InetSocket;
  const isKnown = sockets.every(({ owners }) => (owners?.length ?? 0) > 0);
  const isInner = sockets.some((one) => isLoopback(one.local.address) || isOnLoopback(one));
  return {
    severity: way === 'families' && isInner ? 'note' : severities[way],
    certainty: isKnown ? 'sure' : 'likely',
    title: `${protocol} port ${local.port} is shared by ${partiesOf(sockets)}${way === 'families' ? ', one on IPv4 and one on IPv6' : ''}`,
    observations: [
      ...byServer(sockets).map((server) => `${placeText(server)}: ${partyOf(server)}.`),
      meanings[way](protocol, platform),
    ],
    seen: { port: local.port, sockets: sockets.length },
    sockets,
    why: 'Clients reach one program or the other, without any error: what worked a moment ago fails, changes to one program seem to have no effect, and a password may reach the wrong program.',
    remedy:
      'Give one of them another port, or its own address; if one is left over from an earlier start, stop it.',
    command: ['-tulnp', 'sport', '=', `:${local.port}`],
  };
}

const meanings: Readonly<
  Record<Way, (protocol: string, platform: Evidence['platform']) => string>
> = {
  together(protocol, platform) {
    if (protocol !== 'tcp') return 'The kernel hands each datagram to one of them.';
    const how = platform === 'linux' ? ' by a hash of its addresses' : '';
    return `The kernel hands each connection to one of them${how}.`;
  },
  families: () => 'Which one a client reaches depends on the address that it tries first.',
  inside: () =>
    'The one bound to a single address receives traffic to that address, the other one the rest.',
  interface: () =>
    'The one bound to an interface receives traffic of that interface, the other one the rest.',
};

function placeText([socket]: readonly InetSocket[]): string {
  if (socket === undefined) return '';
  const device = deviceOf(socket);
  return endText(socket.local) + (device === null ? '' : ` by ${device}`);
}

/** The owners and user of a server's sockets, for people. */
function partyOf(sockets: readonly InetSocket[]): string {
  const [socket] = sockets as [InetSocket, ...InetSocket[]];
  const owners = ownersText(...sockets) ?? `an unknown process of user ${socket.uid ?? '?'}`;
  const [owner] = socket.owners ?? [];
  const user = owner?.uid === undefined || owner.uid === null ? '' : `, user ${owner.uid}`;
  const unit = unitOf(socket);
  const several = sockets.length === 1 ? '' : `, ${sockets.length} sockets`;
  return `${owners}${user}${unit === null ? '' : `, ${unit}`}${several}`;
}

/** Their programs, each once; where those are the same, their users or units, which differ. */
function partiesOf(sockets: readonly InetSocket[]): string {
  const names = (of: (socket: InetSocket) => string | null) =>
    [...new Set(sockets.map(of).filter((one) => one !== null))].sort();
  const programs = names(({ owners }) => owners?.[0]?.program ?? null);
  if (programs.length > 1) return listed(programs, 'and');
  const units = names(unitOf);
  if (units.length > 1) return listed(units, 'and');
  const users = names(({ owners, uid }) => `user ${owners?.[0]?.uid ?? uid}`);
  return users.length > 1 ? listed(users, 'and') : 'several programs';
}

function redirected(sockets: readonly InetSocket[]): Draft {
  const [socket] = sockets as [InetSocket, ...InetSocket[]];
  const { protocol, local, exposure } = socket;
  return {
    severity: 'warning',
    certainty: 'likely',
    title: `${protocol} port ${local.port} is ${ownersText(socket)}'s and a container's`,
    observations: [
      `${ownersText(socket)} listens at ${endText(local)}.`,
      ...(exposure ? [`The firewall's rules forward the port: ${exposureText(exposure)}.`] : []),
    ],
    seen: { port: local.port, sockets: sockets.length },
    sockets,
    why: 'Traffic of other machines goes to the container, while programs of this machine may reach the server: each looks right from its own side.',
    remedy:
      'Publish the container on another port, or make the server listen on another one or only on loopback.',
    command: ['-tulnp', '--exposure', 'sport', '=', `:${local.port}`],
  };
}
