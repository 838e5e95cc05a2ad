import { type RateMeter, rateMeter } from '../analysis/rounds/connection-rates.ts';
import { roundMarks, type Sight } from '../analysis/rounds/round-marks.ts';
import type { SocketBatch } from '../model/packed/sockets.ts';
import type { MarkedSocket } from '../model/report/marked-socket.ts';
import { noNames } from '../model/report/names.ts';
import { newAmong, type Warning } from '../model/report/snapshot.ts';
import { mayConcern } from '../model/report/warned-tables.ts';
import { lackingRows } from '../model/report/warning-codes.ts';
import type { Listing } from '../model/request/listing.ts';
import type { ViewNeeds } from '../model/request/needs.ts';
import { sortKeyOf } from '../model/request/query.ts';
import { allNumeric } from '../model/request/view.ts';
import type { Socket } from '../model/socket/socket.ts';
import type { LazyResolver } from '../resolve/index.ts';
import { compileOrder } from '../select/sort.ts';
import { sortedPlaces } from '../select/sort-in-slices.ts';
import type { Source } from '../sources/source.ts';
import { needWholeInfo } from './packed-needs.ts';
import { type Pipeline, pipelineOf } from './pipeline.ts';

/** What reading rounds needs. */
export interface RoundParts {
  readonly source: Source;
  readonly resolver: LazyResolver;
  /** Lets other work run; rejects if the round is no longer needed. */
  pause(): Promise<void>;
  /** Returns milliseconds of a monotonic clock. */
  elapsed(): number;
  /** How long marks stay, in milliseconds. */
  readonly lingering: number;
}

/** A round, in the order shown. */
export interface MarkedRound {
  /** When reading began: ISO 8601, UTC. */
  readonly takenAt: string;
  readonly rows: readonly MarkedSocket[];
  readonly warnings: readonly Warning[];
}

/** Rounds of sockets that remember the previous one, even if the query changes in between. */
export interface MarkedRounds {
  /**
   * Sets another listing for the next rounds. Its tables may be others than those its filters were typed for: if nothing
   * there can match, there are no rows.
   * @throws NetstatError if it is invalid
   */
  ask(listing: Listing): Promise<void>;
  /** @throws NetstatError if nothing can be read at all */
  read(): Promise<MarkedRound>;
  /** Returns the rows of the last round in the order that is now asked for. */
  sorted(rows: readonly MarkedSocket[], keys: readonly string[]): Promise<readonly MarkedSocket[]>;
  /** Returns rows without marks that have expired since the round; null: none has. */
  expired(rows: readonly MarkedSocket[]): readonly MarkedSocket[] | null;
  /** Whether a row of an earlier round is not shown only because it could not be read: it may come back. */
  isHidden(row: MarkedSocket): boolean;
}

/** A listing, and what reads it. */
interface Prepared {
  readonly listing: Listing;
  readonly pipeline: Pipeline;
}

/** The columns determine what is needed; they are always named here. Rows may come packed, with these facts. */
const nothingElse: ViewNeeds = {
  forPrograms: false,
  needs: () => ({}),
  packed({ query, view }, { tcpInfo, socketInfo }) {
    const names = [...(view.columns ?? []), ...query.sort.map((key) => sortKeyOf(key).name)];
    return { users: true, whole: socketInfo || (tcpInfo && needWholeInfo(names)) };
  },
};

/**
 * Returns rounds for a view that stays, first of `listing`; host, port and user names are not looked up.
 * @throws NetstatError if it is invalid
 */
export async function markedRounds(parts: RoundParts, listing: Listing): Promise<MarkedRounds> {
  const { source, resolver, pause, elapsed, lingering } = parts;
  const marks = roundMarks(lingering);
  const meters: RateMeter = rateMeter();
  /** The previous round's warnings of rows that it may lack. */
  let lackedBefore: readonly Warning[] = [];
  const preparedFor = async (
    listing: Listing,
    { isTyped }: { readonly isTyped: boolean },
  ): Promise<Prepared> => {
    const shared = { resolver, meters, elapsed, mayMatchNone: () => !isTyped };
    const options = { ...shared, isUnsorted: true, keepsRows: true } as const;
    const pipeline = await pipelineOf(inNumbers(listing), source, nothingElse, options);
    return { listing, pipeline };
  };
  let asked = await preparedFor(listing, { isTyped: true });

  async function sorted(
    rows: readonly MarkedSocket[],
    keys: readonly string[],
  ): Promise<readonly MarkedSocket[]> {
    const comparing = compileOrder(keys, noNames, 'sockets');
    if (comparing === null || rows.length < 2) return rows;
    const comparison = comparing(rows.map(({ socket }) => socket));
    await pause();
    const places = await sortedPlaces(rows.length, comparison, pause);
    return Array.from(places, (at) => rows[at] as MarkedSocket);
  }

  return {
    sorted,
    async ask(listing) {
      const next = await preparedFor(listing, { isTyped: false });
      if (!areSameRows(asked.listing, listing)) marks.restart();
      asked = next;
    },
    async read() {
      const { listing, pipeline } = asked;
      const warnings: Warning[] = [];
      const takenAt = new Date().toISOString();
      const { batches } = await pipeline.open({
        warn: (warning) => warnings.push(warning),
      });
      marks.begin(elapsed());
      for await (const batch of batches) {
        marks.add(batch as SocketBatch);
        await pause();
      }
      const lacking = warnings.filter(({ code }) => lackingRows.has(code));
      const marked = marks.end(sightOf(lacking, lackedBefore));
      lackedBefore = lacking;
      await pause();
      const rows = await sorted(marked, listing.query.sort);
      return { takenAt, rows, warnings };
    },
    expired: (rows) => marks.expire(elapsed(), rows),
    isHidden: marks.isHidden,
  };
}

/** Returns which sockets a round with these warnings may lack; `before`: the previous round's. */
function sightOf(warnings: readonly Warning[], before: readonly Warning[]): Sight {
  return {
    hasLost: isAmong(newAmong(warnings, before)),
    isLimited: isAmong(warnings),
    hasRegained: isAmong(newAmong(before, warnings)),
  };
}

/** Whether a socket may be missing according to these warnings. */
function isAmong(warnings: readonly Warning[]): (socket: Socket) => boolean {
  return (socket) => warnings.some((one) => mayConcern(one, socket));
}

/** Names are looked up only for visible rows. */
export function inNumbers(listing: Listing): Listing {
  return { ...listing, view: { ...listing.view, numeric: allNumeric } };
}

/** Whether two listings choose the same rows: then a row that is missing from the second one has closed. */
function areSameRows(one: Listing, other: Listing): boolean {
  const rowsOf = ({ query, target }: Listing) => JSON.stringify({ ...query, sort: [], target });
  return rowsOf(one) === rowsOf(other);
}
