import type { RoundMeter } from '../analysis/rounds/connection-rates.ts';
import { NetstatError } from '../errors.ts';
import { isCounterWanted } from '../model/machine/counter.ts';
import { packChooser } from '../model/packed/chosen.ts';
import { asBatch, type PackedFacts, packIn } from '../model/packed/sockets.ts';
import type { ReportKind, ReportRows, Row } from '../model/report/snapshot.ts';
import { type Need, type Needs, rowNeedsOf } from '../model/request/needs.ts';
import type { Query } from '../model/request/query.ts';
import type { Glance } from '../model/socket/glance.ts';
import type { Socket } from '../model/socket/socket.ts';
import type { Selection } from '../select/index.ts';
import type { Batches, Reading, Source, SourceQuery, WarningSink } from '../sources/source.ts';
import { withoutAbsentInet6 } from './absent-tables.ts';
import { hiddenOwners } from './hidden-owners.ts';
import { namedInterfaces } from './interfaces.ts';
import { countingServers } from './left-out-servers.ts';
import type { readPeers } from './peers.ts';
import { requireNeededFacts, unavailableProtocol, unavailableReport } from './unavailable.ts';
import { type UnknownFacts, unknownFacts } from './unknown-facts.ts';

/** Needs of facts that not every source has of every socket. */
const kernelFacts = ['tcpInfo', 'socketInfo', 'unixQueues'] as const satisfies readonly Need[];

/** How to read rows. */
export interface ReadOptions {
  readonly selection: Selection;
  readonly needs: Omit<Needs, 'hostNames' | 'serviceNames' | 'userNames' | 'previousRound'>;
  /**
   * What of that the caller shows: a fact that only the filters need is missing only where it would decide. Left out:
   * all.
   */
  readonly factsShown?: Pick<Needs, (typeof kernelFacts)[number]> | undefined;
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
  readonly needsTable?: boolean;
  /** The rows are compared with saved ones, of which it is not known whether their addresses were gone. */
  readonly isCompared?: boolean;
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
  requireNeededFacts(source, options.needs);
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
function chosenLate(reading: Reading<Socket>, keep: Selection['late']): Reading<Socket> {
  const choose = packChooser({ keep });
  return changed(reading, (batch) => {
    const pack = packIn(batch);
    return pack === null ? batch.filter(keep) : asBatch(choose(pack));
  });
}

/** The same; `unknown` counts the others, and warns at the end. */
function chosenAndCounted(
  reading: Reading<Socket>,
  late: Selection['late'],
  unknown: UnknownFacts,
): Reading<Socket> {
  const chosen = chosenLate(reading, (socket) => {
    if (late(socket)) return true;
    unknown.leaveOut(socket);
    return false;
  });
  async function* batches(): Batches<Socket> {
    yield* chosen.batches;
    unknown.warn();
  }
  return { ...chosen, batches: batches() };
}

function readSockets(
  source: Source,
  asked: Query,
  options: ReadOptions,
  warnings: WarningSink,
): Reading<Socket> {
  const { selection, needs, factsShown = needs, meter, keepsAll, onLeftOut } = options;
  const { packed, glance, toFollow = false, needsTable = false, isCompared = false } = options;
  const { owners, ownerDetails, peers } = needs;
  const counting = onLeftOut === undefined ? null : countingServers(selection, asked, onLeftOut);
  const { early, late, pattern, certain, soughtOwners } = counting?.selection ?? selection;
  const isAsked = ({ family }: Socket) => family === 'unix' || asked.families.includes(family);
  const isChosen = (socket: Socket) => isAsked(socket) && early(socket);
  const showsFacts = kernelFacts.some((need) => factsShown[need]);
  const hidden = peers ? hiddenOwners(selection, warnings) : null;
  const query: SourceQuery<'sockets'> = {
    report: 'sockets',
    protocols: offeredProtocols(source, asked),
    // A peer may be in any table of its protocol, even if filtered out.
    families: peers ? ['inet', 'inet6'] : asked.families,
    distinct: owners !== 'none' || keepsAll,
    listeningOnly: selection.which === 'listening' && !peers,
    required: asked.protocolsNamed,
    ...rowNeedsOf(needs),
    needsTable,
    toFollow,
    // A socket that is followed does not close if its address goes.
    goneAddresses: needs.devices && !needs.exposure && !toFollow && !isCompared,
    owners:
      owners === 'none'
        ? null
        : { depth: owners, details: ownerDetails, ...(hidden && { onHidden: hidden.onHidden }) },
    keep: peers ? () => true : early,
    // A glance is at every connection.
    pattern: peers || glance !== undefined ? true : pattern,
    certain: glance === undefined && (peers || certain),
    soughtOwners: peers || glance !== undefined ? null : soughtOwners,
    isWanted: (socket) => showsFacts && (!peers || isChosen(socket)),
    isUndecided: (socket) => isAsked(socket) && selection.isUndecided(socket),
    packed,
    glance,
  };
  const sink = lateFacts.some((need) => selection.needs.includes(need))
    ? lackingRowsToo(warnings)
    : warnings;
  let reading = source.read(query, peers ? withoutAbsentInet6(sink, asked) : sink);
  if (meter !== undefined && needs.rates) reading = metered(reading, meter);
  if (hidden !== null) {
    const paired = peersOnDemand(source, query, reading.batches, isChosen, sink);
    reading = { begun: reading.begun, batches: hidden.counted(paired) };
  }
  if (selection.isLate) {
    const unknown = unknownFacts(selection, source, warnings);
    reading =
      unknown === null ? chosenLate(reading, late) : chosenAndCounted(reading, late, unknown);
  }
  return counting === null ? reading : { ...reading, batches: counting.toEnd(reading.batches) };
}

/** Needs of facts that sources look up without knowing whether rows are selected by them. */
const lateFacts = ['peers', 'exposure'] as const satisfies readonly Need[];

/** Warnings where rows are selected by such facts: if not all of these are known, rows may be missing. */
function lackingRowsToo(warnings: WarningSink): WarningSink {
  return {
    ...warnings,
    warn: (warning) =>
      warnings.warn(warning.code === 'incomplete' ? { ...warning, code: 'unreadable' } : warning),
  };
}

function metered(reading: Reading<Socket>, meter: RoundMeter): Reading<Socket> {
  return changed(reading, (batch) => {
    meter(batch);
    return batch;
  });
}

/** The code that finds peers is loaded on demand. */
async function* peersOnDemand(...asked: Parameters<typeof readPeers>): Batches<Socket> {
  yield* (await import('./peers.ts')).readPeers(...asked);
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
