import type { RoundMeter } from '../analysis/connection-rates.ts';
import type { WhyUnknown } from '../analysis/inet-pairs.ts';
import { isNetstatError, NetstatError } from '../errors.ts';
import { isCounterWanted } from '../model/machine/counter.ts';
import type { NetInterface } from '../model/machine/interface.ts';
import { aboutMachine } from '../model/machine/place.ts';
import { packChooser } from '../model/packed/chosen.ts';
import { asBatch, type PackedFacts, packIn } from '../model/packed/sockets.ts';
import { type Fact, platformTitles } from '../model/report/facts.ts';
import type { ReportKind, ReportRows, Row, Warning } from '../model/report/snapshot.ts';
import type { Needs } from '../model/request/needs.ts';
import type { Query } from '../model/request/query.ts';
import type { Glance } from '../model/socket/glance.ts';
import { pattern as socketPattern } from '../model/socket/pattern.ts';
import type { Socket } from '../model/socket/socket.ts';
import { unknownWorkload } from '../model/socket/workload.ts';
import { type Selection, whichPattern, whichTest } from '../select/index.ts';
import type { Batches, Reading, Source, SourceQuery, WarningSink } from '../sources/source.ts';
import { counted } from '../text/counted.ts';
import { withoutAbsentInet6 } from './absent-tables.ts';
import { unavailableFrom, unavailableProtocol, unavailableReport } from './unavailable.ts';

/** How to read rows. */
export interface ReadOptions {
  readonly selection: Selection;
  readonly needs: Omit<Needs, 'hostNames' | 'serviceNames' | 'userNames' | 'previousRound'>;
  /** Computes connections' rates from round to round; required if rates are needed. */
  readonly meter?: RoundMeter | undefined;
  /** The caller keeps all rows anyway, so duplicates can be left out. */
  readonly keepsAll: boolean;
  /**
   * Called after sockets are read, with the number of servers that match the filters but are left out by netstat's
   * default. Left out: they are not counted.
   */
  readonly onLeftOut?: (servers: number) => void;
  /** A named interface may be missing: somebody asks whether it exists. */
  readonly mayBeMissing?: boolean;
  /** As in `SocketQuery`. */
  readonly packed?: PackedFacts | undefined;
  readonly toFollow?: boolean;
  /** As in `SocketQuery`. */
  readonly glance?: ((glance: Glance) => boolean) | undefined;
}

/**
 * The rows of a query's report, filtered but not sorted: read lazily, in batches.
 * @throws NetstatError `unsupported` if the platform has no source for it.
 */
export function readRows<K extends ReportKind>(
  source: Source,
  query: Query<K>,
  options: ReadOptions,
  warnings: WarningSink,
): Reading<ReportRows[K]> {
  return readReport(source, query, options, warnings) as Reading<ReportRows[K]>;
}

function readReport(
  source: Source,
  query: Query,
  options: ReadOptions,
  warnings: WarningSink,
): Reading<Row> {
  const { report, families, requiredFamilies, protocols, protocolsNamed } = query;
  if (!source.reports.includes(report)) {
    throw unavailableReport(report, source.platform);
  }
  if (options.needs.rates && options.meter === undefined) {
    throw new NetstatError(
      'usage',
      'sentrate and recvrate are measured between rounds: they need -c, --follow or --live',
    );
  }
  requireFacts(source, options.needs);
  if (report === 'sockets') return readSockets(source, query, options, warnings);
  const { netns } = options.needs;
  if (report === 'interfaces' && query.interfaces.length > 0) {
    const reading = source.read({ report, families, requiredFamilies, netns }, warnings);
    return namedInterfaces(reading, query.interfaces, options.mayBeMissing === true);
  }
  if (report !== 'statistics') {
    return source.read({ report, families, requiredFamilies, netns }, warnings);
  }
  const named = protocolsNamed ? protocols : null;
  const required = named ?? [];
  const counters = { report, families, requiredFamilies, required, netns } as const;
  // -t, -u, -U, -w and -S select counters by protocol.
  return changed(source.read(counters, warnings), (batch) =>
    batch.filter((counter) => isCounterWanted(counter, families, named)),
  );
}

/** Names and indexes of the existing interfaces; null if they are not known. */
export async function interfaceNames(source: Source): Promise<ReadonlySet<string> | null> {
  if (!source.reports.includes('interfaces')) return null;
  const known = new Set<string>();
  try {
    const query = { report: 'interfaces', families: [] } as const;
    for await (const batch of source.read(query, { warn: () => undefined }).batches) {
      for (const { name, index } of batch) {
        known.add(name);
        if (index !== null) known.add(String(index));
      }
    }
  } catch (error) {
    if (!isNetstatError(error)) throw error;
    return null;
  }
  return known.size > 0 ? known : null;
}

/** The interfaces with these names. A missing one is reported before any is shown. */
function namedInterfaces(
  reading: Reading<NetInterface>,
  names: readonly string[],
  mayBeMissing: boolean,
): Reading<NetInterface> {
  let answer: Promise<readonly NetInterface[]> | null = null;
  const read = async () => {
    const all: NetInterface[] = [];
    for await (const batch of reading.batches) all.push(...batch);
    const there = new Set(all.map(({ name }) => name));
    const missing = names.find((name) => !there.has(name));
    if (missing !== undefined && !mayBeMissing) {
      const known = [...there].slice(0, maxNames).join(', ');
      const rest = there.size > maxNames ? ' and others' : '';
      throw new NetstatError(
        'usage',
        `${missing}: there is no interface of that name; there are ${known}${rest}`,
        { path: 'names', about: 'interfaces' },
      );
    }
    return all.filter(({ name }) => names.includes(name));
  };
  const once = () => {
    answer ??= read();
    return answer;
  };
  async function* batches(): Batches<NetInterface> {
    const rows = await once();
    if (rows.length > 0) yield rows;
  }
  return {
    begun: async () => {
      await once();
    },
    batches: batches(),
  };
}

/** Maximum number of interface names in a message. */
const maxNames = 20;

/** The same reading, with `change` made of each batch; empty ones are left out. */
function changed<T>(
  reading: Reading<T>,
  change: (batch: readonly T[]) => readonly T[],
): Reading<T> {
  async function* batches(): Batches<T> {
    for await (const batch of reading.batches) {
      const rows = change(batch);
      if (rows.length > 0) yield rows;
    }
  }
  return { begun: reading.begun, batches: batches() };
}

/** The sockets for which `keep` is true; they may come packed. */
function chosenLate(reading: Reading<Socket>, keep: (socket: Socket) => boolean): Reading<Socket> {
  const choose = packChooser({ keep });
  return changed(reading, (batch) => {
    const pack = packIn(batch);
    return pack === null ? batch.filter(keep) : asBatch(choose(pack));
  });
}

function readSockets(
  source: Source,
  asked: Query,
  { selection, needs, meter, keepsAll, onLeftOut, packed, glance, toFollow = false }: ReadOptions,
  warnings: WarningSink,
): Reading<Socket> {
  const {
    owners,
    ownerDetails,
    timers,
    tcpInfo,
    socketInfo,
    unixQueues,
    createdAt,
    boundSockets,
    peers,
    workloads,
    exposure,
    devices,
    receivers,
    netns,
  } = needs;
  const { withServers } = selection;
  const counting =
    onLeftOut === undefined || withServers === null
      ? null
      : countingServers({ ...selection, ...withServers }, asked, onLeftOut);
  const { early, late, pattern, certain, holders } = counting ?? selection;
  const isAsked = ({ family }: Socket) => family === 'unix' || asked.families.includes(family);
  const query: SourceQuery<'sockets'> = {
    report: 'sockets',
    protocols: offeredProtocols(source, asked),
    // A peer may be in any table of its protocol, even if filtered out.
    families: peers ? ['inet', 'inet6'] : asked.families,
    distinct: owners !== 'none' || keepsAll,
    listeningOnly: selection.which === 'listening' && !peers,
    required: asked.protocolsNamed,
    ...{
      timers,
      tcpInfo,
      socketInfo,
      unixQueues,
      receivers,
      devices,
      createdAt,
      boundSockets,
      workloads,
      exposure,
      netns,
      toFollow,
    },
    owners: owners === 'none' ? null : { depth: owners, details: ownerDetails },
    keep: peers ? () => true : early,
    // A glance is at every connection.
    pattern: peers || glance !== undefined ? true : pattern,
    certain: glance === undefined && (peers || certain),
    holders: peers || glance !== undefined ? null : holders,
    ...(peers && { isWanted: (socket: Socket) => isAsked(socket) && early(socket) }),
    isUndecided: (socket) => isAsked(socket) && selection.isUndecided(socket),
    packed,
    glance,
  };
  let reading = source.read(query, peers ? withoutAbsentInet6(warnings, asked) : warnings);
  if (workloads && !source.facts.includes('workloads')) reading = withoutWorkloads(reading);
  if (meter !== undefined && needs.rates) reading = metered(reading, meter);
  if (peers) {
    const keep = (socket: Socket) => isAsked(socket) && early(socket);
    const all = reading.batches;
    const paired = () => readPeers(source, query, all, keep, warnings);
    reading = { begun: reading.begun, batches: later(paired) };
  }
  const chosen = selection.isLate ? chosenLate(reading, late) : reading;
  return counting === null ? chosen : { ...chosen, batches: counting.toEnd(chosen.batches) };
}

/** Facts that a source may lack, and the flag that asks for each. */
const factFlags = {
  tcpInfo: '--tcp-info and its columns',
  socketInfo: '--socket-info and its columns',
  boundSockets: '--bound-inactive',
  exposure: '--exposure and its columns',
  netns: 'netns',
  hosts: 'host',
} as const satisfies Partial<Record<Fact, string>>;

/** @throws NetstatError `unsupported` if a fact is needed that the source does not have */
function requireFacts(source: Source, needs: ReadOptions['needs']): void {
  for (const fact of Object.keys(factFlags) as (keyof typeof factFlags)[]) {
    if (!needs[fact] || source.facts.includes(fact)) continue;
    throw unavailableFrom(source, fact, factFlags[fact]);
  }
}

/** Filters like a selection without servers, and counts the matching servers that it leaves out. */
function countingServers(
  fits: Pick<Selection, 'isLate' | 'early' | 'late' | 'pattern' | 'certain' | 'holders'>,
  query: Query,
  onLeftOut: (servers: number) => void,
) {
  let servers = 0;
  const isConnected = whichTest('connected', query);
  const isShown = (socket: Socket) => {
    if (isConnected(socket)) return true;
    servers++;
    return false;
  };
  return {
    pattern: fits.pattern,
    // Those that are not connected are counted.
    certain: fits.isLate
      ? fits.certain
      : socketPattern.all([fits.certain, whichPattern('connected')]),
    holders: fits.holders,
    early: (socket: Socket) => fits.early(socket) && (fits.isLate || isShown(socket)),
    late: (socket: Socket) => fits.late(socket) && isShown(socket),
    async *toEnd(batches: Batches<Socket>): Batches<Socket> {
      yield* batches;
      onLeftOut(servers);
    },
  };
}

/** Adds null workloads, with a reason, on a platform that does not report them. */
function withoutWorkloads(reading: Reading<Socket>): Reading<Socket> {
  return changed(reading, (batch) => {
    for (const socket of batch) Object.assign(socket, unknownWorkload);
    return batch;
  });
}

function metered(reading: Reading<Socket>, meter: RoundMeter): Reading<Socket> {
  return changed(reading, (batch) => {
    meter(batch);
    return batch;
  });
}

/** Sockets with their peers; the code that finds them is loaded on demand. */
async function readPeers(
  source: Source,
  { protocols }: SourceQuery<'sockets'>,
  batches: Batches<Socket>,
  keep: (socket: Socket) => boolean,
  warnings: WarningSink,
): Promise<Batches<Socket>> {
  const { withPeers } = await import('./peers.ts');
  const unixPeers = async () => {
    if (!protocols.includes('unix')) return null;
    if (source.unixPeers !== undefined) return source.unixPeers(warnings);
    const message = `unix: ${platformTitles[source.platform]} does not provide the peers of these sockets`;
    warnings.warn({ code: 'absent', message, source: 'unix' });
    return null;
  };
  const onUnknown = (why: WhyUnknown, count: number, host: string | undefined) => {
    const warning = unknownReceivers(why, count);
    warnings.warn(
      host === undefined
        ? warning
        : { ...warning, message: aboutMachine(host, warning.message), host },
    );
  };
  return withPeers(batches, { keep, unixPeers, onUnknown });
}

const whyUnknown: Readonly<Record<WhyUnknown, string>> = {
  families: 'it is unknown whether a server at [::] also accepts IPv4',
  interface:
    'it is unknown whether packets to an address arrive by the interface that a server is bound to',
};

/** The warning that receivers are not known: a program may restrict its server to IPv6, or to an interface. */
function unknownReceivers(why: WhyUnknown, count: number): Warning {
  const peers = `the ${count === 1 ? 'peer' : 'peers'} of ${counted(count, 'UDP socket')}`;
  return {
    code: 'unreadable',
    message: `${peers} could not be determined: ${whyUnknown[why]}`,
    source: why === 'families' ? 'udp6' : 'udp',
  };
}

async function* later<T>(batches: () => Promise<Batches<T>>): Batches<T> {
  yield* await batches();
}

/**
 * The tables to read: those that were asked for, except those that this platform lacks.
 * @throws NetstatError `unsupported` if a missing one was asked for by name.
 */
function offeredProtocols(source: Source, { protocols, protocolsNamed }: Query) {
  const lacking = protocols.find((protocol) => !source.protocols.includes(protocol));
  if (lacking !== undefined && protocolsNamed) {
    throw unavailableProtocol(lacking, source);
  }
  return protocols.filter((protocol) => source.protocols.includes(protocol));
}
