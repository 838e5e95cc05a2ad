import { isLoopback } from '../../model/address/read.ts';
import { inet6Scope, isAnyAddress, unmapped } from '../../model/address/text.ts';
import type { NetInterface } from '../../model/machine/interface.ts';
import { protocolFlag } from '../../model/protocol.ts';
import { isListening } from '../../model/socket/classify.ts';
import { deviceOf, isOnLoopback } from '../../model/socket/device.ts';
import type { InetSocket, Socket } from '../../model/socket/socket.ts';
import { takesIpv4 } from '../../model/socket/v6only.ts';
import { counted } from '../../text/counted.ts';
import { check, type Evidence } from './check.ts';
import { defaultRoutes, isOwnAddress, kindOfNetwork, linksUp, routeTo } from './paths.ts';

/** The port of DNS servers. */
const dnsPort = 53;

/** Of the servers in resolv.conf, libraries ask only the first ones (MAXNS of resolv.h). */
const mostServers = 3;

/** Docker's DNS server inside containers; a firewall rule redirects it to another port. */
const dockers = '127.0.0.11';

/** A common cause of "the network is down": no DNS server can be reached. */
export const nameServers = check({
  name: 'name-servers',
  summary: 'DNS servers in resolv.conf without a route, or local ones not running',
  text: {
    meaning:
      'Programs cannot resolve names ("Temporary failure in name resolution") once no server answers; each look-up tries the next one. Only the first three servers of /etc/resolv.conf are asked. Nothing is sent, so it is not checked whether a server answers.',
    found: [
      ['critical', 'No server can be reached, each for one of the reasons for a warning.'],
      [
        'warning',
        'A server cannot be reached: the main routing table has no route to it; its address is link-local, without an interface or with one that is not up; or it is an address of this machine (such as 127.0.0.53 of systemd-resolved) where no UDP socket on port 53 answers (with `options use-vc`, no TCP socket). One bound to another interface than that of the address does not.',
      ],
      [
        'note',
        'The same in a network namespace without a default route, unless it is the first of the machine.',
      ],
    ],
    silent:
      'Networks where no interface but loopback is up; IPv4 servers if another routing table (`ip rule`, VRF) has a default route; 127.0.0.11 of Docker, which the firewall redirects to another port.',
    remedy:
      'Start the resolver that should listen there (`systemctl status systemd-resolved`), or correct the server (`resolvectl status`): a disconnected VPN may leave its servers behind.',
  },
  about: 'machine',
  thresholds: {},
  needs: {
    protocols: ['udp', 'tcp'],
    serversOnly: true,
    receivers: true,
    routes: true,
    interfaces: true,
    facts: ['nameservers'],
    usefulFacts: ['nameserversOverTcp', 'isFirstNetwork', 'hasOtherDefaultRoute'],
  },
  watches: (socket) =>
    socket.protocol !== 'unix' && socket.local.port === dnsPort && isListening(socket),
  find(evidence) {
    const { system, interfaces } = evidence;
    const servers = (system.values.nameservers ?? []).slice(0, mostServers);
    if (servers.length === 0 || linksUp(interfaces).length === 0) return [];
    const failing = servers.flatMap((server) => {
      const reason = failureOf(server, evidence);
      return reason === null ? [] : [{ server, reason }];
    });
    if (failing.length === 0) return [];
    const isAll = failing.length === servers.length;
    const isCutOff =
      kindOfNetwork(evidence) !== 'machine' && defaultRoutes(evidence.routes).length === 0;
    const names = failing.map(({ server }) => server).join(', ');
    const isStub = failing.some(({ reason }) => reason === nobody(evidence));
    return [
      {
        severity: isCutOff ? 'note' : isAll ? 'critical' : 'warning',
        certainty: isStub ? 'sure' : 'likely',
        title: isAll
          ? `no DNS server can be reached: ${names}`
          : `${counted(failing.length, 'DNS server')} of ${servers.length} cannot be reached: ${names}`,
        observations: failing.map(({ server, reason }) => `${server}: ${reason}.`),
        seen: { failing: failing.length, servers: servers.length },
        sockets: [],
        why: isAll
          ? 'Names cannot be resolved: programs report "Temporary failure in name resolution".'
          : 'Each look-up passes over such a server; once the others do not answer either, names cannot be resolved.',
        remedy: isStub
          ? 'Start the resolver that should listen there (`systemctl status systemd-resolved`, `dnsmasq`, `unbound`), or name another server in /etc/resolv.conf.'
          : 'Check that the server is right (`cat /etc/resolv.conf`, `resolvectl status`), and whether the route to it is missing: a disconnected VPN may leave its servers behind.',
        command: isStub
          ? [`${protocolFlag(protocolOf(evidence))}lnp`, 'sport', '=', `:${dnsPort}`]
          : ['-rn'],
      },
    ];
  },
});

function protocolOf({ system }: Evidence): 'tcp' | 'udp' {
  return system.values.nameserversOverTcp === true ? 'tcp' : 'udp';
}

function nobody(evidence: Evidence): string {
  const port = `${protocolOf(evidence).toUpperCase()} port ${dnsPort}`;
  return `it is an address of this machine, and no process receives at ${port} there`;
}

/** Whether a server gets what this machine sends to an address of its own: not if it is bound to another's interface. */
function isBoundTo(
  address: string,
  socket: InetSocket,
  interfaces: readonly NetInterface[],
): boolean {
  const device = deviceOf(socket);
  if (device === null) return true;
  if (isLoopback(address) || isAnyAddress(address)) return isOnLoopback(socket);
  return isOwnAddress(
    interfaces.filter(({ name }) => name === device),
    address,
  );
}

/** Why a server cannot be reached; null: no reason found. */
function failureOf(server: string, evidence: Evidence): string | null {
  const { routes, interfaces, sockets, system } = evidence;
  const [bare = '', zone] = server.split('%', 2);
  const address = unmapped(bare);
  if (address === dockers) return null;
  // resolv.conf(5): 0.0.0.0 means this machine too.
  if (isLoopback(address) || isAnyAddress(address) || isOwnAddress(interfaces, address)) {
    const isAt = (local: string) =>
      unmapped(local) === address ||
      isAnyAddress(address) ||
      (local === '::' && address.includes(':')) ||
      (local === '0.0.0.0' && !address.includes(':'));
    const answers = (one: Socket) =>
      one.protocol === protocolOf(evidence) &&
      isBoundTo(address, one, interfaces) &&
      (isAt(one.local.address) ||
        // Unless it is known to be set to IPv6 only.
        (one.local.address === '::' && takesIpv4(one) !== false));
    return sockets.some(answers) ? null : nobody(evidence);
  }
  if (zone === undefined && inet6Scope(address) === 'link') {
    return `a link-local address needs an interface (${address}%IFACE)`;
  }
  if (zone !== undefined) {
    const isUp = linksUp(interfaces).some(
      ({ name, index }) => name === zone || String(index) === zone,
    );
    return isUp ? null : `there is no interface ${zone} that is up`;
  }
  if (routeTo(routes, address) !== null) return null;
  const mayLeadElsewhere = system.values.hasOtherDefaultRoute === true && !address.includes(':');
  return mayLeadElsewhere ? null : 'no route leads to it';
}
