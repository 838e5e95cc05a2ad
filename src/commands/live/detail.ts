import { rateMeter } from '../../analysis/connection-rates.ts';
import { endsOf } from '../../analysis/socket-ends.ts';
import type { Fact } from '../../model/facts.ts';
import { linkedSignal } from '../../model/linked-signal.ts';
import type { Listing } from '../../model/listing.ts';
import type { MarkedSocket } from '../../model/marked-socket.ts';
import type { Socket } from '../../model/socket.ts';
import { pipelineOf } from '../../pipeline/pipeline.ts';
import type { LazyResolver } from '../../resolve/index.ts';
import type { Source } from '../../sources/source.ts';
import { conditionOf, isBound } from '../../views/live/asked-text.ts';
import { detailKeys } from '../../views/live/details.ts';
import { type Detail, longestHistory } from '../../views/live/state.ts';

const silent = { warn: () => undefined };

/** A socket that is being looked at: what its readings share. */
interface Look {
  readonly of: MarkedSocket;
  readonly meters: ReturnType<typeof rateMeter>;
  readonly source: Source;
  /** Stops what is running for it. */
  end(): void;
}

/**
 * With several machines, only the socket's own is asked: there is no need to wait for others, and no other can answer
 * for it.
 */
function lookAt(of: MarkedSocket, source: Source): Look {
  const { machines } = source;
  const meters = rateMeter();
  const machine = machines?.all.find(({ name }) => name === of.socket.host);
  if (machine === undefined) return { of, meters, source, end: () => undefined };
  const stop = linkedSignal(machines?.signal);
  return { of, meters, source: machine.open(stop.signal), end: stop.end };
}

/**
 * Returns a reader of everything known about one socket, for repeated rounds.
 * @throws NetstatError if it cannot be read, so that it is unknown whether the socket still exists
 */
export function detailReader(parts: { readonly source: Source; readonly resolver: LazyResolver }) {
  const { source, resolver } = parts;
  let look: Look | null = null;

  return async (
    asked: Listing,
    of: MarkedSocket,
    before: Detail | null,
    facts: readonly Fact[],
  ): Promise<Detail> => {
    const takenAt = new Date().toISOString();
    if (look?.of !== of) {
      look?.end();
      look = lookAt(of, source);
    }
    const { socket: wanted } = before ?? of;
    const found = before?.isGone ? null : await read(asked, wanted, look);
    const socket = found ?? wanted;
    const isGone = found === null;
    const { sent = [], received = [], rtt = [] } = before ?? {};
    if (isGone && before !== null) return { ...before, isGone };
    const inet = socket.protocol === 'unix' ? null : socket;
    return {
      ...{ socket, isGone, takenAt },
      sent: longer(sent, inet?.rates?.sent ?? null),
      received: longer(received, inet?.rates?.received ?? null),
      rtt: longer(rtt, inet?.tcpInfo?.rtt ?? null),
    };

    /** Returns null if it no longer exists. */
    async function read(
      listing: Listing,
      wanted: Socket,
      { source, meters }: Look,
    ): Promise<Socket | null> {
      const condition = conditionOf(wanted);
      const { query, view } = listing;
      const family = wanted.family === 'unix' ? query.families : [wanted.family];
      const one: Listing = {
        ...listing,
        query: {
          ...query,
          protocols: [wanted.protocol],
          protocolsNamed: true,
          families: family,
          which: 'all',
          // The expression, which is not used here, may have chosen its state.
          boundInactive: query.boundInactive || isBound(wanted),
          filters: { ...noFilters(listing), expression: condition === null ? [] : [condition] },
          sort: [],
        },
        view: { ...view, columns: detailKeys(listing, facts) },
        schedule: { ...listing.schedule, interval: listing.schedule.interval ?? 1000 },
      };
      const needing = { forPrograms: false, needs: () => ({}) };
      const options = { resolver, meters };
      const pipeline = await pipelineOf(one, source, needing, options);
      const { batches } = await pipeline.open(silent);
      let last: Socket | null = null;
      const key = endsOf(wanted);
      for await (const batch of batches) {
        for (const row of batch as readonly Socket[]) {
          const isSame =
            wanted.inode && row.inode
              ? row.inode === wanted.inode && row.host === wanted.host
              : endsOf(row) === key;
          if (isSame) last = row;
        }
      }
      return last;
    }
  };
}

function noFilters({ query }: Listing): Listing['query']['filters'] {
  const empty = Object.entries(query.filters).map(([name, value]) => [
    name,
    Array.isArray(value) ? [] : false,
  ]);
  return Object.fromEntries(empty) as Listing['query']['filters'];
}

function longer(
  values: readonly (number | null)[],
  value: number | null,
): readonly (number | null)[] {
  return [...values, value].slice(-longestHistory);
}
