import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addCounted,
  type CountedRows,
  countedAt,
  countedRows,
  indexOfSame,
  writeRatesSince,
} from '../../../src/analysis/rounds/counted-rows.ts';
import { emptyRates, knownRates } from '../../../src/model/packed/rates.ts';
import {
  knownInfo,
  type PackedSockets,
  type PackedTcpInfo,
} from '../../../src/model/packed/sockets.ts';
import { packOf, packs, socketsOf, tcpTable } from '../../support/packs.ts';

/** A connection to one port, and its counters; null: not known. */
interface Counted {
  readonly port: number;
  readonly inode?: number;
  readonly sent?: bigint | null;
  readonly received?: bigint | null;
}

/** The rows of a round. */
function roundOf(...connections: readonly Counted[]): CountedRows {
  const rows = connections.map(({ port, inode = port }) => ({
    ...{ state: 1, local: [0xc0000201, 0, 0, 0], remote: [0xc6336407, 0, 0, 0] },
    ...{ localPort: 443, remotePort: port, list: 0, inode },
  }));
  const pack = packOf(tcpTable('inet'), rows, [[]], true);
  const info = pack.tcpInfo as PackedTcpInfo;
  for (const [at, { sent = null, received = null }] of connections.entries()) {
    info.known[at] =
      (sent === null ? 0 : knownInfo.sent) | (received === null ? 0 : knownInfo.received);
    new BigUint64Array(info.sent.buffer, info.sent.byteOffset)[at] = sent ?? 0n;
    new BigUint64Array(info.received.buffer, info.received.byteOffset)[at] = received ?? 0n;
  }
  return remembered(pack);
}

function remembered(pack: PackedSockets): CountedRows {
  // Without room, so that it grows.
  const rows = countedRows(pack.table.family, 0);
  for (let row = 0; row < pack.length; row++) addCounted(rows, pack, row);
  return rows;
}

/** The rates of the first row since an earlier round; null: it has none. */
function ratesSince(before: CountedRows, now: CountedRows, seconds: number) {
  const rates = emptyRates(1);
  writeRatesSince(rates, 0, before, 0, now, 0, seconds);
  const [known = 0] = rates.known;
  if ((known & knownRates.there) === 0) return null;
  return {
    sent: (known & knownRates.sent) === 0 ? null : rates.sent[0],
    received: (known & knownRates.received) === 0 ? null : rates.received[0],
  };
}

it('rows are remembered with their ends, inodes and counters', () => {
  fc.assert(
    fc.property(packs, (pack) => {
      const rows = remembered(pack);
      const expected = socketsOf(pack).map(({ family, local, remote, inode, tcpInfo }) => ({
        ...{ family, local, remote, inode },
        sent: tcpInfo?.bytesSent ?? null,
        received: tcpInfo?.bytesReceived ?? null,
      }));
      const found = Array.from({ length: rows.count }, (_, at) => countedAt(rows, at));
      expect(found).toEqual(expected);
    }),
  );
});

describe('the index of the same connection in another round', () => {
  const ports = Array.from({ length: 1000 }, (_, at) => at + 1);
  const before = roundOf(...ports.map((port) => ({ port })));

  it('is found wherever it is', () => {
    const now = roundOf(...ports.toReversed().map((port) => ({ port })));
    for (const index of [0, 1, 500, 999]) {
      for (const near of [0, 999 - index, 5000]) {
        expect(indexOfSame(before, now, index, near)).toBe(999 - index);
      }
    }
  });

  it('is -1 if there was none', () => {
    expect(indexOfSame(before, roundOf({ port: 1001 }), 0, 0)).toBe(-1);
    expect(indexOfSame(roundOf(), before, 0, 0)).toBe(-1);
  });

  it('is that of the last of several with the same ends', () => {
    const twice = roundOf({ port: 7, inode: 1 }, { port: 8 }, { port: 7, inode: 2 });
    expect(indexOfSame(twice, roundOf({ port: 7 }), 0, 1)).toBe(2);
  });
});

describe('rates', () => {
  it.each<[string, Counted, Counted, ReturnType<typeof ratesSince>]>([
    [
      'are bytes per second, beyond 32 bits too',
      { port: 1, sent: 2n ** 32n - 1n, received: 10n },
      { port: 1, sent: 2n ** 32n + 1n, received: 16n },
      { sent: 1, received: 3 },
    ],
    [
      'are those of the counters that both rounds know',
      { port: 1, sent: 5n },
      { port: 1, sent: 9n, received: 7n },
      { sent: 2, received: null },
    ],
    ['are none of a counter that fell', { port: 1, sent: 5n }, { port: 1, sent: 4n }, null],
    [
      'are none of another connection with the same ends',
      { port: 1, inode: 8, sent: 5n },
      { port: 1, inode: 9, sent: 6n },
      null,
    ],
    [
      'are those of a connection that was accepted since',
      { port: 1, inode: 0, sent: 0n },
      { port: 1, inode: 9, sent: 6n },
      { sent: 3, received: null },
    ],
  ])('%s', (_, before, now, expected) => {
    expect(ratesSince(roundOf(before), roundOf(now), 2)).toEqual(expected);
  });
});
