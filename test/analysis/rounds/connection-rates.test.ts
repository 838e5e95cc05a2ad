import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rateMeter } from '../../../src/analysis/rounds/connection-rates.ts';
import { knownInfo, type PackedTcpInfo, socketsIn } from '../../../src/model/packed/sockets.ts';
import type { InetSocket, Socket } from '../../../src/model/socket/socket.ts';
import { inet, tcpInfo, unix } from '../../support/builders.ts';
import { packOf, tcpTable } from '../../support/packs.ts';

/** A connection that has sent and received so much. */
function counted(bytesSent: bigint | null, bytesReceived: bigint | null, inode: number | null = 7) {
  return inet('192.0.2.1:80', '198.51.100.7:40000', {
    inode,
    tcpInfo: tcpInfo({ bytesSent, bytesReceived }),
  });
}

/** The rates of the last of these rounds, each `seconds` after the one before. */
function measured(rounds: readonly (readonly Socket[])[], seconds = 2) {
  const meter = rateMeter();
  for (const [i, round] of rounds.entries()) meter(1000 * seconds * i)(round);
  return (rounds.at(-1) ?? []).map((socket) => (socket as InetSocket).rates);
}

describe('the rates of a connection', () => {
  it.each<[string, Socket[][], unknown[]]>([
    ['are not known in the first round', [[counted(5n, 5n)]], [null]],
    [
      'are bytes a second since the round before',
      [[counted(0n, 0n)], [counted(10n, 0n)], [counted(3010n, 4n)]],
      [{ sent: 1500, received: 2 }],
    ],
    [
      'are those of numbers with all digits',
      [[counted(2n ** 63n, 0n)], [counted(2n ** 63n + 10n, 0n)]],
      [{ sent: 5, received: 0 }],
    ],
    [
      'are not known where the kernel does not count',
      [[counted(null, 1n)], [counted(null, 3n)]],
      [{ sent: null, received: 1 }],
    ],
    ['are not known of a new connection', [[], [counted(5n, 5n)]], [null]],
    [
      'are not known of another connection between the same ends, by its inode',
      [[counted(5n, 5n, 7)], [counted(50n, 50n, 8)]],
      [null],
    ],
    [
      'are not known of another connection between the same ends, by its counts',
      [[counted(5n, 5n)], [counted(4n, 50n)]],
      [null],
    ],
    [
      'go on when a connection is accepted',
      [[counted(5n, 5n, null)], [counted(7n, 5n, 8)]],
      [{ sent: 1, received: 0 }],
    ],
    [
      'begin again after a round without the connection',
      [[counted(5n, 5n)], [], [counted(7n, 5n)]],
      [null],
    ],
    [
      'are null of what has no counts',
      [
        [inet('192.0.2.1:80', '0.0.0.0', { tcpInfo: null })],
        [inet('192.0.2.1:80', '0.0.0.0', { tcpInfo: null })],
      ],
      [null],
    ],
  ])('%s', (_, rounds, expected) => {
    expect(measured(rounds)).toEqual(expected);
  });

  it('are not known where no time went by, or the clock went back', () => {
    for (const seconds of [0, -1]) {
      expect(measured([[counted(0n, 0n)], [counted(9n, 9n)]], seconds)).toEqual([null]);
    }
  });

  it('do not change a UNIX socket', () => {
    const socket = unix('/run/a');
    measured([[socket]]);
    expect(socket).not.toHaveProperty('rates');
  });
});

it('connections of other namespaces with the same ends are others', () => {
  const place = (inode: number) => ({ inode, name: null, own: false });
  const round = (first: bigint, second: bigint) => [
    { ...counted(first, 0n), netns: place(1) },
    { ...counted(second, 0n), netns: place(2) },
  ];
  expect(measured([round(0n, 1000n), round(10n, 5000n)])).toEqual([
    { sent: 5, received: 0 },
    { sent: 2000, received: 0 },
  ]);
});

it('connections of other machines with the same ends and inodes are others', () => {
  const round = (first: bigint, second: bigint) => [
    { ...counted(first, 0n), host: 'a' },
    { ...counted(second, 0n), host: 'b' },
  ];
  expect(measured([round(0n, 1000n), round(10n, 5000n)])).toEqual([
    { sent: 5, received: 0 },
    { sent: 2000, received: 0 },
  ]);
});

describe('the rates of packed rows', () => {
  const tables = (['inet', 'inet6'] as const).map((family) => tcpTable(family));
  const nobody = [[]];
  const bothCounts = knownInfo.sent | knownInfo.received;
  /** Of few kinds, so that rows of different rounds are often the same, or others between the same ends. */
  const few = fc.record({
    ...{ first: fc.nat({ max: 2 }), last: fc.nat({ max: 2 }), port: fc.nat({ max: 2 }) },
    inode: fc.constantFrom<number>(0, 7, 8),
    known: fc.constantFrom(0, 1, bothCounts, bothCounts, knownInfo.sent, knownInfo.received | 1),
    sent: fc.tuple(fc.constantFrom(0, 1, 2 ** 32 - 1), fc.constantFrom(0, 1, 2 ** 31)),
    received: fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 1 })),
  });
  type Few = typeof few extends fc.Arbitrary<infer T> ? T : never;
  const rows = (most: number) =>
    fc.uniqueArray(few, {
      maxLength: most,
      selector: ({ first, last, port }) => `${first} ${last} ${port}`,
    });
  const pack = (table: (typeof tables)[number], rows: readonly Few[]) => {
    const ends = rows.map(({ first, last, port, inode }) => ({
      ...{ state: 1, list: 0, localPort: port, remotePort: 80 + port, inode },
      ...{ local: [first, 0, 0, last], remote: [0xffff_fff0 + first, 1, 2, last] },
    }));
    // IPv4 has one word.
    for (const { local, remote } of table.family === 'inet' ? ends : []) {
      for (const words of [local, remote])
        words.splice(0, 4, 256 * (words[0] ?? 0) + (words[3] ?? 0), 0, 0, 0);
    }
    const made = { ...packOf(table, ends, nobody, true), owners: null };
    const info = made.tcpInfo as PackedTcpInfo;
    for (const [at, { known, sent, received }] of rows.entries()) {
      info.known[at] = known;
      info.sent.set(sent, at * 2);
      info.received.set(received, at * 2);
    }
    return made;
  };
  const batch = fc
    .tuple(fc.constantFrom(...tables), rows(6), fc.boolean())
    .map(([table, rows, isPacked]) => ({ pack: pack(table, rows), isPacked }));
  /** One batch of each table, so that no ends come twice in a round. */
  const round = fc.uniqueArray(batch, { maxLength: 2, selector: ({ pack }) => pack.table });

  it('are those of their objects, whatever came packed in which round', () => {
    fc.assert(
      fc.property(fc.array(round, { maxLength: 5 }), (rounds) => {
        const [some, others] = [rateMeter(), rateMeter()];
        for (const [at, batches] of rounds.entries()) {
          const [measurePacked, measureObjects] = [some(at * 3000), others(at * 3000)];
          for (const { pack, isPacked } of batches) {
            const [rows, objects] = [socketsIn(pack), socketsIn(pack)];
            measureObjects(objects);
            measurePacked(isPacked ? pack : rows);
            const measured = isPacked ? socketsIn(pack) : rows;
            const ratesOf = (all: readonly InetSocket[]) => all.map(({ rates }) => rates);
            expect(ratesOf(measured)).toEqual(ratesOf(objects));
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('are found among many, in whichever order they come', () => {
    const [table] = tables;
    if (table === undefined) throw new Error('no table');
    const many = Array.from({ length: 3000 }, (_, at): Few => {
      const ends = { first: 0, last: at, port: at % 7, inode: at + 1, known: bothCounts };
      return { ...ends, sent: [at, 0], received: [0, 0] };
    });
    const later = many.map((one): Few => ({ ...one, sent: [(one.sent[0] as number) * 3, 0] }));
    const meter = rateMeter();
    meter(0)(pack(table, many));
    const mixed = pack(
      table,
      later.toSorted((one, other) => (one.last % 61) - (other.last % 61)),
    );
    meter(1000)(mixed);
    expect(socketsIn(mixed).map(({ inode, rates }) => [inode, rates?.sent])).toEqual(
      socketsIn(mixed).map(({ inode }) => [inode, ((inode ?? 0) - 1) * 2]),
    );
  });

  it('are null of a table that has no counts, and of none that was measured before', () => {
    const [table] = tables;
    if (table === undefined) throw new Error('no table');
    const one: Few = {
      ...{ first: 1, last: 1, port: 1, inode: 7, known: bothCounts },
      ...{ sent: [0, 0], received: [0, 0] },
    };
    const used = pack(table, [one]);
    const meter = rateMeter();
    for (const at of [0, 1000]) meter(at)(used);
    expect(socketsIn(used)[0]?.rates).toEqual({ sent: 0, received: 0 });
    (used.tcpInfo as PackedTcpInfo).known[0] = 0;
    meter(2000)(used);
    expect(socketsIn(used)[0]?.rates).toBeNull();
    const others = { ...used, rates: null, tcpInfo: null };
    meter(3000)(others);
    expect(socketsIn(others)[0]?.rates).toBeNull();
  });
});
