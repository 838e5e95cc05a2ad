import type { RateMeter } from '../analysis/rounds/connection-rates.ts';
import { NetstatError } from '../errors.ts';
import { inStage, type Stages } from '../flow/stages.ts';
import { steadyNow } from '../flow/steady-clock.ts';
import type { Names } from '../model/report/names.ts';
import { noNames } from '../model/report/names.ts';
import type { Row } from '../model/report/snapshot.ts';
import type { Listing } from '../model/request/listing.ts';
import type { Needs, ViewNeeds } from '../model/request/needs.ts';
import type { FilterOptions, Query } from '../model/request/query.ts';
import type { Socket } from '../model/socket/socket.ts';
import type { LazyResolver } from '../resolve/index.ts';
import { type Fit, forComparing, type Selection } from '../select/index.ts';
import type { Batches, Reading, Source, WarningSink } from '../sources/source.ts';
import { withoutRareTables } from './absent-tables.ts';
import { named } from './name.ts';
import { needsOf } from './needs.ts';
import { type Packing, packingFor, unpacked } from './packing.ts';
import { type ReadOptions, readRows } from './read.ts';
import { selectionFor } from './selection.ts';
import { type Sorting, sortingFor } from './sorting.ts';
import { type Sought, soughtBy } from './sought.ts';
import { requireNamedFacts } from './unavailable.ts';

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
  /** What is sought by its filters. */
  readonly sought: Sought;
  /** As in `Selection`. */
  readonly ownerFits: Selection['ownerFits'];
  /** Whether a socket from elsewhere would be chosen. */
  fit(socket: Socket): Fit;
  /** The same for sockets that were read at that time, in milliseconds since 1970. */
  fitAt(readAt: number): (socket: Socket) => Fit;
  /** Reads chosen rows, without names, unsorted. */
  read(warnings: WarningSink): Reading<Row>;
  /**
   * Begins a round.
   * @throws NetstatError if nothing can be read at all
   */
  open(warnings: WarningSink): Promise<OpenRound>;
}

/** What a pipeline needs besides the listing. */
export interface PipelineParts {
  readonly resolver: LazyResolver;
  readonly stages?: Stages | undefined;
  /** Rows are compared with those read at that time, in milliseconds since 1970: see `forComparing`. */
  readonly comparedWith?: number | undefined;
  /** Whether a filter was not typed for the tables asked for, so that it is no mistake if nothing there can match it. */
  readonly mayMatchNone?: (filter: keyof FilterOptions) => boolean;
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
  viewNeeds: ViewNeeds,
  parts: PipelineParts,
): Promise<Pipeline> {
  const { query } = listing;
  const plan = await planOf(listing, source, viewNeeds, parts);
  const { reading } = plan;
  const { selection } = reading;
  return {
    query: {
      ...query,
      which: selection.which,
      protocols: query.protocols.filter((protocol) => source.protocols.includes(protocol)),
    },
    sought: soughtBy(selection),
    ownerFits: selection.ownerFits,
    fit: selection.fit,
    fitAt: selection.fitAt,
    read: (warnings) => readRows(source, query, { ...reading, packed: undefined }, warnings),
    open: (warnings) => openRound(plan, warnings),
  };
}

/** All that is decided before anything is read. */
interface Plan {
  readonly listing: Listing;
  readonly source: Source;
  readonly parts: PipelineParts;
  readonly reading: ReadOptions;
  readonly needs: Needs;
  readonly packing: Packing | null;
  /** null: rows come in the order they are read. */
  readonly sorting: Sorting | null;
  /** null: no rates. */
  readonly meters: RateMeter | null;
}

async function planOf(
  listing: Listing,
  source: Source,
  viewNeeds: ViewNeeds,
  parts: PipelineParts,
): Promise<Plan> {
  const { query, view, schedule, target } = listing;
  const { isUnsorted = false, keepsRows = false, comparedWith } = parts;
  const chosen = await selectionFor(query, target, source, parts.resolver, parts.mayMatchNone);
  const selection = comparedWith === undefined ? chosen : forComparing(chosen, comparedWith);
  await checkNames(listing);
  await requireNamedFacts(source, listing);
  const needs = await needsOf(listing, viewNeeds, selection);
  if (needs.previousRound && schedule.interval === null) {
    throw new NetstatError('usage', 'rate is measured between rounds: it needs -c');
  }
  const packing = packingFor(listing, viewNeeds, needs, selection);
  const sorting = await sortingFor(query, packing?.facts);
  // Rows that are kept become objects when they are looked at, and many rounds add up.
  const areShownPacked = packing?.takesPacks === true && !keepsRows && schedule.interval === null;
  const reading: ReadOptions = {
    selection,
    needs,
    factsShown: await needsWithoutFilters(listing, viewNeeds, selection, needs),
    keepsAll: sorting !== null,
    isCompared: comparedWith !== undefined,
    mayBeMissing: view.quiet || comparedWith !== undefined || schedule.wait !== null,
    packed:
      packing !== null && (sorting === null || sorting.keepsPacks)
        ? { ...packing.facts, ...(areShownPacked && { shown: true }) }
        : undefined,
  };
  const meters =
    needs.rates && schedule.interval !== null
      ? (parts.meters ?? (await import('../analysis/rounds/connection-rates.ts')).rateMeter())
      : null;
  return {
    ...{ listing, source, parts, reading, needs, packing, meters },
    sorting: isUnsorted ? null : sorting,
  };
}

async function openRound(plan: Plan, warnings: WarningSink): Promise<OpenRound> {
  const { query, view } = plan.listing;
  const { resolver, stages, elapsed = steadyNow } = plan.parts;
  let leftOut = 0;
  const onLeftOut = (servers: number) => {
    leftOut = servers;
  };
  const meter = plan.meters?.(elapsed());
  const sink = withoutRareTables(warnings, query, view.verbose);
  const reading = readRows(plan.source, query, { ...plan.reading, meter, onLeftOut }, sink);
  // If nothing can be read, the round fails here, before anything is printed.
  await inStage(stages, 'read', reading.begun);
  const read = stages?.timed('read', reading.batches) ?? reading.batches;
  const { names, batches } = await inStage(stages, 'names', () =>
    named(read, query.report, plan.needs, resolver),
  );
  const kept: Row[] = [];
  return {
    names,
    batches: arranged(plan, batches, names, kept),
    kept,
    leftOut: () => leftOut,
  };
}

/** The rows as the view gets them; those to compare the next round with are added to `kept`. */
function arranged(
  { needs, packing, sorting, parts: { stages } }: Plan,
  unsorted: Batches<Row>,
  names: Names,
  kept: Row[],
): Batches<Row> {
  let rows = unsorted;
  if (sorting !== null) {
    rows = sorting.sorted(rows, names);
    rows = stages?.timed('sort', rows) ?? rows;
  }
  if (packing?.takesPacks === false) rows = unpacked(rows);
  return needs.previousRound ? keeping(rows, kept) : rows;
}

/** What a listing needs without its filters. */
async function needsWithoutFilters(
  listing: Listing,
  viewNeeds: ViewNeeds,
  selection: Selection,
  needs: Needs,
): Promise<Needs> {
  return selection.needs.length === 0 ? needs : needsOf(listing, viewNeeds, { needs: [] });
}

/** @throws NetstatError `usage` for an unknown sort key or column */
async function checkNames({ query, view }: Listing): Promise<void> {
  if (query.sort.length > 0) {
    (await import('../select/sort.ts')).compileSort(query.sort, noNames, query.report);
  }
  if (view.columns !== null) {
    (await import('../attributes/index.ts')).pickColumns(query.report, view.columns);
  }
}

async function* keeping(batches: Batches<Row>, kept: Row[]): Batches<Row> {
  for await (const batch of batches) {
    for (const row of batch) kept.push(row);
    yield batch;
  }
}
