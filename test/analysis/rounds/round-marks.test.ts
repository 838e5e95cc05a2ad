import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { roundMarks, type Sight } from '../../../src/analysis/rounds/round-marks.ts';
import { noFd } from '../../../src/model/packed/owners.ts';
import { PackedRow } from '../../../src/model/packed/row.ts';
import { type PackedSockets, socketsIn } from '../../../src/model/packed/sockets.ts';
import type { MarkedSocket } from '../../../src/model/report/marked-socket.ts';
import type { Socket } from '../../../src/model/socket/socket.ts';
import { inetRowParser } from '../../../src/sources/linux/sockets/inet-row.ts';
import { datagramStateOf, tcpStateOf } from '../../../src/sources/linux/sockets/states.ts';
import { inet, owner, unixSocket } from '../../support/builders.ts';
import { packOf } from '../../support/packs.ts';

/** Of a round that shows all there is. */
const fullSight: Sight = {
  hasLost: () => false,
  isLimited: () => false,
  hasRegained: () => false,
};

const timer = () => ({ kind: 'off', expiresIn: 0, retransmits: 0, probes: 0 }) as const;

function connection(port: number, changes: Parameters<typeof inet>[2] = {}): Socket {
  return inet('192.0.2.1:443', `198.51.100.1:${port}`, { inode: port, timer: timer(), ...changes });
}

const ended = (port: number) => connection(port, { state: 'TIME_WAIT', inode: null });

const shared = (port: number) =>
  inet(`0.0.0.0:${port}`, '0.0.0.0:0', { protocol: 'udp', state: 'UNCONN', inode: null });
const nameless = unixSocket({ inode: null, path: null });

/** Rounds some time apart, a second if not told: the marks of each, row by row. */
function marked(
  rounds: readonly (readonly Socket[])[],
  sights: readonly Sight[] = [],
  apart = 1000,
): string[][] {
  const marks = roundMarks(3000);
  return rounds.map((rows, at) => {
    marks.begin(at * apart);
    marks.add(rows);
    return marksOf(marks.end(sights[at] ?? fullSight));
  });
}

const is =
  (wanted: string) =>
  ({ host }: Socket) =>
    host === wanted;

/** A machine answers no more, still does not, and answers again. */
const lost = (host: string): Sight => ({ ...fullSight, hasLost: is(host), isLimited: is(host) });
const away = (host: string): Sight => ({ ...fullSight, isLimited: is(host) });
const back = (host: string): Sight => ({ ...fullSight, hasRegained: is(host) });

function marksOf(rows: readonly MarkedSocket[]): string[] {
  return rows.map(({ socket, mark }) => {
    const name = socket.protocol === 'unix' ? socket.path : socket.remote.port;
    return `${name}${mark === null ? '' : ` ${mark}`}`;
  });
}

describe('marks from round to round', () => {
  test.each<[string, readonly (readonly Socket[])[], readonly (readonly string[])[]]>([
    ['nothing of the first round is new', [[connection(1)]], [['1']]],
    [
      'what comes is new for three seconds',
      [[connection(1)], [connection(1), connection(2)], [connection(1), connection(2)], [], []],
      [['1'], ['1', '2 new'], ['1', '2 new'], ['1 closed', '2 closed'], ['1 closed', '2 closed']],
    ],
    [
      'a closed one stays where it was for three seconds, then goes',
      [
        [connection(1), connection(2), connection(3)],
        ...Array.from({ length: 4 }, () => [connection(1), connection(3)]),
      ],
      [
        ['1', '2', '3'],
        ['1', '2 closed', '3'],
        ['1', '2 closed', '3'],
        ['1', '2 closed', '3'],
        ['1', '3'],
      ],
    ],
    [
      'a changed state is marked',
      [[connection(1)], [connection(1, { state: 'CLOSE_WAIT' })]],
      [['1'], ['1 changed']],
    ],
    [
      'a connection that loses its inode at its end is the same',
      [[connection(1)], [ended(1)], [ended(1)]],
      [['1'], ['1 changed'], ['1 changed']],
    ],
    [
      'one that is accepted and so gets an inode is the same',
      [[connection(1, { inode: null, state: 'SYN_RECV' })], [connection(1)]],
      [['1'], ['1 changed']],
    ],
    [
      'behind TIME_WAIT comes another connection',
      [[ended(1)], [connection(1)]],
      [['1'], ['1 closed', '1 new']],
    ],
    [
      'one without an inode that comes back while its mark stays is new, and stays',
      [
        [connection(1, { inode: null })],
        [],
        [connection(1, { inode: null })],
        [connection(1, { inode: null })],
      ],
      [['1'], ['1 closed'], ['1 closed', '1 new'], ['1 closed', '1 new']],
    ],
    [
      'another inode is another socket',
      [[connection(1, { inode: 7 })], [connection(1, { inode: 8 })]],
      [['1'], ['1 closed', '1 new']],
    ],
    [
      'a row that a changing table shows twice is one',
      [[connection(1), connection(1)], [connection(1)]],
      [['1'], ['1']],
    ],
    [
      'each is shown if no inode distinguishes servers that share a port, or sockets without a name',
      [
        [shared(53), shared(53), nameless, nameless],
        [shared(53), nameless, nameless, nameless],
        [shared(53), nameless, nameless, nameless],
      ],
      [
        ['0', '0', 'null', 'null'],
        ['0', '0 closed', 'null', 'null', 'null new'],
        ['0', '0 closed', 'null', 'null', 'null new'],
      ],
    ],
    [
      'UNIX sockets are known by their inodes',
      [
        [unixSocket({ inode: 5, path: '/a' })],
        [unixSocket({ inode: 5, path: '/a' }), unixSocket({ inode: 6, path: '/a' })],
      ],
      [['/a'], ['/a', '/a new']],
    ],
  ])('%s', (_name, rounds, expected) => {
    expect(marked(rounds)).toEqual(expected);
  });

  const a = (port: number, changes = {}) => connection(port, { host: 'a', ...changes });
  const b = (port: number) => connection(port, { host: 'b' });

  test('what is out of sight is not shown, and neither closed nor new when it is seen again', () => {
    const rounds = [[a(1), b(2), b(3)], [a(1), a(4)], [a(1)], [a(1), b(2), b(3)]];
    expect(marked(rounds, [fullSight, lost('b'), away('b'), back('b')])).toEqual([
      ['1', '2', '3'],
      ['1', '4 new'],
      ['1', '4 closed'],
      ['1', '2', '3', '4 closed'],
    ]);
  });

  test('a change in between is shown once the socket is seen again, in its place', () => {
    const rounds = [
      [a(1), a(2), a(3), b(4)],
      [b(4)],
      [a(1, { state: 'CLOSE_WAIT' }), a(3), a(5), b(4)],
      [a(1, { state: 'CLOSE_WAIT' }), a(3), a(5), a(6), b(4)],
    ];
    expect(marked(rounds, [fullSight, lost('a'), back('a')])).toEqual([
      ['1', '2', '3', '4'],
      ['4'],
      // When the fifth came, nobody saw.
      ['1 changed', '2 closed', '3', '5', '4'],
      ['1 changed', '2 closed', '3', '5', '6 new', '4'],
    ]);
  });

  test('what goes while something is never read is closed', () => {
    expect(marked([[a(1), a(2)], [a(1)]], [away('a'), away('a')])).toEqual([
      ['1', '2'],
      ['1', '2 closed'],
    ]);
  });

  test('what is out of sight for very long is forgotten', () => {
    const rounds = [[a(1), b(2)], [b(2)], [b(2)], [a(1), b(2)]];
    expect(marked(rounds, [fullSight, lost('a'), away('a')], 700_000)).toEqual([
      ['1', '2'],
      ['2'],
      ['2'],
      ['1 new', '2'],
    ]);
  });

  test('another question marks nothing of its first round', () => {
    const marks = roundMarks(3000);
    marks.begin(0);
    marks.add([connection(1)]);
    marks.end(fullSight);
    marks.restart();
    marks.begin(1000);
    marks.add([connection(2)]);
    expect(marksOf(marks.end(fullSight))).toEqual(['2']);
  });

  test('a round that was given up leaves no trace in the next one', () => {
    const marks = roundMarks(3000);
    marks.begin(0);
    marks.add([connection(1)]);
    marks.end(fullSight);
    marks.begin(1000);
    marks.add([connection(1), connection(2)]);
    marks.begin(2000);
    marks.add([connection(1), connection(2)]);
    expect(marksOf(marks.end(fullSight))).toEqual(['1', '2 new']);
  });

  test('what a round that was given up saw alone is new when it comes again', () => {
    const marks = roundMarks(3000);
    const rounds: [at: number, ports: readonly number[], isGivenUp: boolean][] = [
      [0, [1], false],
      [1000, [1, 2], true],
      [2000, [1], false],
      [9000, [1, 2], false],
    ];
    const seen = rounds.map(([at, ports, isGivenUp]) => {
      marks.begin(at);
      marks.add(ports.map((port) => connection(port)));
      return isGivenUp ? [] : marksOf(marks.end(fullSight));
    });
    expect(seen).toEqual([['1'], [], ['1'], ['1', '2 new']]);
  });

  test('each of many sockets that close at once is shown', () => {
    const first = connection(1);
    const others = Array.from({ length: 150_000 }, (_, i) =>
      Object.assign({}, first, { inode: 10 + i }),
    );
    const [, second] = marked([[first, ...others], [first]]);
    expect(second?.filter((one) => one.endsWith('closed'))).toHaveLength(others.length);
  });

  test('a row is the same object as long as the socket lives, and shows its current values', () => {
    const marks = roundMarks(3000);
    marks.begin(0);
    marks.add([connection(1, { recvQueue: 5 })]);
    const [before] = marks.end(fullSight);
    const first = before?.socket;
    marks.begin(1000);
    marks.add([connection(1, { recvQueue: 9, timer: { ...timer(), expiresIn: 300 } })]);
    const [after] = marks.end(fullSight);
    expect(after).toBe(before);
    expect(after?.socket).toBe(first);
    expect(after?.socket).toEqual(
      connection(1, { recvQueue: 9, timer: { ...timer(), expiresIn: 300 } }),
    );
  });

  test('a timer that rows share is no row’s own', () => {
    const bare = (timer: string, inode: number) => {
      const line = `0: 0100007F:0016 0100007F:1F90 01 00000000:00000000 ${timer} 00000000 0 0 ${inode}`;
      const bytes = Buffer.from(line);
      return inetRowParser('tcp', 'inet', true)(bytes, 0, bytes.length) as Socket;
    };
    const marks = roundMarks(3000);
    const timers = [
      ['00:00000000', '00:00000000'],
      ['01:00000014', '00:00000000'],
      ['02:00000014', '00:00000000'],
      ['00:00000000', '02:00000014'],
    ].map((of) => {
      marks.begin(0);
      marks.add(of.map((timer, i) => bare(timer, 5 + i)));
      return marks
        .end(fullSight)
        .map(({ socket }) => (socket.protocol === 'unix' ? null : socket.timer?.kind));
    });
    expect(timers).toEqual([
      ['off', 'off'],
      ['on', 'off'],
      ['keepalive', 'off'],
      ['off', 'keepalive'],
    ]);
  });

  test.each<[string, Socket, Socket]>([
    ['owners', connection(1), connection(1, { owners: [], noOwner: 'unknown' })],
    ['rates', connection(1, { rates: null }), connection(1, { rates: { sent: 1, received: 2 } })],
    ['other ends', connection(1), connection(2, { inode: 1 })],
    ['no timer', connection(1), connection(1, { timer: null })],
  ])('a row with %s is taken whole', (_name, before, now) => {
    const marks = roundMarks(3000);
    for (const rows of [[before], [now]]) {
      marks.begin(0);
      marks.add(rows);
      marks.end(fullSight);
    }
    marks.begin(0);
    marks.add([now]);
    expect(marks.end(fullSight).map(({ socket }) => socket)).toEqual([now]);
  });

  test('marks end where time passes without a round', () => {
    const marks = roundMarks(3000);
    marks.begin(0);
    marks.add([connection(1)]);
    marks.end(fullSight);
    marks.begin(1000);
    marks.add([connection(2)]);
    const rows = marks.end(fullSight);
    expect(marks.expire(2000, rows)).toBeNull();
    expect(marksOf(marks.expire(4000, rows) ?? [])).toEqual(['2']);
  });
});

test('sockets of several machines are others, though their inodes or ends are the same', () => {
  const rows = (host: string, state: 'ESTABLISHED' | 'CLOSE_WAIT' = 'ESTABLISHED') => [
    connection(1, { host, state }),
    connection(2, { host, inode: null }),
  ];
  const [, second, third] = marked([
    [...rows('a'), ...rows('b')],
    [...rows('a'), ...rows('b', 'CLOSE_WAIT')],
    rows('b', 'CLOSE_WAIT'),
  ]);
  expect(second).toEqual(['1', '2', '1 changed', '2']);
  expect(third).toEqual(['1 closed', '2 closed', '1 changed', '2']);
});

/** The object of a row that is one of a pack. */
const copied = (socket: unknown) => (socket instanceof PackedRow ? socket.copied() : socket);

describe('packed rows', () => {
  const tables = (['tcp', 'udp'] as const).flatMap((protocol) =>
    (['inet', 'inet6'] as const).map((family) => ({
      ...{ protocol, family, stateOf: protocol === 'tcp' ? tcpStateOf : datagramStateOf },
      timerKindOf: (code: number) => (code === 1 ? 'on' : 'off') as 'on' | 'off',
    })),
  );
  /** Nobody; a process, the same under another name; another one; both. */
  const known = [
    [],
    [owner(1, 'a')],
    [{ ...owner(1, 'a'), executable: '/bin/a', parents: [{ pid: 9, name: 'init' }] }],
    [owner(2, 'b')],
    [owner(1, 'a'), { ...owner(2, 'b'), fd: 5 }],
  ];
  /** Of few kinds, so that rows of different rounds are often the same, nearly the same, or another under an old inode. */
  const few = fc.record({
    ...{ state: fc.constantFrom(1, 6, 8, 10), inode: fc.nat({ max: 3 }) },
    ...{ local: fc.nat({ max: 1 }), remote: fc.nat({ max: 1 }), last: fc.nat({ max: 1 }) },
    ...{ localPort: fc.constantFrom(0, 80), remotePort: fc.constantFrom(0, 9) },
    ...{ queue: fc.nat({ max: 1 }), uid: fc.nat({ max: 1 }), timer: fc.nat({ max: 1 }) },
    ...{ list: fc.nat({ max: 4 }), fd: fc.constantFrom(noFd, 3, 4), reason: fc.constantFrom(1, 2) },
  });
  const pack = fc
    .tuple(fc.constantFrom(...tables), fc.array(few, { maxLength: 5 }), fc.boolean())
    .map(([table, rows, hasOwners]): PackedSockets => {
      const ends = rows.map(({ local, remote, last, list, fd, reason, ...one }) => ({
        ...{
          ...one,
          list,
          fd: list === 0 || list === 4 ? noFd : fd,
          reason: list === 0 ? reason : 0,
        },
        ...{ local: [local, 0, 0, last], remote: [remote, 0, 0, last] },
      }));
      const withOwners = packOf(table, ends, known);
      const made = hasOwners ? withOwners : { ...withOwners, owners: null };
      for (const [at, { inode, queue, uid, timer }] of rows.entries()) {
        made.inodes[at] = inode;
        made.recvQueues[at] = queue;
        made.sendQueues[at] = 2 * queue;
        made.uids[at] = uid;
        made.timers[at] = timer;
        made.expiries[at] = 5 * queue;
        made.retransmits[at] = queue;
        made.probes[at] = 3 * queue;
      }
      return made;
    });
  const batch = fc.record({ pack, isPacked: fc.boolean() });

  test('are marked and kept as their objects are, whatever came packed in which round', () => {
    fc.assert(
      fc.property(fc.array(fc.array(batch, { maxLength: 3 }), { maxLength: 6 }), (rounds) => {
        const [packed, plain] = [roundMarks(3000), roundMarks(3000)];
        for (const [at, batches] of rounds.entries()) {
          packed.begin(at * 1000);
          plain.begin(at * 1000);
          for (const one of batches) {
            packed.add(one.isPacked ? one.pack : socketsIn(one.pack));
            plain.add(socketsIn(one.pack));
          }
          const shown = ({ socket, mark }: MarkedSocket) => ({ socket: copied(socket), mark });
          expect(packed.end(fullSight).map(shown)).toEqual(plain.end(fullSight).map(shown));
        }
      }),
    );
  });

  test('are the same object from round to round, though the pack is used anew', () => {
    const [table] = tables;
    if (table === undefined) throw new Error('no table');
    const row = { state: 1, local: [1, 0, 0, 0], remote: [2, 0, 0, 0], localPort: 80, list: 0 };
    const used = { ...packOf(table, [{ ...row, remotePort: 9 }], []), owners: null };
    used.inodes[0] = 7;
    const marks = roundMarks(3000);
    const round = (at: number) => {
      marks.begin(at);
      marks.add(used);
      return marks.end(fullSight)[0]?.socket;
    };
    const first = round(0);
    used.recvQueues[0] = 3;
    expect(first).toMatchObject({ recvQueue: 0 });
    expect(round(1000)).toBe(first);
    expect(first).toMatchObject({ recvQueue: 3, remote: { port: 9 } });
    used.length = 0;
    const closed = round(2000);
    expect(closed).not.toBeInstanceOf(PackedRow);
    expect(closed).toMatchObject({ recvQueue: 3, remote: { port: 9 } });
  });
});
