import type { RateMeter } from '../analysis/connection-rates.ts';
import { deferFailure } from '../model/defer-failure.ts';
import type { Listing } from '../model/listing.ts';
import type { Names } from '../model/names.ts';
import { noNames } from '../model/names.ts';
import type { Needs, ViewNeeds } from '../model/needs.ts';
import type { Owner } from '../model/owner.ts';
import type { PackedFacts } from '../model/packed/sockets.ts';
import type { Query } from '../model/query.ts';
import type { Row } from '../model/snapshot.ts';
import type { Socket } from '../model/socket.ts';
import { inStage, type Stages } from '../model/stages.ts';
import { steadyNow } from '../model/steady-clock.ts';
import type { NameResolver } from '../resolve/index.ts';
import { type Fit, type Selection, selectionOf } from '../select/index.ts';
import type { Batches, Reading, Source, WarningSink } from '../sources/source.ts';
import { askedWarnings } from './asked-warnings.ts';
import { named, unpacked } from './name.ts';
import { needsOf } from './needs.ts';
import { interfaceNames, type ReadOptions, readRows } from './read.ts';
import { factsOf } from './unavailable.ts';

/** A round's rows: filtered, with names, sorted. Reading has begun. */
export interface OpenRound {
  readonly names: Names;
  readonly batches: Batches<Row>;
  /** After the last batch: the rows to compare the next round with; empty if nothing does. */
  readonly kept: readonly Row[];
  /** After the last batch: returns how many servers match the filters but are left out by netstat's default. */
  leftOut(): number;
}

/** Everything between a listing's source and its view; can run any number of times. */
export interface Pipeline {
  /** The effective query, which filters use to choose rows, and platforms to choose tables. */
  readonly query: Query;
  /** Whether rows are chosen by who holds them, or holds the peer. */
  readonly byOwner: boolean;
  /** Whether an owner matches the filters by owner. */
  ownerFits(owner: Owner): boolean;
  /** Whether a socket from elsewhere would be chosen. */
  fit(socket: Socket): Fit;
  /** Reads chosen rows, without names, unsorted. */
  read(warnings: WarningSink): Reading<Row>;
  /**
   * Begins a round.
   * @throws NetstatError if nothing can be read at all
   */
  open(warnings: WarningSink): Promise<OpenRound>;
}

/** What a pipeline needs beside the listing. */
export interface PipelineParts {
  /** Loaded when names are first needed. */
  readonly resolver: () => Promise<NameResolver>;
  readonly stages?: Stages | undefined;
  /** Rows are compared with others: rows stay if it is unknown whether they are chosen. */
  readonly comparing?: boolean | undefined;
  /** The caller sorts rows: they come in the order they are read, with the facts that sorting needs. */
  readonly isUnsorted?: boolean;
  /** The caller keeps rows from round to round: filtered rows come packed too, if possible. */
  readonly keepsRows?: boolean;
  /** Knows the rounds of an earlier pipeline, so that the first round has rates; default: none. */
  readonly meters?: RateMeter | undefined;
  /** Returns milliseconds of a monotonic clock, which is the default. */
  elapsed?(): number;
}

/**
 * Prepares a listing. Errors in it are reported here, before anything is read.
 * @throws NetstatError `usage` for an unknown filter, sort key or column
 */
export async function pipelineOf(
  listing: Listing,
  source: Source,
  shown: ViewNeeds,
  {
    resolver,
    stages,
    comparing = false,
    isUnsorted = false,
    keepsRows = false,
    meters: given,
    elapsed = steadyNow,
  }: PipelineParts,
): Promise<Pipeline> {
  const { query, view } = listing;
  const chosen = await selectionOf(
    query,
    resolver,
    () => interfaceNames(source),
    factsOf(source),
    listing.target.netns !== 'own',
  );
  const selection: Selection =
    comparing && chosen.isLate
      ? { ...chosen, late: (socket) => chosen.fit(socket) !== 'no' }
      : chosen;
  const sort = query.sort.length > 0 ? await import('../select/sort.ts') : null;
  sort?.compileSort(query.sort, noNames, query.report);
  if (view.columns !== null) {
    (await import('../attributes/index.ts')).pickColumns(query.report, view.columns);
  }
  const needs: Needs = await needsOf(listing, shown, selection);
  const packing =
    selection.isPlain || keepsRows ? packingFor(listing, shown, needs, selection) : null;
  const sortPacks =
    packing === null || sort === null
      ? null
      : (await import('./sorted-packs.ts')).packSorter(query.sort, packing.facts);
  const options: ReadOptions = {
    selection,
    needs,
    keepsAll: sort !== null,
    mayBeMissing: view.quiet || comparing || listing.schedule.wait !== null,
    packed: sort === null || sortPacks !== null ? packing?.facts : undefined,
  };
  const meters =
    needs.rates && listing.schedule.interval !== null
      ? (given ?? (await import('../analysis/connection-rates.ts')).rateMeter())
      : null;
  return {
    query: {
      ...query,
      which: selection.which,
      protocols: query.protocols.filter((protocol) => source.protocols.includes(protocol)),
    },
    byOwner: selection.needs.some((need) => ownerNeeds.has(need)),
    ownerFits: selection.ownerFits,
    fit: selection.fit,
    read: (warnings) => readRows(source, query, { ...options, packed: undefined }, warnings),
    async open(warnings) {
      let leftOut = 0;
      const onLeftOut = (servers: number) => {
        leftOut = servers;
      };
      const meter = meters?.(elapsed());
      const sink = askedWarnings(warnings, query, view.verbose);
      const reading = readRows(source, query, { ...options, meter, onLeftOut }, sink);
      // If nothing can be read, the round fails here, before anything is printed.
      await inStage(stages, 'read', reading.begun);
      const read = stages?.timed('read', reading.batches) ?? reading.batches;
      const { names, batches } = await inStage(stages, 'names', () =>
        named(read, query.report, needs, resolver),
      );
      let rows: Batches<Row> = batches;
      if (sort !== null && !isUnsorted) {
        const valuesOf = sortPacks === null ? null : sort.compileValues(query.sort, names);
        rows =
          sortPacks !== null && valuesOf !== null
            ? sortPacks(rows, valuesOf())
            : sorted(rows, sort.compileSort(query.sort, names, query.report));
        rows = stages?.timed('sort', rows) ?? rows;
      }
      if (packing?.isShown === false) rows = unpacked(rows);
      const kept: Row[] = [];
      if (needs.previousRound) rows = keeping(rows, kept);
      return {
        names,
        batches: rows,
        kept,
        leftOut: () => leftOut,
      };
    },
  };
}

/** The needs of filters that depend on owners. */
const ownerNeeds: ReadonlySet<Selection['needs'][number]> = new Set([
  ...(['owners', 'peers', 'workloads', 'exposure'] as const),
]);

const needsNames = ({ hostNames, serviceNames, userNames }: Needs) =>
  hostNames || serviceNames || userNames;

/** How rows come packed. */
interface Packing {
  readonly facts: PackedFacts;
  /** The view takes packs; otherwise rows become objects on the way to it. */
  readonly isShown: boolean;
}

/**
 * Returns how rows come packed, if nothing between source and view needs objects; null: they come as objects. For a
 * view of objects, and with names, they become objects a few at a time as they are shown: short-lived objects cost the
 * least.
 */
function packingFor(
  listing: Listing,
  shown: ViewNeeds,
  needs: Needs,
  filter: Pick<Selection, 'isPlain' | 'needs'>,
): Packing | null {
  const { which, report } = listing.query;
  const { previousRound, peers, rates, boundSockets, devices, netns, hosts } = needs;
  // There are few listeners.
  if (which === 'listening' || previousRound || listing.view.quiet) return null;
  if (boundSockets || devices || netns || hosts) return null;
  // Packed rows cannot be filtered by peers, nor by facts that a warning may be about.
  if (!filter.isPlain && (peers || filter.needs.includes('socketInfo'))) return null;
  const ofView = shown.packed?.(listing, needs) ?? null;
  if (ofView === null && report !== 'sockets') return null;
  const facts = ofView ?? { users: true, whole: true };
  // The peer of a datagram socket may be any server, and its address may be one that only a server is bound to.
  const chosen = peers
    ? { connectedOnly: false, tcpOnly: true }
    : { connectedOnly: filter.isPlain && which === 'connected' };
  // A filter may use any of TCP's internals.
  const whole = filter.needs.includes('tcpInfo') && { whole: true };
  const filtered = !filter.isPlain && { filtered: true };
  return {
    facts: {
      ...facts,
      ...whole,
      timers: needs.timers,
      ...(rates && { counts: true }),
      ...filtered,
      ...chosen,
    },
    isShown: ofView !== null && !needsNames(needs),
  };
}

async function* sorted(
  batches: Batches<Row>,
  sort: (rows: readonly Row[]) => readonly Row[],
): Batches<Row> {
  const rows: Row[] = [];
  const all = deferFailure(batches);
  for await (const batch of all.batches) for (const row of batch) rows.push(row);
  if (rows.length > 0) yield sort(rows);
  all.rethrow();
}

async function* keeping(batches: Batches<Row>, kept: Row[]): Batches<Row> {
  for await (const batch of batches) {
    for (const row of batch) kept.push(row);
    yield batch;
  }
}
