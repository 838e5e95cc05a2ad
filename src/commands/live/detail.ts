import { rateMeter } from '../../analysis/rounds/connection-rates.ts';
import { endsOf } from '../../analysis/rounds/socket-ends.ts';
import { linkedSignal } from '../../flow/linked-signal.ts';
import type { Fact } from '../../model/report/facts.ts';
import type { MarkedSocket } from '../../model/report/marked-socket.ts';
import { type Listing, usualInterval } from '../../model/request/listing.ts';
import type { Socket } from '../../model/socket/socket.ts';
import { defaultListing } from '../../options/default-listing.ts';
import { pipelineOf } from '../../pipeline/pipeline.ts';
import type { LazyResolver } from '../../resolve/index.ts';
import type { Source } from '../../sources/source.ts';
import { conditionOf, isBound } from '../../views/live/asked-text.ts';
import { detailKeys } from '../../views/live/details.ts';
import { type Detail, longestHistory } from '../../views/live/state.ts';

const silent = { warn: () => undefined };

/** A socket that is being looked at: what its readings share. */
interface WatchedSocket {
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
function watch(of: MarkedSocket, source: Source): WatchedSocket {
  const { machines } = source;
  const meters = rateMeter();
  const machine = machines?.all.find(({ name }) => name === of.socket.host);
  if (machine === undefined) return { of, meters, source, end: () => undefined };
  const stop = linkedSignal(machines?.signal);
  return { of, meters, source: machine.open(stop.signal), end: stop.end };
}

/** Reads everything known about one socket, in repeated rounds. */
interface DetailReader {
  /** @throws NetstatError if it cannot be read, so that it is unknown whether the socket still exists */
  read(
    asked: Listing,
    of: MarkedSocket,
    before: Detail | null,
    facts: readonly Fact[],
  ): Promise<Detail>;
  /** Closes what reading has opened. */
  end(): void;
}

/** A reader that is looking at nothing yet. */
export function detailReader(parts: {
  readonly source: Source;
  readonly resolver: LazyResolver;
}): DetailReader {
  const { source, resolver } = parts;
  let watched: WatchedSocket | null = null;

  function end(): void {
    watched?.end();
    watched = null;
  }

  async function read(
    asked: Listing,
    of: MarkedSocket,
    before: Detail | null,
    facts: readonly Fact[],
  ): Promise<Detail> {
    const takenAt = new Date().toISOString();
    if (watched?.of !== of) {
      end();
      watched = watch(of, source);
    }
    const { socket: wanted } = before ?? of;
    const listing = listingOf(wanted, asked, facts);
    const found = before?.isGone ? null : await foundAgain(wanted, listing, watched, resolver);
    const socket = found ?? wanted;
    const isGone = found === null;
    const { sent = [], received = [], rtt = [] } = before ?? {};
    if (isGone && before !== null) return { ...before, isGone };
    const inet = socket.protocol === 'unix' ? null : socket;
    return {
      socket,
      isGone,
      takenAt,
      sent: longer(sent, inet?.rates?.sent ?? null),
      received: longer(received, inet?.rates?.received ?? null),
      rtt: longer(rtt, inet?.tcpInfo?.rtt ?? null),
    };
  }

  return { read, end };
}

/** What lists one socket with all details. */
function listingOf(wanted: Socket, asked: Listing, facts: readonly Fact[]): Listing {
  const { query, view, schedule } = asked;
  const condition = conditionOf(wanted);
  return {
    ...asked,
    query: {
      ...query,
      protocols: [wanted.protocol],
      protocolsNamed: true,
      families: wanted.family === 'unix' ? query.families : [wanted.family],
      which: 'all',
      // The expression, which is not used here, may have chosen its state.
      boundInactive: query.boundInactive || isBound(wanted),
      filters: {
        ...defaultListing.query.filters,
        expression: condition === null ? [] : [condition],
      },
      sort: [],
    },
    view: { ...view, columns: detailKeys(asked, facts) },
    schedule: { ...schedule, interval: schedule.interval ?? usualInterval },
  };
}

/** The socket as it is now; null: it no longer exists. */
async function foundAgain(
  wanted: Socket,
  listing: Listing,
  { source, meters }: WatchedSocket,
  resolver: LazyResolver,
): Promise<Socket | null> {
  const needing = { forPrograms: false, needs: () => ({}) };
  const pipeline = await pipelineOf(listing, source, needing, { resolver, meters });
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

function longer(
  values: readonly (number | null)[],
  value: number | null,
): readonly (number | null)[] {
  return [...values, value].slice(-longestHistory);
}
