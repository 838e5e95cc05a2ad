import { type Collector, collector } from '../analysis/metrics/collector.ts';
import { collectCounters } from '../analysis/metrics/counters.ts';
import { definitions } from '../analysis/metrics/definitions.ts';
import { collectInterfaces } from '../analysis/metrics/interfaces.ts';
import { type NamespaceLabels, namespaceLabels } from '../analysis/metrics/namespaces.ts';
import {
  collectReading,
  errorCodes,
  type ReadingError,
  readTables,
} from '../analysis/metrics/reading.ts';
import {
  type NetworkFacts,
  type ReadTable,
  type SocketCounts,
  type SocketsAsked,
  socketCounts,
} from '../analysis/metrics/sockets.ts';
import { isNetstatError, type NetstatError } from '../errors.ts';
import { type Netns, netnsKey, networkKey } from '../model/machine/netns.ts';
import type { SystemFact, SystemFacts } from '../model/machine/system-facts.ts';
import type { Protocol } from '../model/protocol.ts';
import { isOfLeftOut, leftOutNames } from '../model/report/left-out-netns.ts';
import type { Exposition } from '../model/report/metric.ts';
import type { Names } from '../model/report/names.ts';
import type { ReportKind, ReportRows, Warning } from '../model/report/snapshot.ts';
import type { Listing, NetnsAsked } from '../model/request/listing.ts';
import type { MetricPart, MetricsAsked } from '../model/request/metrics.ts';
import { joinNeeds, type Needs, needsAmong, noNeeds } from '../model/request/needs.ts';
import type { Query } from '../model/request/query.ts';
import type { Glance } from '../model/socket/glance.ts';
import type { LazyResolver } from '../resolve/index.ts';
import { plainSelection, type Selection } from '../select/index.ts';
import { onceEach } from '../sources/once-each.ts';
import type { Source, WarningSink } from '../sources/source.ts';
import { withoutRareTables } from './absent-tables.ts';
import { readRows } from './read.ts';
import { type RemotePorts, remotePorts } from './remote-ports.ts';
import { selectionFor } from './selection.ts';
import { unavailableReport } from './unavailable.ts';

/** What measuring needs besides the request. */
export interface MeasureParts {
  readonly source: Source;
  readonly resolver: LazyResolver;
  /** The version of this program. */
  readonly version: string;
  /** Milliseconds of a monotonic clock. */
  elapsed(): number;
  /** Awaited between slices of work, as in `PlatformHost`. */
  readonly pause?: (() => Promise<void>) | undefined;
  /** Aborts requests to other machines. */
  readonly signal?: AbortSignal | undefined;
  note?(message: string): void;
  /** If no machine answers, report that in the metrics instead of throwing. */
  readonly mayAllFail?: boolean;
}

/**
 * Prepares metrics; each call of the returned function measures anew.
 * @throws NetstatError `usage` for an invalid request; the returned function also if nothing can be read at all
 */
export async function measuring(
  { query, view, target }: Omit<Listing, 'schedule'>,
  asked: MetricsAsked,
  parts: MeasureParts,
): Promise<() => Promise<Exposition>> {
  const { source, resolver } = parts;
  const sockets: Query<'sockets'> = { ...query, report: 'sockets' };
  const selection = await selectionFor(sockets, target, source, resolver);
  for (const part of asked.partsNamed ? asked.parts : []) {
    if (!source.reports.includes(part)) throw unavailableReport(part, source.platform);
  }
  const ports =
    asked.remotePorts.length === 0 ? null : remotePorts(asked.remotePorts, await resolver());
  const names = await (await resolver()).names({ services: true });
  const { netns } = target;
  const labelled = new Set<string>();
  const measurement = { ...parts, query: sockets, selection, asked, ports, names, netns, labelled };
  const { machines } = source;
  if (machines === undefined) return () => measure(measurement, view.verbose);
  const { measureMachines } = await import('./measure-machines.ts');
  return () =>
    measureMachines(machines, parts, (source) =>
      measure({ ...measurement, source, labelled: new Set() }, view.verbose),
    );
}

/** The input of one measurement. */
interface Measurement extends MeasureParts {
  readonly query: Query<'sockets'>;
  readonly netns: NetnsAsked;
  readonly selection: Selection;
  readonly asked: MetricsAsked;
  readonly ports: RemotePorts | null;
  readonly names: Names;
  /** The network namespaces that had a label of their own in the measurement before: `namespaceLabels` keeps them here. */
  readonly labelled: Set<string>;
}

async function measure(measurement: Measurement, verbose: boolean): Promise<Exposition> {
  const { source, query, asked, version } = measurement;
  const warnings: Warning[] = [];
  const sink = onceEach({
    warn: (warning) => warnings.push(warning),
    note: (message) => measurement.note?.(message),
  });
  const into = collector();
  const labels = namespaceLabels(asked.top, measurement.labelled);
  const seconds = new Map<MetricPart | 'system', number>();
  const failures: NetstatError[] = [];
  const part: PartMeasurement = {
    ...measurement,
    labels,
    into,
    sink: withoutRareTables(sink, query, verbose),
    async timed(name, work) {
      const began = measurement.elapsed();
      const answer = await work();
      seconds.set(name, Math.round((measurement.elapsed() - began) * 1000) / 1e6);
      return answer;
    },
  };
  let isThere = false;
  for (const name of asked.parts) {
    if (!shouldMeasure(name, measurement)) continue;
    try {
      await measureBy[name](part);
      isThere = true;
    } catch (error) {
      if (!isNetstatError(error) || isFatal(error, measurement)) throw error;
      failures.push(error);
      // A machine that did not answer would take as long for each of the other parts.
      if (source.facts.includes('machines') && !isThere) break;
    }
  }
  if (!isThere && failures.length > 0) throw failures[0];
  if (measurement.netns !== 'own') into.add(definitions.namespacesLeftOut, {}, labels.leftOut());
  collectReading({ seconds, warnings, errors: readingErrors(failures), version }, into);
  return { families: into.families(), warnings: [...warnings, ...failures.map(warningOf)] };
}

/** One measurement while its parts are measured. */
interface PartMeasurement extends Measurement {
  readonly sink: WarningSink;
  readonly labels: NamespaceLabels;
  readonly into: Collector;
  /** Runs a part of the work, whose time becomes a metric. */
  timed<T>(part: MetricPart | 'system', work: () => Promise<T>): Promise<T>;
}

function readingErrors(failures: readonly NetstatError[]): readonly ReadingError[] {
  return failures.map(({ code }) => errorCodes.find((one) => one === code) ?? 'unreadable');
}

function warningOf({ summary, path }: NetstatError): Warning {
  return { code: 'unreadable', message: summary, source: path };
}

const measureBy: Readonly<Record<MetricPart, (part: PartMeasurement) => Promise<void>>> = {
  sockets: measureSockets,
  statistics: measureStatistics,
  interfaces: measureInterfaces,
};

/** Whether an error ends the measurement: what was asked for by name must exist. */
function isFatal({ code }: NetstatError, { query, asked }: Measurement): boolean {
  return code === 'usage' || asked.partsNamed || (code === 'unsupported' && query.protocolsNamed);
}

/**
 * Whether to measure a part: one that the platform never reports is skipped unless named; UNIX sockets have no
 * counters.
 */
function shouldMeasure(part: MetricPart, { source, query, asked }: Measurement): boolean {
  if (asked.partsNamed) return true;
  if (!source.reports.includes(part)) return false;
  return part !== 'statistics' || !query.protocolsNamed || withCounters(query.protocols).length > 0;
}

const withCounters = (protocols: readonly Protocol[]) => protocols.filter((one) => one !== 'unix');

const facts = [
  ...(['localPortRange', 'reservedPorts', 'timeWaitLimit'] as const),
  ...(['timeWaitReuse', 'tcpTimestamps'] as const),
] satisfies SystemFact[];

async function systemFacts(source: Source, sink: WarningSink): Promise<readonly SystemFacts[]> {
  return (await source.systemFacts?.([...facts], sink)) ?? [];
}

async function measureSockets(part: PartMeasurement): Promise<void> {
  const { source, query, labels, into } = part;
  const facts = await part.timed('system', () => systemFacts(source, part.sink));
  const { sink, received } = watching(part.sink);
  await part.timed('sockets', async () => {
    labels.meet(facts.map(({ netns }) => netns));
    const asked = toBeCounted(part, facts);
    const counts = socketCounts(asked);
    await learnServers(part, counts, sink);
    await countSockets(part, asked, counts, sink);
    const networks = part.netns === 'own' ? [undefined] : namespacesRead(facts, received);
    counts.collect(into, readTables(tablesOf(source, query), received), networks);
  });
}

/** The namespaces that have facts, without those whose sockets, as a warning says, could not be read. */
function namespacesRead(
  facts: readonly SystemFacts[],
  warnings: readonly Warning[],
): readonly Netns[] {
  const leftOut = warnings.flatMap((warning) => leftOutNames(warning) ?? []);
  return facts
    .filter((one) => leftOut.every((name) => isOfLeftOut(one, name) === false))
    .flatMap(({ netns }) => netns ?? []);
}

/** The same sink, and all warnings that it receives, reported or not: they show which tables were not read. */
function watching(wanted: WarningSink): { sink: WarningSink; received: readonly Warning[] } {
  const received: Warning[] = [];
  const sink: WarningSink = {
    ...wanted,
    warn(warning) {
      received.push(warning);
      wanted.warn(warning);
    },
  };
  return { sink, received };
}

async function measureStatistics(part: PartMeasurement): Promise<void> {
  const { labels, sink, into } = part;
  await part.timed('statistics', async () => {
    const rows = await rowsOf(part, 'statistics', sink);
    labels.meet(rows.map(({ netns }) => netns));
    collectCounters(rows, labels, into);
  });
}

async function measureInterfaces(part: PartMeasurement): Promise<void> {
  const { query, asked, labels, sink, into } = part;
  await part.timed('interfaces', async () => {
    const rows = await rowsOf(part, 'interfaces', sink);
    labels.meet(rows.map(({ netns }) => netns));
    // Interfaces asked for by name are not limited by `top`.
    const top = query.interfaces.length > 0 ? rows.length : asked.top;
    collectInterfaces(rows, { top, labels }, into);
  });
}

/** The options for counting sockets. */
function toBeCounted(
  { source, selection, asked, ports, names, labels }: PartMeasurement,
  facts: readonly SystemFacts[],
): SocketsAsked {
  const known = new Map(facts.map((one) => [networkKey(one), networkFacts(one)]));
  const provides = (fact: Source['facts'][number]) => source.facts.includes(fact);
  return {
    top: asked.top,
    which: selection.which,
    namespaces: labels,
    queues: provides('queues'),
    workloads: provides('workloads'),
    // Some platforms report only part of it, without times.
    tcpInfo: provides('tcpInternals'),
    ownerFits: selection.ownerFits,
    isNamed: (port, protocol) => names.service(port, protocol) !== undefined,
    remoteLabel: (port, protocol) => ports?.labelOf(port, protocol),
    remoteLabels: ports?.labels ?? null,
    systemOf: (one: Netns | undefined) =>
      known.get(one === undefined ? 'own' : (netnsKey(one) ?? '')) ?? networkFacts(facts[0]),
  };
}

const choosesAll = ({ isPlain, which }: Selection) => isPlain && which === 'all';

/**
 * Reads the servers first: accept queues come from TCP and UNIX servers, and selected connections count for their
 * service even if its server is not selected.
 */
async function learnServers(
  { source, query, netns, selection, pause }: Measurement,
  counts: SocketCounts,
  sink: WarningSink,
): Promise<void> {
  const hasQueues = source.facts.includes('socketInfo');
  const served = choosesAll(selection)
    ? (['tcp'] as const).filter((one) => hasQueues && query.protocols.includes(one))
    : withCounters(query.protocols).filter((one) => source.protocols.includes(one));
  // Only queues of TCP and UNIX have limits; for other tables the kernel may not have an answer about sockets at all.
  const withQueues = served.filter((one) => one === 'tcp' && hasQueues);
  const others = served.filter((one) => !withQueues.includes(one));
  // Other machines would send every UNIX socket.
  const hasUnixQueues = hasQueues && !source.facts.includes('machines');
  const unix = query.protocols.filter((one) => one === 'unix' && hasUnixQueues);
  const readings = [
    { protocols: withQueues, needs: { socketInfo: true } },
    { protocols: others, needs: {} },
    { protocols: unix, needs: { unixServers: true } },
  ];
  for (const { protocols, needs } of readings) {
    if (protocols.length === 0) continue;
    const asked = { ...needs, netns: netns !== 'own' };
    const servers = serversOf(source, { ...query, protocols }, asked, sink);
    for await (const batch of servers.batches) {
      for (const socket of batch) counts.serve(socket);
      await pause?.();
    }
  }
}

/** Counts the selected sockets as they are read. */
async function countSockets(
  { source, query, netns, selection, pause }: Measurement,
  { tcpInfo, workloads }: SocketsAsked,
  counts: SocketCounts,
  sink: WarningSink,
): Promise<void> {
  const withNetns = netns !== 'own';
  // If every connection counts, it is examined before its row is made, so the row needs no `tcp_info`.
  let isGlanced = false;
  const glance = (one: Glance) => {
    isGlanced = true;
    counts.glance(one);
    return true;
  };
  // Other machines report only rows.
  const isGlancing =
    tcpInfo && choosesAll(selection) && !withNetns && !source.facts.includes('machines');
  const reading = readRows(
    source,
    query,
    {
      selection,
      needs: joinNeeds([
        needsAmong(selection.needs, 'all'),
        {
          owners: 'first',
          tcpInfo: tcpInfo && !isGlancing,
          boundSockets: query.boundInactive,
          workloads,
          netns: withNetns,
        },
      ]),
      keepsAll: false,
      needsTable: true,
      glance: isGlancing ? glance : undefined,
    },
    sink,
  );
  let hasConnections = false;
  for await (const batch of reading.batches) {
    for (const socket of batch) {
      counts.add(socket);
      if (socket.state === 'ESTABLISHED' && socket.protocol === 'tcp') hasConnections = true;
    }
    await pause?.();
  }
  if (isGlancing && !isGlanced && hasConnections) {
    const message =
      'tcp: round-trip times and retransmissions: not available: the kernel does not answer sock_diag, or was not asked (--source proc)';
    // Not `unreadable`: the tables themselves were read.
    sink.warn({ code: 'uncertain', message, source: 'sock_diag' });
  }
}

/** Reads every server of the protocols, regardless of the selection and of tables that cannot be read. */
function serversOf(
  source: Source,
  query: Query<'sockets'>,
  asked: Partial<Needs>,
  sink: WarningSink,
) {
  const selection = plainSelection({ which: 'listening', boundInactive: false });
  const needs = { ...noNeeds, ...asked };
  const options = { selection, needs, keepsAll: false, needsTable: true };
  return readRows(source, { ...query, protocolsNamed: false }, options, sink);
}

function tablesOf({ protocols: offered }: Source, query: Query): readonly ReadTable[] {
  return query.protocols
    .filter((protocol) => offered.includes(protocol))
    .flatMap((protocol): readonly ReadTable[] =>
      protocol === 'unix'
        ? [{ protocol, family: 'unix' }]
        : query.families.map((family) => ({ protocol, family })),
    );
}

function networkFacts(one: SystemFacts | undefined): NetworkFacts {
  const { localPortRange, reservedPorts, timeWaitLimit, ...reuse } = one?.values ?? {};
  return {
    localPorts: { range: localPortRange ?? null, reserved: reservedPorts ?? [] },
    reuse,
    timeWaitLimit: timeWaitLimit ?? null,
  };
}

async function rowsOf<K extends Exclude<ReportKind, 'sockets'>>(
  { source, query, netns, selection, asked, pause }: Measurement,
  report: K,
  sink: WarningSink,
): Promise<readonly ReportRows[K][]> {
  const rows: ReportRows[K][] = [];
  const needs = { ...noNeeds, netns: netns !== 'own' };
  const protocols = asked.partsNamed ? query.protocols : withCounters(query.protocols);
  const options = { selection, needs, keepsAll: true };
  for await (const batch of readRows(source, { ...query, report, protocols }, options, sink)
    .batches) {
    for (const row of batch) rows.push(row);
    await pause?.();
  }
  return rows;
}
