import { describe, expect, it } from 'vitest';
import { packChooser } from '../../src/model/packed/chosen.ts';
import {
  asBatch,
  knownInfo,
  type PackedSockets,
  type PackedTcpInfo,
  socketsIn,
} from '../../src/model/packed/sockets.ts';
import type { Warning } from '../../src/model/report/snapshot.ts';
import type { InetSocket, Socket } from '../../src/model/socket/socket.ts';
import { markedRounds } from '../../src/pipeline/marked-rounds.ts';
import type { Batches, SocketQuery, Source } from '../../src/sources/source.ts';
import { inet } from '../support/builders.ts';
import { answering, type FakeMachines, fakeMachines, refused } from '../support/fake-machines.ts';
import { fakeSource } from '../support/fake-source.ts';
import { filtering, listingWith } from '../support/listing.ts';
import { packOf, tcpTable } from '../support/packs.ts';

const client = (port: number, inode = port): Socket =>
  inet('192.0.2.1:443', `198.51.100.1:${port}`, { inode });

/** The rows of rounds a second apart, and what each warns of. */
async function rounds(count: number, source: Source): Promise<unknown[]> {
  let now = 0;
  const parts = {
    source,
    resolver: () => Promise.reject(new Error('no name is asked for')),
    pause: async () => {},
    elapsed: () => now,
    lingering: 3000,
  };
  const marked = await markedRounds(parts, listingWith({ protocols: ['tcp'], which: 'all' }));
  const rounds: unknown[] = [];
  for (let round = 0; round < count; round++, now += 1000) {
    const { rows, warnings } = await marked.read();
    rounds.push([
      ...rows.map(({ socket, mark }) => {
        const { host, remote } = socket as Extract<Socket, { remote: unknown }>;
        return [host, remote.port, mark].filter((word) => word != null).join(' ');
      }),
      ...warnings.map(({ code, host }) => ['warning', code, host].join(' ').trim()),
    ]);
  }
  return rounds;
}

it('a machine that does not answer for a round is missing, and its sockets are neither closed nor new', async () => {
  const silent = { failure: refused('b') };
  const machines: FakeMachines = {
    a: [answering(client(1), client(2)), answering(client(1)), answering(client(1), client(3))],
    b: [answering(client(1), client(2)), silent, answering(client(2), client(4))],
  };
  expect(await rounds(3, fakeMachines(machines))).toEqual([
    ['a 1', 'a 2', 'b 1', 'b 2'],
    ['a 1', 'a 2 closed', 'warning host-failed b'],
    ['a 1', 'a 2 closed', 'b 1 closed', 'a 3 new', 'b 2', 'b 4'],
  ]);
});

it('a filter that nothing can match is refused at first, and later leaves nothing', async () => {
  const parts = {
    ...{ source: fakeSource(answering(client(1)), answering(client(1))), pause: async () => {} },
    resolver: async () => ({ serviceNumber: () => undefined, userId: () => 0 }) as never,
    ...{ elapsed: () => 0, lingering: 3000 },
  };
  const { filters } = filtering({ expression: ['sport = 22'] });
  const listing = listingWith({ protocols: ['tcp'], which: 'all', filters });
  const narrower = listingWith({ protocols: ['unix'], which: 'all', filters });
  await expect(markedRounds(parts, narrower)).rejects.toThrow("found 'sport'");
  const marked = await markedRounds(parts, listing);
  await marked.ask(narrower);
  expect((await marked.read()).rows).toEqual([]);
});

it('nothing is new of a machine whose first answer comes late', async () => {
  const machines: FakeMachines = {
    a: [answering(client(1)), answering(client(1)), answering(client(1))],
    b: [{ failure: refused('b') }, answering(client(1)), answering(client(1), client(2))],
  };
  expect(await rounds(3, fakeMachines(machines))).toEqual([
    ['a 1', 'warning host-failed b'],
    ['a 1', 'b 1'],
    ['a 1', 'b 1', 'b 2 new'],
  ]);
});

it('a socket that disappears while another table is unreadable, as in the round before, is closed', async () => {
  const warnings: Warning[] = [
    { code: 'forbidden', message: '/proc/net/tcp6: forbidden', source: '/proc/net/tcp6' },
  ];
  const reading = (...sockets: readonly Socket[]) => ({ ...answering(...sockets), warnings });
  const source = fakeSource(
    answering(client(1), client(2), client(3)),
    reading(client(1), client(2)),
    reading(client(1)),
    answering(client(1), client(3), client(4)),
  );
  expect(await rounds(4, source)).toEqual([
    ['1', '2', '3'],
    ['1', '2', 'warning forbidden'],
    ['1', '2 closed', 'warning forbidden'],
    ['1', '2 closed', '3', '4'],
  ]);
});

it('a socket that disappears while a table of others has become unreadable is closed', async () => {
  const warnings: Warning[] = [
    {
      ...{ code: 'forbidden', message: '/proc/net/tcp6: forbidden', source: '/proc/net/tcp6' },
      tables: [{ protocol: 'tcp', family: 'inet6' }],
    },
  ];
  const v6 = { ...client(3), family: 'inet6' } as Socket;
  const source = fakeSource(answering(client(1), client(2), v6), {
    ...answering(client(1)),
    warnings,
  });
  expect(await rounds(2, source)).toEqual([
    ['1', '2', '3'],
    ['1', '2 closed', 'warning forbidden'],
  ]);
});

describe('rows that come packed', () => {
  const table = tcpTable('inet');
  const ends = [30, 20, 10].map((port) => ({
    ...{ state: 1, local: [1, 0, 0, 0], remote: [2, 0, 0, 0], list: 0 },
    ...{ localPort: port, remotePort: 9, inode: port },
  }));
  /** Each has sent its port a second. */
  const packAt = (seconds: number): PackedSockets => {
    const pack = { ...packOf(table, ends, [], true), owners: null };
    const info = pack.tcpInfo as PackedTcpInfo;
    for (const [at, { localPort }] of ends.entries()) {
      info.known[at] = knownInfo.sent | knownInfo.rtt;
      info.rtts[at] = localPort * 1000;
      info.sent[at * 2] = localPort * seconds;
    }
    return pack;
  };

  /** What two rounds of a listing ask for, and show of it. */
  async function asked(
    columns: readonly string[],
    sort: readonly string[],
    { isPacked = true, expression = '' } = {},
  ) {
    const queries: SocketQuery[] = [];
    let seconds = 0;
    async function* batches(keep: (socket: Socket) => boolean): Batches<Socket> {
      const pack = packAt(seconds);
      yield isPacked ? asBatch(packChooser({ keep })(pack)) : socketsIn(pack).filter(keep);
    }
    const read = (query: SocketQuery) => {
      queries.push(query);
      return { begun: async () => {}, batches: batches(query.keep) };
    };
    const facts = ['tcpInfo', 'tcpInternals', 'socketInfo', 'workloads', 'inodes'] as const;
    const source = { ...fakeSource(), facts, read: read as unknown as Source['read'] };
    const parts = {
      source,
      resolver: async () => ({
        names: () => Promise.reject(new Error('names were asked for')),
        serviceNumber: () => undefined,
        userId: () => undefined,
        hostAddresses: async () => new Map(),
      }),
      pause: async () => {},
      elapsed: () => seconds * 1000,
      lingering: 3000,
    };
    const listing = { protocols: ['tcp'], which: 'all', columns, sort, interval: 1000 } as const;
    const { filters } = filtering({ expression: expression === '' ? [] : [expression] });
    const marked = await markedRounds(parts, listingWith({ ...listing, filters }));
    const rounds: unknown[] = [];
    for (; seconds < 2; seconds++) {
      const { rows } = await marked.read();
      rounds.push(
        rows.map(({ socket }) => {
          const { local, tcpInfo, rates } = socket as InetSocket;
          return [local.port, tcpInfo?.rtt, rates];
        }),
      );
    }
    return { packed: queries.at(-1)?.packed ?? null, rounds };
  }
  const facts = { users: true, timers: false, connectedOnly: false };

  it.each<[string, readonly string[], readonly string[], object]>([
    ['what their table says', ['local', 'state'], [], facts],
    [
      "what --tcp-info shows, as columns: not the kernel's whole record",
      ['local', 'rtt', 'sentrate'],
      ['-recvrate', 'sent'],
      { ...facts, counts: true },
    ],
    ['all the rest where a column shows it', ['minrtt'], [], { ...facts, whole: true }],
    ['all the rest where rows are sorted by it', ['state'], ['minrtt'], { ...facts, whole: true }],
    ['what --socket-info shows', ['drops'], [], { ...facts, whole: true }],
    ['workloads', ['workload'], [], facts],
    ['peers, of TCP alone', ['peer'], [], { ...facts, tcpOnly: true }],
  ])('have %s', async (_, columns, sort, wanted) => {
    expect((await asked(columns, sort)).packed).toEqual({ whole: false, ...wanted });
  });

  it.each([[['-rtt']], [['sentrate']], [['local']], [['-sent', 'inode']]])(
    'are shown as objects are: by %s',
    async (sort) => {
      const columns = ['local', 'rtt', 'sentrate'];
      const { rounds } = await asked(columns, sort);
      expect(rounds).toEqual((await asked(columns, sort, { isPacked: false })).rounds);
      expect(rounds[1]).toContainEqual([20, 20, { sent: 20, received: null }]);
    },
  );

  const filtered = { ...facts, whole: false, filtered: true };
  it.each<[string, string, object | null]>([
    ['its ports', 'sport = 20', filtered],
    ["TCP's internals, any of which may be asked", 'minrtt = 5', { ...filtered, whole: true }],
    ['owners', 'program = sshd', filtered],
    ['what a warning may be about: the mark', 'mark = 5', null],
    ['the other end', 'peer = sshd', null],
  ])('are those that a filter chooses by %s', async (_, expression, wanted) => {
    expect((await asked(['local'], [], { expression })).packed).toEqual(wanted);
  });

  it.each([['sport <= 20'], ['rtt = 20'], ['sentrate = 20'], ['sport = 20 or sentrate >= 25']])(
    'are chosen as objects are: by %s',
    async (expression) => {
      const columns = ['local', 'rtt', 'sentrate'];
      const { rounds } = await asked(columns, [], { expression });
      expect(rounds).toEqual((await asked(columns, [], { expression, isPacked: false })).rounds);
      expect(rounds[1]).toContainEqual([20, 20, { sent: 20, received: null }]);
      expect(rounds[1]).not.toHaveLength(3);
    },
  );
});
