import { type RateMeter, rateMeter } from '../analysis/connection-rates.ts';
import { roundMarks, type Sight } from '../analysis/round-marks.ts';
import type { Listing } from '../model/listing.ts';
import type { MarkedSocket } from '../model/marked-socket.ts';
import { noNames } from '../model/names.ts';
import type { ViewNeeds } from '../model/needs.ts';
import type { SocketBatch } from '../model/packed-sockets.ts';
import { sortKeyOf } from '../model/query.ts';
import { type Warning, warningKey } from '../model/snapshot.ts';
import type { Socket } from '../model/socket.ts';
import type { NameResolver } from '../resolve/index.ts';
import { compileComparison } from '../select/sort.ts';
import { sortedPlaces } from '../select/sort-in-slices.ts';
import type { Source } from '../sources/source.ts';
import { lackingRows } from './lacking-rows.ts';
import { type Pipeline, pipelineOf } from './pipeline.ts';
import { needWholeInfo } from './told-packed.ts';

/** What rounds are read with. */
export interface RoundParts {
  readonly source: Source;
  readonly resolver: () => Promise<NameResolver>;
  /** Lets others have their turn; rejects where the round is no longer wanted. */
  pause(): Promise<void>;
  /** Milliseconds since some moment. */
  elapsed(): number;
  /** How long marks stay, in milliseconds. */
  readonly lingering: number;
}

/** A round, in the order that is shown. */
export interface MarkedRound {
  /** When reading began: ISO 8601, UTC. */
  readonly takenAt: string;
  readonly rows: readonly MarkedSocket[];
  readonly warnings: readonly Warning[];
}

/** Rounds of sockets that are remembered from one to the next, whatever is asked for in between. */
export interface MarkedRounds {
  /**
   * What is asked for from now on; numbers only, whatever its view says of names.
   * @throws NetstatError where it cannot be
   */
  ask(listing: Listing): Promise<void>;
  /** @throws NetstatError where nothing can be read at all */
  read(): Promise<MarkedRound>;
  /** The rows of the last round in the order that is asked for now. */
  sorted(rows: readonly MarkedSocket[], keys: readonly string[]): Promise<readonly MarkedSocket[]>;
  /** Rows once marks are over that time has ended without a round; null: none was. */
  expired(rows: readonly MarkedSocket[]): readonly MarkedSocket[] | null;
}

/** Columns say what they need, and those are always named here. Rows may come packed, with what these need. */
const nothingElse: ViewNeeds = {
  forPrograms: false,
  needs: () => ({}),
  packed({ query, view }, { tcpInfo, socketInfo, workloads }) {
    const names = [...(view.columns ?? []), ...query.sort.map((key) => sortKeyOf(key).name)];
    return { users: true, whole: socketInfo || workloads || (tcpInfo && needWholeInfo(names)) };
  },
};

/** Rounds for a view that stays: nothing is asked for yet. */
export function markedRounds(parts: RoundParts): MarkedRounds {
  const { source, resolver, pause, elapsed, lingering } = parts;
  const marks = roundMarks(lingering);
  const meters: RateMeter = rateMeter();
  /** What the round before said of rows that it may lack. */
  let lackedBefore: readonly Warning[] = [];
  let asked: { readonly listing: Listing; readonly pipeline: Pipeline } | null = null;

  async function sorted(
    rows: readonly MarkedSocket[],
    keys: readonly string[],
  ): Promise<readonly MarkedSocket[]> {
    const comparing = compileComparison(keys, noNames, 'sockets');
    if (comparing === null || rows.length < 2) return rows;
    const comparison = comparing(rows.map(({ socket }) => socket));
    await pause();
    const places = await sortedPlaces(rows.length, comparison, pause);
    return Array.from(places, (at) => rows[at] as MarkedSocket);
  }

  return {
    sorted,
    async ask(listing) {
      const options = { resolver, isUnsorted: true, keepsRows: true, meters, elapsed } as const;
      const pipeline = await pipelineOf(inNumbers(listing), source, nothingElse, options);
      if (asked !== null && !areSameRows(asked.listing, listing)) marks.restart();
      asked = { listing, pipeline };
    },
    async read() {
      if (asked === null) throw new Error('nothing is asked for');
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
  };
}

/** What a round with these warnings may not show, after one with those. */
function sightOf(warnings: readonly Warning[], before: readonly Warning[]): Sight {
  return {
    hasLost: isAmong(without(warnings, before)),
    isLimited: isAmong(warnings),
    hasRegained: isAmong(without(before, warnings)),
  };
}

function without(warnings: readonly Warning[], others: readonly Warning[]): readonly Warning[] {
  const known = new Set(others.map(warningKey));
  return warnings.filter((warning) => !known.has(warningKey(warning)));
}

/** Whether a socket may be among what these warnings say is lacking: what they say of a machine is of no other. */
function isAmong(warnings: readonly Warning[]): (socket: Socket) => boolean {
  return ({ host }) => warnings.some((one) => one.host === undefined || one.host === host);
}

/** Names are looked up for what is seen, not for all rows. */
export function inNumbers(listing: Listing): Listing {
  const numeric = { hosts: true, ports: true, users: true };
  return { ...listing, view: { ...listing.view, numeric } };
}

/** Whether two listings choose the same rows: what is missing in the second one's is closed then. */
function areSameRows(one: Listing, other: Listing): boolean {
  const rowsOf = ({ query, target }: Listing) => JSON.stringify({ ...query, sort: [], target });
  return rowsOf(one) === rowsOf(other);
}
