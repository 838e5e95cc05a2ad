import { placeKey } from '../../model/machine/place.ts';
import { emptyRates, type PackedRates, writeRates } from '../../model/packed/rates.ts';
import { PackedRow } from '../../model/packed/row.ts';
import {
  type PackedSockets,
  packIn,
  type SocketBatch,
  type WritablePack,
} from '../../model/packed/sockets.ts';
import type { InetFamily } from '../../model/protocol.ts';
import type { TcpRates } from '../../model/socket/info.ts';
import type { InetSocket, Socket } from '../../model/socket/socket.ts';
import {
  addCounted,
  type CountedRows,
  countedAt,
  countedRows,
  indexOfSame,
  writeRatesSince,
} from './counted-rows.ts';

/** Sets the rates of one round's connections. */
export type RoundMeter = (sockets: SocketBatch) => void;

/** Returns the meter for a round that began at `at` (milliseconds of a monotonic clock). */
export type RateMeter = (at: number) => RoundMeter;

/** What is remembered of a connection until the next round. */
interface Counted {
  readonly inode: number | null;
  readonly sent: bigint | null;
  readonly received: bigint | null;
}

/** What is remembered of a round. */
interface CountedRound {
  readonly at: number;
  /** Rows that came as objects, by place and ends. */
  readonly counted: Map<string, Counted>;
  /** Rows that came packed, all of the own place, by table. */
  readonly packed: Map<InetFamily, CountedRows>;
  /** The packed rows by place and ends, built when an object is looked up among them. */
  packedByEnds: ReadonlyMap<string, Counted> | null;
}

/**
 * Measures from round to round how fast data flows on TCP connections; their rows must have `tcpInfo`, packed rows as
 * columns. The meter of a round, which began at `at`, must be given each of its sockets once. A connection is
 * recognized by its ends and its place. Where its inode differs, or a counter is lower than before, it is a new
 * connection, which has no rate yet.
 */
export function rateMeter(): RateMeter {
  let before: CountedRound | null = null;
  return (at) => {
    const last = before;
    const seconds = last === null ? 0 : (at - last.at) / 1000;
    const since = last !== null && seconds > 0 ? last : null;
    const now: CountedRound = { at, counted: new Map(), packed: new Map(), packedByEnds: null };
    before = now;
    const measurePack = packMeter(last, since, now, seconds);
    return (batch) => {
      const pack = packIn(batch);
      if (pack !== null) measurePack(pack);
      else for (const socket of batch as readonly Socket[]) measure(socket, since, now, seconds);
    };
  };
}

function measure(
  socket: Socket,
  since: CountedRound | null,
  { counted }: CountedRound,
  seconds: number,
): void {
  if (socket.protocol === 'unix') return;
  let rates: TcpRates | null = null;
  const now = countsOf(socket);
  if (now !== null) {
    const key = keyOf(socket);
    const then = since === null ? undefined : (since.counted.get(key) ?? packedBefore(since, key));
    if (then !== undefined) rates = ratesOf(then, now, seconds);
    counted.set(key, now);
  }
  (socket as { rates?: TcpRates | null }).rates = rates;
}

/** The same for packs; `last`: the previous round, used to estimate the number of rows. */
function packMeter(
  last: CountedRound | null,
  since: CountedRound | null,
  now: CountedRound,
  seconds: number,
): (pack: PackedSockets) => void {
  /** The index in the previous round to try first for the next row of a table: most come in the same order. */
  const near: Record<InetFamily, number> = { inet: 0, inet6: 0 };

  function measureRow(pack: PackedSockets, row: number, rows: CountedRows, rates: PackedRates) {
    const index = addCounted(rows, pack, row);
    if (since === null) return;
    const { family } = rows;
    const before = since.packed.get(family);
    const then = before === undefined ? -1 : indexOfSame(before, rows, index, near[family]);
    if (before !== undefined && then >= 0) {
      near[family] = then + 1;
      writeRatesSince(rates, row, before, then, rows, index, seconds);
    } else if (since.counted.size > 0) {
      const socket = new PackedRow(pack, row).asSocket();
      const [then, now] = [since.counted.get(keyOf(socket)), countsOf(socket)];
      if (then && now) writeRates(rates, row, ratesOf(then, now, seconds));
    }
  }

  return (pack) => {
    const { length, tcpInfo, table } = pack;
    const { family } = table;
    const room = pack.states.length;
    const rates =
      pack.rates !== null && pack.rates.known.length >= room ? pack.rates : emptyRates(room);
    rates.known.fill(0, 0, length);
    (pack as WritablePack).rates = rates;
    if (tcpInfo === null) return;
    let rows = now.packed.get(family);
    if (rows === undefined) {
      rows = countedRows(family, (last?.packed.get(family)?.count ?? 0) + 256);
      now.packed.set(family, rows);
    }
    for (let row = 0; row < length; row++) {
      if (tcpInfo.known[row] !== 0) measureRow(pack, row, rows, rates);
    }
  };
}

/** Returns the counters of a connection that came packed in the previous round, and as an object now. */
function packedBefore(since: CountedRound, key: string): Counted | undefined {
  if (since.packed.size === 0) return undefined;
  if (since.packedByEnds === null) {
    const byEnds = new Map<string, Counted>();
    for (const rows of since.packed.values()) {
      for (let index = 0; index < rows.count; index++) {
        const { inode, sent, received, ...ends } = countedAt(rows, index);
        byEnds.set(keyOf(ends), { inode, sent, received });
      }
    }
    since.packedByEnds = byEnds;
  }
  return since.packedByEnds.get(key);
}

function keyOf(socket: Pick<InetSocket, 'family' | 'local' | 'remote' | 'netns' | 'host'>): string {
  const { family, local, remote } = socket;
  const zone = local.zone ?? '';
  return `${placeKey(socket)} ${family} ${local.address}%${zone} ${local.port} ${remote.address} ${remote.port}`;
}

function countsOf({ inode, tcpInfo }: InetSocket): Counted | null {
  if (!tcpInfo) return null;
  const { bytesSent: sent, bytesReceived: received } = tcpInfo;
  return { inode, sent, received };
}

function ratesOf(then: Counted, now: Counted, seconds: number): TcpRates | null {
  // A connection gets its inode when it is accepted.
  if (then.inode !== now.inode && then.inode !== null) return null;
  if (isLess(now.sent, then.sent) || isLess(now.received, then.received)) return null;
  return {
    sent: rate(then.sent, now.sent, seconds),
    received: rate(then.received, now.received, seconds),
  };
}

function isLess(now: bigint | null, then: bigint | null): boolean {
  return now !== null && then !== null && now < then;
}

function rate(then: bigint | null, now: bigint | null, seconds: number): number | null {
  return then === null || now === null ? null : Math.round(Number(now - then) / seconds);
}
