import type { LocalPorts } from '../../analysis/port-range.ts';
import { judgedForwards, type ServersElsewhere } from '../../analysis/service-forwards.ts';
import {
  mostServiceSockets,
  portOf,
  type ServiceGatherer,
  serviceGatherer,
} from '../../analysis/service-summary.ts';
import { resemblance } from '../../analysis/similar-programs.ts';
import { isNetstatError } from '../../errors.ts';
import { allOf } from '../../flow/all-of.ts';
import type { OwnAddress } from '../../model/machine/own-address.ts';
import {
  type InetProtocol,
  isUnixAlone,
  type Protocol,
  protocolTitle,
} from '../../model/protocol.ts';
import type { Fact } from '../../model/report/facts.ts';
import { type Service, type ServiceAsked, serviceProtocols } from '../../model/report/service.ts';
import type { Warning } from '../../model/report/snapshot.ts';
import { hidingOwners, lackingRows } from '../../model/report/warning-codes.ts';
import type { Query } from '../../model/request/query.ts';
import { isServer } from '../../model/socket/classify.ts';
import type { Glance } from '../../model/socket/glance.ts';
import type { Owner } from '../../model/socket/owner.ts';
import type { PortForward } from '../../model/socket/port-forward.ts';
import type { InetSocket, Socket } from '../../model/socket/socket.ts';
import { takesIpv4 } from '../../model/socket/v6only.ts';
import { narrowed, plainSelection, type Selection } from '../../select/index.ts';
import { programTest } from '../../select/owners.ts';
import type { Source, WarningSink } from '../../sources/source.ts';
import { listed } from '../../text/counted.ts';
import { withoutRareTables } from '../absent-tables.ts';
import { reportsOwners, takeSockets, withOwnersQuery } from './take-sockets.ts';

/** Where to look for a service. */
export interface ServiceParts {
  readonly source: Source;
  readonly query: Query;
  readonly selection: Selection;
  /** Rows say which network namespace they belong to. */
  readonly hasNetns: boolean;
  /** Opens a source that reads every network namespace; left out: there is none, or one other was asked about. */
  readonly everywhere?: (() => Promise<Source>) | undefined;
  readonly earlier?: EarlierSockets | undefined;
}

/** An earlier snapshot, which shows who listened then. */
export interface EarlierSockets {
  readonly takenAt: string;
  readonly sockets: readonly Socket[];
}

/**
 * Gathers what is known of a service: who listens and who is connected; if there is no listener, who listens in another
 * network namespace, and which unit would.
 * @throws NetstatError if sockets cannot be read at all
 */
export async function readService(
  asked: ServiceAsked,
  parts: ServiceParts,
  sink: WarningSink,
): Promise<Service> {
  const { source, query, earlier } = parts;
  const protocols = serviceProtocols.filter(
    (one) => query.protocols.includes(one) && source.protocols.includes(one),
  );
  const gathered = serviceGatherer(asked);
  const port = portOf(asked);
  const noticed = noticing(withoutRareTables(sink, query));
  if (port !== null) {
    // Filters other than the port are for connections: a server has no remote address.
    const isIt = (socket: Socket) =>
      socket.protocol !== 'unix' &&
      socket.local.port === port &&
      socket.remote.port === 0 &&
      serves(socket, query);
    const selection = narrowed(serversOnly, isIt);
    await read(
      ofServers(parts),
      { protocols, selection, take: (one) => gathered.take(one) },
      noticed.sink,
    );
  }
  const withConnections = query.which !== 'listening';
  if (withConnections || port === null) {
    await readConnections(parts, { protocols, port, gathered }, noticed.sink);
  }
  await source.withOwners?.(gathered.kept(), withOwnersQuery(source), sink);
  const isFound = gathered.kept().some(isServer);
  const isLost = port !== null && !isFound;
  const needsServers = gathered.needsServers();
  if (needsServers) {
    const take = (socket: Socket) => {
      if (socket.protocol !== 'unix' && isServer(socket)) gathered.notice(socket);
      return false;
    };
    await read(ofServers(parts), { protocols, selection: serversOnly, take }, noticed.sink);
  }
  const portless =
    asked.by === 'program' && gathered.isEmpty() ? await portlessOf(parts, noticed.sink) : null;
  const similar =
    portless?.length === 0 && gathered.kept().length === 0
      ? await similarServers(resemblance(asked.value), parts, protocols, noticed.sink)
      : null;
  const forwards = port === null ? null : await forwardsOf(parts, protocols, port);
  const elsewhere =
    port !== null && (isLost || (forwards?.length ?? 0) > 0)
      ? await serversElsewhere(parts, protocols, sink)
      : null;
  return gathered.service({
    elsewhere: isLost ? (elsewhere?.servers.filter((one) => isAt(one, port)) ?? null) : null,
    forwards: forwards && judgedForwards(forwards, elsewhere),
    units: isLost ? ((await source.portUnits?.(protocols, port)) ?? null) : null,
    earlier: earlierOf(asked, earlier),
    localPorts: needsServers ? await localPortsOf(source, sink) : { range: null, reserved: [] },
    ownAddresses: gathered.needsAddresses() ? await ownAddressesOf(parts) : [],
    isHidden: noticed.warnings.some(({ code }) => hidingOwners.has(code) || lackingRows.has(code)),
    ...{ portless, similar, withConnections },
  });
}

/** Reads the connections of a service; of a program also its servers. */
async function readConnections(
  parts: ServiceParts,
  {
    protocols,
    port,
    gathered,
  }: Pick<Wanted, 'protocols'> & {
    readonly port: number | null;
    readonly gathered: ServiceGatherer;
  },
  sink: WarningSink,
): Promise<void> {
  const { selection } = parts;
  const isRead = (socket: Socket) =>
    port !== null && socket.protocol !== 'unix' && socket.remote.port === 0;
  // Those at the port itself are many where it is a busy server's, and their owners are its own: they are counted early.
  const isEarly = (socket: Socket) =>
    !selection.isLate && socket.protocol !== 'unix' && socket.local.port === port;
  const wanted: Wanted = {
    protocols,
    selection: narrowed(selection, (socket) => {
      if (isRead(socket) || !selection.early(socket)) return false;
      return !isEarly(socket) || gathered.take(socket);
    }),
    glance:
      port === null
        ? undefined
        : (one: Glance) => one.localPort === port || one.remotePort === port,
    withOwners: true,
    // Without a server, it tells who opened a connection.
    tcpInfo: port !== null && !gathered.kept().some(isServer),
    take: (socket) => !isEarly(socket) && gathered.take(socket),
  };
  await read(parts, wanted, sink);
}

/** The sockets of a program that have no ports, those that listen and those with a name first. */
async function portlessOf(parts: ServiceParts, sink: WarningSink): Promise<readonly Socket[]> {
  const { source, query } = parts;
  const protocols = (['unix', 'raw'] as const).filter(
    (one) =>
      source.protocols.includes(one) && (!query.protocolsNamed || query.protocols.includes(one)),
  );
  const sockets: Socket[] = [];
  const take = (socket: Socket) => sockets.push(socket) > 0;
  await read(parts, { protocols, selection: parts.selection, take, withOwners: true }, sink);
  return sockets.sort((a, b) => portlessRank(a) - portlessRank(b)).slice(0, mostServiceSockets);
}

/** Servers of processes that resemble the program that has no sockets. */
async function similarServers(
  resembles: (owner: Owner) => boolean,
  parts: ServiceParts,
  protocols: readonly InetProtocol[],
  sink: WarningSink,
): Promise<readonly InetSocket[]> {
  const servers: InetSocket[] = [];
  const take = (socket: Socket) =>
    socket.protocol !== 'unix' &&
    isServer(socket) &&
    socket.owners?.some(resembles) === true &&
    servers.length < mostServiceSockets &&
    servers.push(socket) > 0;
  const wanted = { protocols, selection: serversOnly, withOwners: true, take };
  await read(ofServers(parts), wanted, sink);
  return servers;
}

function portlessRank(socket: Socket): number {
  if (socket.protocol !== 'unix') return 0;
  return socket.state === 'LISTENING' ? 0 : socket.path !== null ? 1 : 2;
}

/** Which local ports the system assigns by itself. */
async function localPortsOf(source: Source, sink: WarningSink): Promise<LocalPorts> {
  const [facts] = (await source.systemFacts?.(['localPortRange', 'reservedPorts'], sink)) ?? [];
  const { localPortRange = null, reservedPorts } = facts?.values ?? {};
  return { range: localPortRange, reserved: reservedPorts ?? [] };
}

/** This machine's addresses, without a warning: those that cannot be read are missing. */
async function ownAddressesOf({ source, hasNetns }: ServiceParts): Promise<readonly OwnAddress[]> {
  if (source.ownAddresses !== undefined) return source.ownAddresses({ netns: hasNetns });
  if (!source.reports.includes('interfaces')) return [];
  const query = { report: 'interfaces', families: ['inet', 'inet6'] } as const;
  try {
    const { batches } = source.read(query, { warn: () => undefined });
    return (await allOf(batches)).flatMap(({ addresses }) => addresses);
  } catch (error) {
    if (isNetstatError(error)) return [];
    throw error;
  }
}

/** A sink that also keeps the warnings that pass. */
function noticing(sink: WarningSink): {
  readonly sink: WarningSink;
  readonly warnings: readonly Warning[];
} {
  const warnings: Warning[] = [];
  return {
    sink: {
      ...sink,
      warn(warning) {
        warnings.push(warning);
        sink.warn(warning);
      },
    },
    warnings,
  };
}

/** The same for servers: one on an IPv6 wildcard address may accept IPv4 too, so both families are read. */
function ofServers(parts: ServiceParts): ServiceParts {
  const { query } = parts;
  return query.families.includes('inet')
    ? { ...parts, query: { ...query, families: ['inet', 'inet6'] } }
    : parts;
}

/** Whether a server may take connections of these families. */
function serves(socket: InetSocket, { families }: Query): boolean {
  return (
    families.includes(socket.family) || (families.includes('inet') && takesIpv4(socket) !== false)
  );
}

/** The sockets to which the search is limited, in words; null: at least TCP and UDP in both families. */
export function onlyIn({ protocols, families }: Query): string | null {
  const served = serviceProtocols.filter((one) => protocols.includes(one));
  const named = served.length > 0 ? served : protocols;
  const isAll = served.includes('tcp') && served.includes('udp');
  const kinds = listed(
    named.map((one) => protocolTitle([one])),
    'or',
  );
  const [family] = families;
  if (families.length > 1 || isUnixAlone(named)) return isAll ? null : `${kinds} sockets`;
  const version = family === 'inet' ? 'IPv4' : 'IPv6';
  return isAll ? `${version} sockets` : `${kinds} sockets over ${version}`;
}

/** Selects servers, whose reading costs almost nothing; each use has its own `early`. */
const serversOnly = plainSelection({ which: 'listening', boundInactive: false });

/** Which sockets are read, and what of them. */
interface Wanted {
  readonly protocols: readonly Protocol[];
  readonly selection: Selection;
  /** As in `SocketQuery`. */
  readonly glance?: ((glance: Glance) => boolean) | undefined;
  /** Report owners with each row; `everything`: all that is known about each socket. */
  readonly withOwners?: boolean;
  readonly everything?: boolean;
  /** Report TCP's internals with each row, if the source knows them. */
  readonly tcpInfo?: boolean;
  /** Called with each selected socket, as by `takeSockets`. */
  take(socket: Socket): boolean;
}

async function read(
  { query, hasNetns, source }: ServiceParts,
  wanted: Wanted,
  sink: WarningSink,
): Promise<void> {
  const { protocols, selection, glance, take } = wanted;
  const { withOwners: isAsked = false, everything = false, tcpInfo = false } = wanted;
  if (protocols.length === 0) return;
  const isWhole = everything || reportsOwners(source);
  const has = (fact: Fact) => source.facts.includes(fact);
  const needs = {
    tcpInfo: tcpInfo && has('tcpInfo'),
    socketInfo: has('socketInfo'),
    boundSockets: has('boundSockets'),
    workloads: isWhole && has('workloads'),
    exposure: isWhole && has('exposure'),
    cgroups: true,
    devices: true,
    netns: hasNetns,
  };
  const withOwners = isAsked || isWhole;
  const asked = { source, query, protocols, selection, needs, withOwners, glance };
  await takeSockets(asked, sink, take);
}

/** Where a port of the own network is forwarded; null: not known, or another network was asked about. */
async function forwardsOf(
  { source, query, everywhere }: ServiceParts,
  protocols: readonly InetProtocol[],
  port: number,
): Promise<readonly PortForward[] | null> {
  if (everywhere === undefined) return null;
  const { families } = query;
  return (await source.portForwards?.({ protocols, families, port })) ?? null;
}

/** Servers in other network namespaces; null: these cannot be read. */
async function serversElsewhere(
  parts: ServiceParts,
  protocols: readonly InetProtocol[],
  sink: WarningSink,
): Promise<ServersElsewhere | null> {
  const source = await parts.everywhere?.();
  if (source === undefined) return null;
  const servers: InetSocket[] = [];
  const noticed = noticing(sink);
  const isOther = (socket: Socket): socket is InetSocket =>
    socket.protocol !== 'unix' &&
    socket.netns?.own === false &&
    isServer(socket) &&
    serves(socket, parts.query);
  const take = (socket: Socket) => {
    if (isOther(socket)) servers.push(socket);
    return false;
  };
  const selection = narrowed(serversOnly, isOther);
  const everywhere = ofServers({ ...parts, source, hasNetns: true });
  await read(everywhere, { protocols, selection, take, everything: true }, noticed.sink);
  return { servers, lacking: noticed.warnings.filter(({ code }) => lackingRows.has(code)) };
}

function isAt({ local, exposure }: InetSocket, port: number): boolean {
  return (
    local.port === port || exposure?.published.some(({ hostPort }) => hostPort === port) === true
  );
}

function earlierOf(asked: ServiceAsked, earlier: EarlierSockets | undefined): Service['earlier'] {
  if (earlier === undefined) return null;
  const port = portOf(asked);
  const isNamed = programTest(asked.value);
  const listeners = earlier.sockets.filter(
    (socket): socket is InetSocket =>
      socket.protocol !== 'unix' &&
      isServer(socket) &&
      (port !== null
        ? socket.local.port === port
        : asked.by === 'program' && (socket.owners ?? []).some(isNamed)),
  );
  return { takenAt: earlier.takenAt, listeners: listeners.slice(0, mostServiceSockets) };
}
