import { addTo } from '../../model/add-to.ts';
import { isLoopback, isPrivate } from '../../model/address/read.ts';
import { endText, isAnyAddress } from '../../model/address/text.ts';
import { isOfOwnNetns, type Netns, networkKey } from '../../model/machine/netns.ts';
import { type Certainty, certainties, type Severity } from '../../model/report/diagnosis.ts';
import { isListening } from '../../model/socket/classify.ts';
import { isOnLoopback } from '../../model/socket/device.ts';
import { exposureText, isPublishedToOwn, publishedFor } from '../../model/socket/exposure.ts';
import { isForwarder } from '../../model/socket/forwarder.ts';
import type { Owner } from '../../model/socket/owner.ts';
import type { InetSocket } from '../../model/socket/socket.ts';
import { counted } from '../../text/counted.ts';
import { check, type Draft, type Evidence } from './check.ts';
import { byWorkers } from './one-server.ts';
import { type RiskyService, riskKinds, riskyServices } from './risky-services.ts';
import { inetOnly, ownersText, pidsOf } from './socket-sets.ts';
import { isSuperServer } from './super-server.ts';

/** Services that other machines can reach and mostly should not. */
export const exposedServices = check({
  name: 'exposed-services',
  summary: 'databases, debuggers, admin and plain-text services that other machines can reach',
  text: {
    meaning:
      'Whoever can connect to one may read its data, guess its password, or run programs here. These are known: databases, debuggers (Node.js, JDWP, JMX, debugpy, Delve, gdbserver, a browser), APIs of container engines and kubelets, application servers behind a web server (PHP-FPM, uWSGI), admin tools, file servers, port mappers, plain-text protocols (telnet, ftp, rsh, SNMP ...). A service is recognized by its program, or options on its command line, and by its usual port (of a published port that of the container): both together are sure, the program alone is likely, the port alone is worth a look.',
    found: [
      [
        'warning',
        'A service that asks for no password, unless that is set up, and gives away its data or runs what it is sent (Redis, a debugger, Docker without TLS), or telnet, rsh or an X server, is bound to more than loopback, or to a published port of a container.',
      ],
      [
        'note',
        'The same of any other known service, such as one that asks for a password or a certificate, serves files (FTP, NFS, SMB, rsync), or tells of the machine (SNMP, rpcbind). It is also a note if the service is only at a private address (RFC 1918 and the like), or if only the port is known and a program of another name has it.',
      ],
    ],
    silent:
      'Services on loopback; containers without a published port, or with one on loopback alone. Firewalls are not considered. A server in a container and what listens on the host for it are one finding.',
    remedy:
      'Bind the service to loopback or to an internal address, or restrict who can connect (a firewall, TLS, a password).',
    counts: 'servers',
  },
  about: 'sockets',
  spans: true,
  thresholds: {},
  needs: { protocols: ['tcp', 'udp'], serversOnly: true, exposure: 'useful' },
  watches: (socket) => socket.protocol !== 'unix' && isReachable(socket),
  ownersOf: ({ sockets }) => sockets,
  find({ sockets, platform }) {
    const seen = inetOnly(sockets).filter((socket) => !isHidden(socket));
    const services = new Map<string, Held[]>();
    for (const socket of seen) {
      const known = serviceOf(socket);
      if (known === null) continue;
      const worker = `${known.owner?.pid ?? `port ${socket.local.port}`}`;
      addTo(services, `${networkKey(socket)} ${known.service.what}`, { ...known, worker });
    }
    return withPublishers([...services.values()].flatMap(byWorkers), seen).map((all) =>
      exposed(all, platform),
    );
  },
});

/**
 * The same services, with the sockets of the host that stand for those in containers: all that lead to one of a service
 * belong to it, whatever they were taken for themselves.
 */
function withPublishers(
  services: readonly (readonly Known[])[],
  sockets: readonly InetSocket[],
): readonly (readonly Known[])[] {
  const published = new Map<string, readonly Known[]>();
  for (const service of services) {
    for (const { socket } of service) {
      if (!isOfOwnNetns(socket)) for (const port of portsOf(socket)) published.set(port, service);
    }
  }
  const publishers = new Map<readonly Known[], Known[]>();
  const moved = new Set<InetSocket>();
  for (const socket of sockets) {
    const targets = isOfOwnNetns(socket) ? portsOf(socket).map((port) => published.get(port)) : [];
    const [target] = targets;
    if (target === undefined || targets.some((one) => one !== target)) continue;
    const [{ service }] = target as [Known, ...Known[]];
    addTo(publishers, target, { socket, service, certainty: 'likely', owner: null });
    moved.add(socket);
  }
  return services.flatMap((service) => {
    const left = service.filter(({ socket }) => !moved.has(socket));
    return left.length === 0 ? [] : [[...(publishers.get(service) ?? []), ...left]];
  });
}

/** The ports of the host that lead to a server, or that it stands in for, as keys. */
function portsOf({ exposure }: InetSocket): readonly string[] {
  return (exposure?.published ?? []).map(({ protocol, hostAddress, hostPort, address, port }) =>
    [protocol, hostAddress, hostPort, address, port].join(' '),
  );
}

/** Kinds of exposure that other machines cannot reach. */
const hidden: ReadonlySet<string> = new Set(['loopback', 'internal', 'nowhere']);

function isHidden({ exposure }: InetSocket): boolean {
  return exposure ? hidden.has(exposure.kind) || isPublishedToOwn(exposure) : false;
}

function isReachable(socket: InetSocket): boolean {
  const { local } = socket;
  return (
    isListening(socket) && local.port !== 0 && !isOnLoopback(socket) && !isLoopback(local.address)
  );
}

/** A socket, and the service that it was taken for. */
interface Known {
  readonly socket: InetSocket;
  readonly service: RiskyService;
  readonly certainty: Certainty;
  /** The process that provides it; null: not known, or another program holds the port. */
  readonly owner: Owner | null;
}

/** The same, with the process that it is counted by, or its port. */
type Held = Known & { readonly worker: string };

/** The best match among the risky services; null: none. */
function serviceOf(socket: InetSocket): Known | null {
  let best: Known | null = null;
  for (const service of riskyServices) {
    if (!(service.protocols ?? ['tcp']).includes(socket.protocol)) continue;
    const known = fitOf(socket, service);
    if (known !== null && (best === null || isSurer(known, best))) {
      best = known;
    }
  }
  return best;
}

function isSurer(one: Known, other: Known): boolean {
  return certainties.indexOf(one.certainty) < certainties.indexOf(other.certainty);
}

/** How a server matches a service; null: it does not. */
function fitOf(socket: InetSocket, service: RiskyService): Known | null {
  const atPort = hasPort(service, socket.local.port);
  const owners = socket.owners ?? [];
  for (const owner of owners) {
    const port = isProgram(owner, service) ? null : commandPort(owner, service);
    if (port === undefined) continue;
    // A port on the command line is the only one that it is about.
    if (port !== null && port !== socket.local.port) continue;
    if (atPort || port !== null) return { socket, service, certainty: 'sure', owner };
    if (!service.usualPortsOnly) return { socket, service, certainty: 'likely', owner };
  }
  const targets = targetsOf(socket);
  const isUsual = targets === null ? atPort : targets.some((port) => hasPort(service, port));
  if (!isUsual || service.ownPorts !== true) return null;
  // A process that holds the port on behalf of the service says nothing about which service it is.
  const isForAnother =
    targets !== null || owners.some((owner) => isForwarder(owner.program) || startsServers(owner));
  const certainty = isForAnother ? 'likely' : 'worth a look';
  return { socket, service, certainty, owner: null };
}

/** The ports of containers to which a port of the host leads others; null: it is not known to lead to any. */
function targetsOf(socket: InetSocket): readonly number[] | null {
  const { exposure } = socket;
  if (!isOfOwnNetns(socket) || exposure?.kind !== 'published' || exposure.published.length === 0)
    return null;
  return [...new Set(exposure.published.map(({ port }) => port))];
}

function hasPort({ ports }: RiskyService, port: number): boolean {
  return ports.some((one) =>
    typeof one === 'number' ? one === port : one[0] <= port && port <= one[1],
  );
}

function isProgram(owner: Owner, { programs }: RiskyService): boolean {
  return programs !== undefined && namesOf(owner).some((name) => programs.test(name));
}

/**
 * The port on a command line that marks the service; null: it marks the service without a port; undefined: it does
 * not.
 */
function commandPort(
  { commandLine }: Owner,
  { command, portBehind }: RiskyService,
): number | null | undefined {
  if (commandLine === null || command === undefined) return undefined;
  const found = command.exec(commandLine);
  const behind =
    found === null || portBehind === undefined
      ? found
      : portBehind.exec(commandLine.slice(found.index + found[0].length));
  if (behind === null) return undefined;
  const port = behind.groups?.port;
  return port === undefined ? null : Number(port);
}

/** Names that a program may have: its executable, and the first word of its title (`postgres: writer`). */
function namesOf({ program, executable }: Owner): readonly string[] {
  const words = [executable ?? '', (program ?? '').split(/[\s:]/)[0] ?? ''];
  return words.map(nameIn).filter((name) => name !== '');
}

const windowsFolder = /^(?:[A-Za-z]:|\\\\).*\\/s;

/** The name at the end of a path. On Windows it ends with `.exe`, in any case. */
function nameIn(path: string): string {
  const name = path.replace(windowsFolder, '');
  if (/\.exe$/i.test(name)) return name.slice(0, -4).toLowerCase();
  return name.slice(name.lastIndexOf('/') + 1);
}

/** The first process, which also listens on behalf of the services that it starts. */
const serviceManagers = /^(?:systemd|init|launchd)$/;

function startsServers(owner: Owner): boolean {
  return namesOf(owner).some((name) => isSuperServer(name) || serviceManagers.test(name));
}

/** Whether only an inner network reaches it, judged by its own address or those of the published ports. */
function isInner({ local, exposure }: InetSocket): boolean {
  const addresses =
    exposure?.kind === 'published' && exposure.published.length > 0
      ? exposure.published.map(({ hostAddress }) => hostAddress ?? '0.0.0.0')
      : [local.address];
  return addresses.every((address) => isPrivate(address) || isLoopback(address));
}

function exposed(all: readonly Known[], platform: Evidence['platform']): Draft {
  const [{ service }] = all as [Known, ...Known[]];
  const sockets = all.map((one) => one.socket);
  const ports = [...new Set(sockets.map(({ local }) => local.port))];
  const surest = all.reduce((best, one) => (isSurer(one, best) ? one : best));
  const certainty = sockets.every(({ exposure }) => exposure?.kind === 'unknown')
    ? 'worth a look'
    : surest.certainty;
  const { why, remedy } = riskKinds[service.kind];
  return {
    netns: onlyNetns(sockets),
    severity: severityOf(service, sockets, surest),
    certainty,
    title: `${titleOf(service, surest)} can be reached from other machines: ${[...new Set(sockets.map(({ local }) => endText(local)))].join(', ')}`,
    observations: [...observationsOf(sockets, surest), ...publishedText(sockets)],
    seen: { port: ports[0] ?? null, ports: ports.length, sockets: sockets.length },
    sockets,
    why,
    remedy: certainty === 'worth a look' ? `First make sure what it is. ${remedy}` : remedy,
    command: [
      // Only Linux provides it.
      ...['-tulnp', ...(platform === 'linux' ? ['--exposure'] : [])],
      ...ports.flatMap((port, at) => [...(at === 0 ? [] : ['or']), ...['sport', '=', `:${port}`]]),
    ],
  };
}

/** The network that all sockets are in; null: several, or the only one that was read. */
function onlyNetns(sockets: readonly InetSocket[]): Netns | null {
  const [netns = null] = sockets.map((socket) => socket.netns ?? null);
  return new Set(sockets.map(networkKey)).size === 1 ? netns : null;
}

function titleOf({ what }: RiskyService, { certainty }: Known): string {
  return certainty === 'worth a look' ? `what may be ${what}` : what;
}

/** Another program at a port is rarely the service that the port is known for. */
function severityOf(
  { severity }: RiskyService,
  sockets: readonly InetSocket[],
  { certainty, socket }: Known,
): Severity {
  const isAnother = certainty === 'worth a look' && (socket.owners?.length ?? 0) > 0;
  return isAnother || sockets.every(isInner) ? 'note' : severity;
}

function observationsOf(
  sockets: readonly InetSocket[],
  { certainty, service, owner, socket }: Known,
): readonly string[] {
  const places = sockets.map(({ local }) => local.address);
  const where = places.some(isAnyAddress)
    ? 'at every address of the machine'
    : `at ${[...new Set(places)].join(', ')}`;
  const owners = ownersText(socket, ...sockets) ?? 'An unknown process';
  const ports = [...new Set(sockets.map(({ local }) => local.port))].join(', ');
  const port =
    sockets.length === 1 ? `port ${ports}` : `${counted(sockets.length, 'socket')}, port ${ports},`;
  const speaks =
    certainty === 'sure'
      ? 'program and port agree'
      : certainty === 'likely' && owner !== null
        ? `the program is known, but the port is not its usual one`
        : `${usualText(sockets, ports)} is usual for ${service.what}; there is no other evidence`;
  return [
    `${owners} ${pidsOf(sockets).length > 1 ? 'listen' : 'listens'} on ${port} ${where}: ${speaks}.`,
    `A firewall that blocks access is not considered here.`,
  ];
}

/** The ports that may be usual for a service: where published ports lead to, else those of the sockets. */
function usualText(sockets: readonly InetSocket[], ports: string): string {
  const targets = [...new Set(sockets.flatMap((socket) => targetsOf(socket) ?? []))].join(', ');
  return targets === '' || targets === ports ? `port ${ports}` : `port ${targets}, where it leads,`;
}

function publishedText(sockets: readonly InetSocket[]): readonly string[] {
  const all = sockets.flatMap(({ exposure }) =>
    exposure?.kind === 'published' &&
    (exposure.published.length > 0 || publishedFor(exposure).length > 0)
      ? exposureText(exposure)
      : [],
  );
  return all.length === 0 ? [] : [`It is ${[...new Set(all)].join('; ')}.`];
}
