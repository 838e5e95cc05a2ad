import { type Collector, collector } from '../analysis/metrics/collector.ts';
import { collectCounters } from '../analysis/metrics/counters.ts';
import { definitions } from '../analysis/metrics/definitions.ts';
import { collectInterfaces } from '../analysis/metrics/interfaces.ts';
import { namespaceLabels } from '../analysis/metrics/namespaces.ts';
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
import type { Exposition } from '../model/report/metric.ts';
import type { Names } from '../model/report/names.ts';
import type { ReportKind, ReportRows, Warning } from '../model/report/snapshot.ts';
import type { Listing, NetnsAsked } from '../model/request/listing.ts';
import type { MetricPart, MetricsAsked } from '../model/request/metrics.ts';
import { joinNeeds, needsAmong, noNeeds } from '../model/request/needs.ts';
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
  const measurement = { ...parts, query: sockets, selection, asked, ports, names, netns };
  const { machines } = source;
  if (machines === undefined) return () => measure(measurement, view.verbose);
  const { measureMachines } = await import('./measure-machines.ts');
  return () =>
    measureMachines(machines, parts, (source) => measure({ ...measurement, source }, view.verbose));
}

/** The input of one measurement. */
interface Measurement extends MeasureParts {
  readonly query: Query<'sockets'>;
  readonly netns: NetnsAsked;
  readonly selection: Selection;
  readonly asked: MetricsAsked;
  readonly ports: RemotePorts | null;
  readonly names: Names;
}

async function measure(measurement: Measurement, verbose: boolean): Promise<Exposition> {
  const { source, query, asked, version } = measurement;
  const warnings: Warning[] = [];
  const sink = onceEach({
    warn: (warning) => warnings.push(warning),
    note: (message) => measurement.note?.(message),
  });
  const wanted = withoutRareTables(sink, query, verbose);
  const lacking: Warning[] = [];
  // Collect also the warnings that are not reported: they show which tables were not read.
  const watched: WarningSink = {
    ...wanted,
    warn(warning) {
      lacking.push(warning);
      wanted.warn(warning);
    },
  };
  const into = collector();
  const labels = namespaceLabels(asked.top);
  const seconds = new Map<MetricPart | 'system', number>();
  const failures: NetstatError[] = [];
  let isThere = false;

  const timed = async <T>(part: MetricPart | 'system', work: () => Promise<T>): Promise<T> => {
    const began = measurement.elapsed();
    const answer = await work();
    seconds.set(part, Math.round((measurement.elapsed() - began) * 1000) / 1e6);
    return answer;
  };
  const works: Readonly<Record<MetricPart, () => Promise<void>>> = {
    sockets: async () => {
      const facts = await timed('system', () => systemFacts(source, wanted));
      await timed('sockets', () =>
        measureSockets(measurement, facts, labels, watched, lacking, into),
      );
    },
    statistics: () =>
      timed('statistics', async () => {
        const rows = await rowsOf(measurement, 'statistics', wanted);
        labels.meet(rows.map(({ netns }) => netns));
        collectCounters(rows, labels, into);
      }),
    interfaces: () =>
      timed('interfaces', async () => {
        const rows = await rowsOf(measurement, 'interfaces', wanted);
        labels.meet(rows.map(({ netns }) => netns));
        // Interfaces asked for by name are not limited by `top`.
        const top = query.interfaces.length > 0 ? rows.length : asked.top;
        collectInterfaces(rows, { top, labels }, into);
      }),
  };
  for (const part of asked.parts) {
    if (!shouldMeasure(part, measurement)) continue;
    try {
      await works[part]();
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
  const errors = failures.map(
    ({ code }): ReadingError => errorCodes.find((one) => one === code) ?? 'unreadable',
  );
  collectReading({ seconds, warnings, errors, version }, into);
  const failed = failures.map(
    ({ summary, path }): Warning => ({ code: 'unreadable', message: summary, source: path }),
  );
  return { families: into.families(), warnings: [...warnings, ...failed] };
}

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

const facts = ['localPortRange', 'reservedPorts', 'timeWaitLimit'] as const satisfies SystemFact[];

async function systemFacts(source: Source, sink: WarningSink): Promise<readonly SystemFacts[]> {
  return (await source.systemFacts?.([...facts], sink)) ?? [];
}

async function measureSockets(
  measurement: Measurement,
  facts: readonly SystemFacts[],
  labels: ReturnType<typeof namespaceLabels>,
  sink: WarningSink,
  /** All warnings that the sink received so far. */
  lacking: readonly Warning[],
  into: Collector,
): Promise<void> {
  const { source, query } = measurement;
  labels.meet(facts.map(({ netns }) => netns));
  const asked = toBeCounted(measurement, facts, labels);
  const counts = socketCounts(asked);
  await learnServers(measurement, counts, sink);
  await countSockets(measurement, asked, counts, sink);
  counts.collect(into, readTables(tablesOf(source, query), lacking));
}

/** The options for counting sockets. */
function toBeCounted(
  { source, netns, selection, asked, ports, names }: Measurement,
  facts: readonly SystemFacts[],
  labels: ReturnType<typeof namespaceLabels>,
): SocketsAsked {
  const known = new Map(facts.map((one) => [networkKey(one), networkFacts(one)]));
  const provides = (fact: Source['facts'][number]) => source.facts.includes(fact);
  return {
    top: asked.top,
    which: selection.which,
    withNetns: netns !== 'own',
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
 * Reads the servers first: accept queues come from TCP servers, and selected connections count for their service
 * even if its server is not selected.
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
  // Only TCP's queues have limits; for other tables the kernel may not have an answer about sockets at all.
  const withQueues = served.filter((one) => one === 'tcp' && hasQueues);
  const others = served.filter((one) => !withQueues.includes(one));
  for (const protocols of [withQueues, others]) {
    if (protocols.length === 0) continue;
    const servers = serversOf(
      source,
      { ...query, protocols },
      { withNetns: netns !== 'own', hasQueues: protocols === withQueues },
      sink,
    );
    for await (const batch of servers.batches) {
      for (const socket of batch) counts.serve(socket);
      await pause?.();
    }
  }
}

/** Counts the selected sockets as they are read. */
async function countSockets(
  { source, query, selection, pause }: Measurement,
  { tcpInfo, workloads, withNetns }: SocketsAsked,
  counts: SocketCounts,
  sink: WarningSink,
): Promise<void> {
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
          ...{ workloads, netns: withNetns },
        },
      ]),
      keepsAll: false,
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
  { withNetns, hasQueues }: { readonly withNetns: boolean; readonly hasQueues: boolean },
  sink: WarningSink,
) {
  const selection = plainSelection({ which: 'listening', boundInactive: false });
  const needs = { ...noNeeds, netns: withNetns, socketInfo: hasQueues };
  const options = { selection, needs, keepsAll: false };
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
  const { localPortRange, reservedPorts, timeWaitLimit } = one?.values ?? {};
  return {
    localPorts: { range: localPortRange ?? null, reserved: reservedPorts ?? [] },
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
