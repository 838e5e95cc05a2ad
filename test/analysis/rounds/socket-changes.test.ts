import { describe, expect, it } from 'vitest';
import { type ChangeRules, socketChanges } from '../../../src/analysis/rounds/socket-changes.ts';
import type { Closing } from '../../../src/model/report/socket-event.ts';
import { keepCookie } from '../../../src/model/socket/identity.ts';
import type { NoOwner } from '../../../src/model/socket/owner.ts';
import type { InetSocket, Socket, Timer } from '../../../src/model/socket/socket.ts';
import type { NoWorkload, Workload } from '../../../src/model/socket/workload.ts';
import { inet, owner, tcpInfo, unixSocket } from '../../support/builders.ts';

const server = '192.0.2.1:443';
const client = '198.51.100.7:40000';

const yes = () => true;
const no = () => false;
const timerOf = (kind: Timer['kind']) => ({ kind, expiresIn: 0, retransmits: 0, probes: 0 });

/** A row, with a cookie where the kernel tells one. */
function row(changes: Partial<InetSocket> = {}, cookie: number | null = null): InetSocket {
  const socket = inet(server, client, { inode: 7, timer: timerOf('off'), ...changes });
  if (cookie !== null) keepCookie(socket, BigInt(cookie));
  return socket;
}

function closing(cookie: number, at: number, changes: Partial<InetSocket> = {}): Closing {
  const socket = row({ state: 'CLOSE', inode: null, uid: null, ...changes }, cookie);
  return { at, socket, tcpInfo: tcpInfo() };
}

const everything: ChangeRules = {
  passes: () => true,
  passesUnseen: () => true,
  kernelReports: () => false,
  withOwners: true,
  withTcpInfo: false,
  timeOf: (at) => new Date(at).toISOString(),
};
const heard: ChangeRules = { ...everything, kernelReports: ({ protocol }) => protocol === 'tcp' };

/** What rounds tell, one a second from 0 on: the event, the state, and who knows it. */
function eventsOf(
  rules: ChangeRules,
  ...rounds: readonly (readonly Socket[])[]
): readonly string[] {
  const changes = socketChanges(rules);
  return rounds.flatMap((rows, i) =>
    changes
      .round({ at: i * 1000, rows, mayLack: no })
      .map(({ event, socket }) => `${i} ${event} ${socket.state}`),
  );
}

const noInode = { inode: null } as const;
const windows = { inode: null, timer: null } as const;

describe('rounds', () => {
  it.each<[string, readonly (readonly Socket[])[], readonly string[]]>([
    ['the first reports nothing', [[row()]], []],
    ['a socket that is there again is not reported', [[row()], [row()]], []],
    ['a new socket was opened', [[], [row()]], ['1 opened ESTABLISHED']],
    ['one that is gone was closed', [[row()], []], ['1 closed ESTABLISHED']],
    [
      'another state is reported',
      [[row({ state: 'SYN_SENT' })], [row()], [row({ state: 'CLOSE_WAIT' })]],
      ['1 state ESTABLISHED', '2 state CLOSE_WAIT'],
    ],
    [
      'the same ends with another inode are another socket',
      [[row()], [row({ inode: 8 })]],
      ['1 closed ESTABLISHED', '1 opened ESTABLISHED'],
    ],
    [
      'a connection gets its inode when it is accepted, and loses it when its program closes it',
      [[row(noInode)], [row()], [row({ state: 'LAST_ACK', ...noInode })]],
      ['2 state LAST_ACK'],
    ],
    [
      'TCP never goes back: an older state is another connection',
      [[row({ state: 'CLOSE_WAIT' })], [row({ state: 'SYN_SENT', ...noInode })]],
      ['1 closed CLOSE_WAIT', '1 opened SYN_SENT'],
    ],
    [
      'a connection is closed when it turns into TIME_WAIT, whose end is no event',
      [[row()], [row({ state: 'TIME_WAIT', ...noInode })], []],
      ['1 closed ESTABLISHED'],
    ],
    [
      'a socket whose owner is found later is opened once',
      [
        [],
        [row({ owners: [], noOwner: 'unknown' })],
        [row({ owners: [owner(1, 'x')], noOwner: null })],
      ],
      ['1 opened ESTABLISHED'],
    ],
    [
      'a socket first seen in TIME_WAIT lived between two rounds, and is reported once',
      [
        [],
        [row({ state: 'TIME_WAIT', ...noInode })],
        [row({ state: 'TIME_WAIT', ...noInode })],
        [],
      ],
      ['1 closed TIME_WAIT'],
    ],
    [
      'a TIME_WAIT that was there at the beginning is nobody',
      [[row({ state: 'TIME_WAIT', ...noInode })], [row({ state: 'TIME_WAIT', ...noInode })], []],
      [],
    ],
    [
      'a connection is closed when it turns into a FIN_WAIT2 without an inode',
      [[row()], [row({ state: 'FIN_WAIT2', ...noInode })], [row({ state: 'TIME_WAIT' })], []],
      ['1 closed ESTABLISHED'],
    ],
    [
      'also if it lost its inode before',
      [
        [row()],
        [row({ state: 'FIN_WAIT1', ...noInode })],
        [row({ state: 'FIN_WAIT2', ...noInode })],
      ],
      ['1 state FIN_WAIT1', '2 closed FIN_WAIT1'],
    ],
    [
      'a FIN_WAIT2 whose program has only shut it down is a socket',
      [[row()], [row({ state: 'FIN_WAIT2' })], []],
      ['1 state FIN_WAIT2', '2 closed FIN_WAIT2'],
    ],
    [
      'so is each on a platform without inodes',
      [[row(windows)], [row({ ...windows, state: 'FIN_WAIT2' })], []],
      ['1 state FIN_WAIT2', '2 closed FIN_WAIT2'],
    ],
    [
      'ends that are used anew behind a TIME_WAIT are another connection',
      [[row()], [row({ state: 'TIME_WAIT', ...noInode })], [row({ inode: 9 })]],
      ['1 closed ESTABLISHED', '2 opened ESTABLISHED'],
    ],
    [
      'a connection that a table shows twice is one',
      [[], [row(), row({ state: 'TIME_WAIT', ...noInode })], [row()]],
      ['1 opened ESTABLISHED'],
    ],
    [
      'two that listen on one port are two',
      [
        [inet(server, '0.0.0.0', { inode: 1 }), inet(server, '0.0.0.0', { inode: 2 })],
        [inet(server, '0.0.0.0', { inode: 2 })],
      ],
      ['1 closed LISTEN'],
    ],
    [
      'a UNIX socket is the same whatever it is bound to',
      [[unixSocket({ inode: 4, path: null })], [unixSocket({ inode: 4, path: '/run/x' })]],
      [],
    ],
    [
      'the same ends in another network namespace are another socket',
      [
        [row({ netns: { inode: 1, name: null, own: true } })],
        [row({ netns: { inode: 2, name: 'b', own: false } })],
      ],
      ['1 closed ESTABLISHED', '1 opened ESTABLISHED'],
    ],
    [
      'Windows has no inodes, but the time of creation',
      [
        [row({ ...noInode, createdAt: '2026-01-01T00:00:00.000Z' })],
        [row({ ...noInode, createdAt: '2026-01-01T00:00:01.000Z' })],
      ],
      ['1 closed ESTABLISHED', '1 opened ESTABLISHED'],
    ],
  ])('%s', (_, rounds, expected) => {
    expect(eventsOf(everything, ...rounds)).toEqual(expected);
  });

  it('a socket was open at least from the first round to the last that saw it', () => {
    const changes = socketChanges(everything);
    changes.round({ at: 0, rows: [], mayLack: no });
    for (const at of [1000, 2000, 3000]) changes.round({ at, rows: [row()], mayLack: no });
    expect(changes.round({ at: 4000, rows: [], mayLack: no })).toMatchObject([
      { event: 'closed', seenFor: 2000, knownBy: 'round', time: '1970-01-01T00:00:04.000Z' },
    ]);
  });

  it('what could not be read is not gone', () => {
    const changes = socketChanges(everything);
    changes.round({ at: 0, rows: [row()], mayLack: no });
    expect(changes.round({ at: 1, rows: [], mayLack: yes })).toEqual([]);
    expect(changes.round({ at: 2, rows: [row()], mayLack: no })).toEqual([]);
    expect(changes.round({ at: 3, rows: [], mayLack: no })).toHaveLength(1);
  });

  it('reports the last record of a connection that was asked for', () => {
    const changes = socketChanges({ ...everything, withTcpInfo: true });
    changes.round({ at: 0, rows: [row({ tcpInfo: tcpInfo() })], mayLack: no });
    expect(changes.round({ at: 1, rows: [], mayLack: no })).toMatchObject([
      { traffic: { bytesSent: 2_896_000n, bytesReceived: 512n, rtt: 36.125, retransmitted: 5 } },
    ]);
    changes.round({ at: 2, rows: [row()], mayLack: no });
    expect(changes.round({ at: 3, rows: [], mayLack: no })).toMatchObject([{ traffic: null }]);
  });
});

describe('owners', () => {
  const held = (...pids: number[]) =>
    row({ owners: pids.map((pid) => owner(pid, null)), noOwner: null });
  const named = (program: string) => row({ owners: [owner(1, program)], noOwner: null });
  const unseen = (noOwner: 'none' | 'denied' | 'unknown') => row({ owners: [], noOwner });

  it.each<[string, readonly Socket[], readonly (readonly number[])[]]>([
    ['another process has it', [held(1), held(2)], [[1]]],
    ['one of two is left', [held(1, 2), held(2)], [[1, 2]]],
    ['one of two is another', [held(1, 2), held(2, 3)], [[1, 2]]],
    ['another process has it, and then a third', [held(1), held(2), held(3)], [[1], [2]]],
    ['another process has it, and keeps it', [held(1), held(2), held(2)], [[1]]],
    ['the same in another order', [held(1, 2), held(2, 1)], []],
    ['the first that has it: it is accepted', [unseen('none'), held(2)], [[]]],
    ['out of sight, and back again', [held(1), unseen('denied'), held(1)], []],
    ['out of sight, and somebody else', [held(1), unseen('unknown'), held(2)], [[1]]],
    ['found at last', [unseen('unknown'), held(2)], []],
    ['out of sight', [held(1), unseen('unknown')], []],
    ['nobody asked', [row(), row()], []],
    ['the same under another name, or after an exec', [named('sh'), named('nginx: idle')], []],
  ])('%s', (_, rows, expected) => {
    const changes = socketChanges(everything);
    const events = rows.flatMap((one, at) => changes.round({ at, rows: [one], mayLack: no }));
    expect(events.every(({ event }) => event === 'owner')).toBe(true);
    expect(events.map(({ ownersBefore }) => ownersBefore?.map(({ pid }) => pid))).toEqual(expected);
  });
});

describe('who had a socket that is closed', () => {
  const web = { kind: 'unit', name: 'web.service' } as Workload;
  const had = { owners: [owner(1, 'x')], noOwner: null } as const;
  const inWeb = { workload: web, workloads: [web], noWorkload: null, cgroup: '/web' } as const;
  const noneOf = (why: NoWorkload) =>
    ({ workload: null, workloads: [], noWorkload: why, cgroup: null }) as const;
  const lost = (why: NoOwner) => ({ owners: [], noOwner: why }) as const;

  it.each<[string, Partial<InetSocket>, readonly Partial<InetSocket>[], Partial<InetSocket>]>([
    ['not seen at last', had, [lost('unknown')], had],
    ['not allowed to be seen at last', had, [lost('denied'), lost('unknown')], had],
    ['nobody, while the kernel still sends', had, [lost('none')], lost('none')],
    ['another process', had, [{ owners: [owner(2, 'y')] }], { owners: [owner(2, 'y')] }],
    [
      'with its workload',
      { ...had, ...inWeb },
      [{ ...lost('unknown'), ...noneOf('none') }],
      { ...had, ...inWeb },
    ],
    [
      'the same process, whose workload is not known at last',
      { ...had, ...inWeb },
      [{ ...had, ...noneOf('unknown') }, lost('unknown')],
      { ...had, ...inWeb },
    ],
    [
      'the same process, which has left its workload',
      { ...had, ...inWeb },
      [{ ...had, ...noneOf('none') }],
      { ...had, ...noneOf('none') },
    ],
    [
      'another process, whose workload is not known',
      { ...had, ...inWeb },
      [{ owners: [owner(2, 'y')], ...noneOf('unknown') }],
      { owners: [owner(2, 'y')], ...noneOf('unknown') },
    ],
    ['a workload alone', inWeb, [noneOf('unknown')], inWeb],
    ['a workload alone, that it has left', inWeb, [noneOf('none')], noneOf('none')],
    ['never seen', lost('denied'), [lost('unknown')], lost('unknown')],
  ])('%s', (_, first, later, expected) => {
    for (const rules of [everything, heard]) {
      const changes = socketChanges(rules);
      const queue = { recvQueue: 7 };
      for (const [at, facts] of [first, ...later].entries()) {
        changes.round({ at, rows: [row({ ...facts, ...(at > 0 && queue) }, 5)], mayLack: no });
      }
      const [closed] =
        rules === heard
          ? [changes.closing(closing(5, 9000))]
          : changes.round({ at: 9000, rows: [], mayLack: no });
      expect(closed).toMatchObject({ event: 'closed', socket: { ...expected, ...queue } });
    }
  });
});

describe('what is followed', () => {
  it('reports a change if the socket before or after it passes', () => {
    const rules = { ...everything, passes: ({ state }: Socket) => state === 'CLOSE_WAIT' };
    const rounds = [[], [row()], [row({ state: 'CLOSE_WAIT' })], [row({ state: 'LAST_ACK' })], []];
    expect(eventsOf(rules, ...rounds)).toEqual(['2 state CLOSE_WAIT', '3 state LAST_ACK']);
  });

  it('reports nothing of what does not pass, however it ends', () => {
    const none = { ...everything, passes: no };
    const remnant = row({ state: 'TIME_WAIT', ...noInode });
    expect(eventsOf(none, [row()], [row()], [])).toEqual([]);
    expect(eventsOf(none, [row()], [remnant], [])).toEqual([]);
    expect(eventsOf(none, [], [remnant], [])).toEqual([]);
    const changes = socketChanges({ ...none, kernelReports: yes });
    changes.round({ at: 0, rows: [row({}, 5)], mayLack: no });
    expect(changes.closing(closing(5, 1000))).toBeNull();
  });

  it('counts the sockets that pass, and not what the kernel remembers of one', () => {
    const passes = ({ state }: Socket) => state !== 'LISTEN';
    const changes = socketChanges({ ...everything, passes });
    const listener = inet(server, '0.0.0.0', { inode: 1 });
    changes.round({ at: 0, rows: [row(), listener], mayLack: no });
    expect(changes.followed()).toBe(1);
    const remnant = row({ state: 'TIME_WAIT', ...noInode });
    changes.round({ at: 1, rows: [remnant, listener], mayLack: no });
    expect(changes.followed()).toBe(0);
  });

  const ofX: ChangeRules = {
    ...everything,
    passes: ({ owners }) => owners?.some(({ program }) => program === 'x') === true,
  };
  const heldBy = (pid: number, program: string, changes = {}) =>
    row({ owners: [owner(pid, program)], noOwner: null, ...changes });
  const x = heldBy(1, 'x');
  const y = heldBy(2, 'y');
  const left = (noOwner: NoOwner, changes = {}) => row({ owners: [], noOwner, ...changes });

  it.each<[string, readonly Socket[], readonly string[]]>([
    [
      'closed while the kernel still sends',
      [x, left('none', { state: 'FIN_WAIT1', ...noInode }), left('none', { state: 'FIN_WAIT1' })],
      ['opened 1', 'state -', 'closed -'],
    ],
    ['on its way to nobody', [x, left('unknown'), left('unknown')], ['opened 1', 'closed 1']],
    ['out of sight', [x, left('denied')], ['opened 1', 'closed 1']],
    ['held by the same under another name', [x, heldBy(1, 'y')], ['opened 1', 'closed 1']],
    ['held by another that matches', [x, heldBy(2, 'x')], ['opened 1', 'owner 2', 'closed 2']],
    ['held by another that does not match: it leaves', [x, y, y], ['opened 1', 'owner 2']],
    [
      'on its way to another that does not match: it leaves',
      [x, left('none'), y],
      ['opened 1', 'owner 2'],
    ],
    [
      'on its way to another that matches',
      [x, left('none'), heldBy(2, 'x')],
      ['opened 1', 'owner 2', 'closed 2'],
    ],
  ])('a socket that was followed by its owner: %s', (_, rows, expected) => {
    const changes = socketChanges(ofX);
    changes.round({ at: 0, rows: [], mayLack: no });
    const rounds = [...rows.map((one) => [one]), []];
    const events = rounds.flatMap((one, at) => changes.round({ at, rows: one, mayLack: no }));
    const words = events.map(({ event, socket }) => `${event} ${socket.owners?.[0]?.pid ?? '-'}`);
    expect(words).toEqual(expected);
  });

  it('the kernel’s report closes a socket that has lost its owner', () => {
    const changes = socketChanges({ ...ofX, kernelReports: () => true });
    const orphan = { owners: [], noOwner: 'none', state: 'FIN_WAIT1', ...noInode } as const;
    changes.round({ at: 0, rows: [row({ owners: [owner(1, 'x')] }, 5)], mayLack: no });
    changes.round({ at: 1000, rows: [row(orphan, 5)], mayLack: no });
    expect(changes.closing(closing(5, 2000))).toMatchObject({ event: 'closed', seenFor: 2000 });
  });

  it('what has no event does not end it: a queue that is empty again', () => {
    const passes = (one: Socket) => one.protocol === 'tcp' && one.recvQueue !== 0;
    const full = row({ recvQueue: 9 });
    const empty = row({ recvQueue: 0 });
    const waiting = row({ recvQueue: 0, state: 'CLOSE_WAIT' });
    expect(eventsOf({ ...everything, passes }, [], [full], [empty], [waiting], [])).toEqual([
      '1 opened ESTABLISHED',
      '3 state CLOSE_WAIT',
      '4 closed CLOSE_WAIT',
    ]);
  });

  it('a socket whose owner is found later is opened then', () => {
    const rules = { ...everything, passes: ({ owners }: Socket) => owners?.[0]?.pid === 5 };
    const unowned = row({ owners: [], noOwner: 'unknown' });
    const owned = row({ owners: [owner(5, null)] });
    expect(eventsOf(rules, [], [unowned], [owned], [owned])).toEqual(['2 opened ESTABLISHED']);
    expect(eventsOf(rules, [unowned], [owned])).toEqual([]);
    const ofOther = row({ owners: [owner(6, null)] });
    expect(eventsOf(rules, [], [unowned], [ofOther])).toEqual([]);
    const trying = row({ owners: [], noOwner: 'unknown', state: 'SYN_SENT' });
    expect(eventsOf(rules, [], [trying], [owned])).toEqual(['2 state ESTABLISHED']);
  });
});

describe('a close that the kernel reports', () => {
  function having(first: Socket, rules = heard) {
    const changes = socketChanges(rules);
    changes.round({ at: 0, rows: [], mayLack: no });
    changes.round({ at: 1000, rows: [first], mayLack: no });
    return changes;
  }

  it('is reported at once, with the traffic of the connection, and the row as it was last seen', () => {
    const changes = having(row({ uid: 33 }, 5));
    expect(changes.closing(closing(5, 1250))).toMatchObject({
      ...{ event: 'closed', knownBy: 'kernel', seenFor: 250 },
      socket: { state: 'ESTABLISHED', uid: 33, inode: 7 },
      traffic: { bytesSent: 2_896_000n, retransmitted: 5 },
    });
    expect(changes.remembered()).toBe(0);
    expect(changes.round({ at: 2000, rows: [], mayLack: no })).toEqual([]);
  });

  it('comes with no record that was not asked for', () => {
    const closed = having(row({}, 5)).closing(closing(5, 1250));
    expect(closed?.socket).not.toHaveProperty('tcpInfo');
  });

  it('may have happened while the round that first saw the socket was read', () => {
    expect(having(row({}, 5)).closing(closing(5, 900))).toMatchObject({ seenFor: 0 });
  });

  it('a socket without a cookie is known by its ends', () => {
    expect(having(row()).closing(closing(5, 1250))).toMatchObject({ seenFor: 250 });
  });

  it('a cookie that is another is another socket, whatever its ends', () => {
    const changes = having(row({}, 6));
    expect(changes.closing(closing(5, 1250))).toMatchObject({ seenFor: null });
    expect(changes.remembered()).toBe(1);
  });

  it('sockets of two network namespaces with the same cookie are two', () => {
    const netns = (inode: number) => ({ inode, name: null, own: false });
    const [one, other] = [netns(1), netns(2)];
    const changes = having(row({}, 5));
    const all = [row({ netns: one }, 5), row({ netns: other }, 5), row({}, 5)];
    expect(changes.round({ at: 1500, rows: all, mayLack: no })).toHaveLength(2);
    expect([changes.followed(), changes.remembered()]).toEqual([3, 3]);
    // Each round has another object for a namespace.
    const rows = [row({ netns: netns(1) }, 5), row({ netns: netns(2) }, 5), row({}, 5)];
    expect(changes.round({ at: 2000, rows, mayLack: no })).toEqual([]);
    const closed = changes.closing(closing(5, 2500, { netns: other }));
    expect(closed).toMatchObject({ seenFor: 1000, socket: { netns: { inode: 2 } } });
    expect(changes.wasFollowed(row({ netns: one }, 5))).toBe(true);
    expect(changes.remembered()).toBe(2);
  });

  it('is reported also if no round saw the socket, but not if it never had a port', () => {
    const changes = having(row({}, 6));
    const port = { address: '192.0.2.1', port: 0, zone: null };
    expect(changes.closing(closing(9, 1300))).toMatchObject({
      ...{ event: 'closed', knownBy: 'kernel', seenFor: null, socket: { state: 'CLOSE' } },
      traffic: { rtt: 36.125 },
    });
    expect(changes.closing(closing(10, 1300, { local: port }))).toBeNull();
    const refused = { address: '198.51.100.7', port: 0, zone: null };
    expect(changes.closing(closing(11, 1300, { remote: refused }))).toMatchObject({
      traffic: { rtt: 36.125 },
    });
    const nobody = { address: '0.0.0.0', port: 0, zone: null };
    expect(changes.closing(closing(12, 1300, { remote: nobody }))).toMatchObject({
      traffic: null,
    });
  });

  it('without a record of the kernel, the last one of a reading stands', () => {
    const info = tcpInfo({ bytesSent: 7n, bytesReceived: null, rtt: 2, retransmitted: 1 });
    const seen = having(row({ tcpInfo: info }, 6));
    const traffic = { bytesSent: 7n, bytesReceived: null, rtt: 2, retransmitted: 1 };
    expect(seen.closing({ ...closing(6, 1100), tcpInfo: null })).toMatchObject({ traffic });
    expect(having(row({}, 6)).closing({ ...closing(6, 1100), tcpInfo: null })).toMatchObject({
      traffic: null,
    });
  });

  it('a listener carried nothing', () => {
    const listener = inet(server, '0.0.0.0', { inode: 3 });
    keepCookie(listener, 4n);
    expect(having(listener).closing(closing(4, 1100))).toMatchObject({ traffic: null });
  });

  it('is waited for until the round after the one that misses the socket', () => {
    const changes = having(row({}, 5));
    expect(changes.round({ at: 2000, rows: [], mayLack: no })).toEqual([]);
    expect(changes.round({ at: 3000, rows: [], mayLack: no })).toMatchObject([
      { event: 'closed', knownBy: 'round' },
    ]);
  });

  it('is not reported again for a socket that rounds have reported as closed', () => {
    const changes = having(row({}, 5));
    changes.round({ at: 2000, rows: [], mayLack: no });
    changes.round({ at: 3000, rows: [], mayLack: no });
    expect(changes.closing(closing(5, 3100))).toBeNull();
    expect(changes.closing(closing(6, 3100))).toMatchObject({ seenFor: null });
  });

  it('is expected late, however long sockets have been followed', () => {
    const changes = socketChanges(heard);
    for (let at = 0; at < 100; at++) changes.round({ at, rows: [row({}, 5)], mayLack: no });
    changes.lost();
    expect(changes.round({ at: 100, rows: [], mayLack: no })).toHaveLength(1);
    for (let at = 101; at < 150; at++) changes.round({ at, rows: [], mayLack: no });
    expect(changes.closing(closing(5, 150))).toBeNull();
  });

  it('is reported for a socket that came back after a round took it for closed', () => {
    const changes = having(row({ state: 'SYN_RECV', inode: null }, 5));
    changes.round({ at: 2000, rows: [], mayLack: no });
    changes.round({ at: 3000, rows: [row({}, 5)], mayLack: no });
    expect(changes.closing(closing(5, 3100))).toMatchObject({ event: 'closed', seenFor: 100 });
  });

  it('a socket that one round missed is not gone', () => {
    const changes = having(row({}, 5));
    expect(changes.round({ at: 2000, rows: [], mayLack: no })).toEqual([]);
    expect(changes.round({ at: 3000, rows: [row({}, 5)], mayLack: no })).toEqual([]);
    expect(changes.round({ at: 4000, rows: [], mayLack: no })).toEqual([]);
  });

  it('is not waited for if some were lost, nor for a handshake, which the kernel never reports', () => {
    const changes = having(row({}, 5));
    changes.lost();
    expect(changes.round({ at: 2000, rows: [], mayLack: no })).toHaveLength(1);
    const since = having(row({}, 5));
    since.lost();
    since.round({ at: 2000, rows: [row({}, 5)], mayLack: no });
    expect(since.round({ at: 3000, rows: [], mayLack: no })).toEqual([]);
    const half = having(row({ state: 'SYN_RECV', inode: null }, 5));
    expect(half.round({ at: 2000, rows: [], mayLack: no })).toHaveLength(1);
  });

  it.each(['TIME_WAIT', 'FIN_WAIT2'] as const)(
    '%s behind it is what the kernel remembers, and no event',
    (state) => {
      const changes = having(row({}, 5));
      changes.closing(closing(5, 1250));
      const remnant = row({ state, inode: null, timer: timerOf('timewait') }, 0);
      expect(changes.round({ at: 2000, rows: [remnant], mayLack: no })).toEqual([]);
      expect(changes.round({ at: 3000, rows: [], mayLack: no })).toEqual([]);
    },
  );

  it.each(['TIME_WAIT', 'FIN_WAIT2'] as const)(
    '%s with its cookie is no new state of it: the report is still to come',
    (state) => {
      const changes = having(row({}, 5));
      const remnant = row({ state, inode: null, timer: timerOf('timewait') }, 5);
      expect(changes.round({ at: 2000, rows: [remnant], mayLack: no })).toEqual([]);
      expect(changes.closing(closing(5, 1250))).toMatchObject({
        event: 'closed',
        socket: { state: 'ESTABLISHED' },
      });
    },
  );

  it('an orphan in FIN_WAIT2 that the kernel still keeps is reported by it, once', () => {
    const changes = having(row({}, 5));
    const timer = timerOf('keepalive');
    for (const at of [2000, 3000, 4000]) {
      const rows = [row({ state: 'FIN_WAIT2', inode: null, timer }, 5)];
      const events = changes.round({ at, rows, mayLack: no }).map(({ event }) => event);
      expect(events).toEqual(at === 2000 ? ['state'] : []);
    }
    expect(changes.closing(closing(5, 5000))).toMatchObject({ event: 'closed' });
  });

  it('one that a round first sees as such is open', () => {
    const changes = socketChanges(heard);
    changes.round({ at: 0, rows: [], mayLack: no });
    const orphan = row({ state: 'FIN_WAIT2', inode: null, timer: timerOf('keepalive') }, 5);
    expect(changes.round({ at: 1000, rows: [orphan], mayLack: no })).toMatchObject([
      { event: 'opened' },
    ]);
  });

  it('a TIME_WAIT before it does not close the socket twice', () => {
    const changes = having(row({}, 5));
    const rows = [row({ state: 'TIME_WAIT', inode: null }, 5)];
    expect(changes.round({ at: 2000, rows, mayLack: no })).toEqual([]);
    expect(changes.closing(closing(5, 2100))).toMatchObject({ knownBy: 'kernel' });
    expect(changes.round({ at: 3000, rows, mayLack: no })).toEqual([]);
  });

  it('a socket with other ends than before is another connection of it', () => {
    const changes = having(row({}, 5));
    const other = row({ remote: { address: '203.0.113.1', port: 1, zone: null } }, 5);
    const events = changes.round({ at: 2000, rows: [other], mayLack: no });
    expect(events.map(({ event }) => event)).toEqual(['closed', 'opened']);
    expect(changes.closing(closing(5, 2100))).toMatchObject({
      socket: { remote: { address: '203.0.113.1' } },
    });
  });

  it('replaces the record of a row where records are asked for', () => {
    const changes = having(row({ tcpInfo: tcpInfo({ rtt: 1 }) }, 5), {
      ...heard,
      withTcpInfo: true,
    });
    expect(changes.closing(closing(5, 1250))).toMatchObject({
      socket: { state: 'ESTABLISHED', local: { port: 443 }, tcpInfo: { rtt: 36.125 } },
    });
  });
});

describe('memory', () => {
  const plain = row();
  const info = tcpInfo();
  /** One of many connections, made without the detours of other tests. */
  const one = (port: number, inode: number | null, cookie: number | null): InetSocket => {
    const socket = Object.assign({}, plain, {
      inode,
      remote: { address: '198.51.100.7', port, zone: null },
    });
    if (cookie !== null) keepCookie(socket, BigInt(cookie));
    return socket;
  };
  const many = <T>(length: number, make: (i: number) => T) =>
    Array.from({ length }, (_, i) => make(i));

  it('keeps nothing of 200,000 sockets that came and went', () => {
    const changes = socketChanges(heard);
    let events = 0;
    for (let round = 0; round < 200; round++) {
      const first = round * 1000 + 1;
      const rows = many(500, (i) => one(1 + i, first + i, first + i));
      events += changes.round({ at: round * 1000, rows, mayLack: no }).length;
      for (let i = 0; i < 1000; i++) {
        const closed = { at: round * 1000 + i, socket: one(1, null, first + i), tcpInfo: info };
        if (changes.closing(closed) !== null) events++;
      }
    }
    expect(events).toBe(199 * 500 + 200_000);
    expect(changes.remembered()).toBe(0);
  });

  it('keeps nothing of those that rounds alone saw', () => {
    const changes = socketChanges(everything);
    for (let round = 0; round < 100; round++) {
      const rows = many(100, (i) => one(1 + i, round * 100 + i, null));
      changes.round({ at: round, rows, mayLack: no });
    }
    expect(changes.remembered()).toBe(100);
    changes.round({ at: 100, rows: [], mayLack: no });
    expect(changes.remembered()).toBe(0);
  });

  it('keeps sockets that closed, but that the kernel has not reported, only for a while', () => {
    const changes = socketChanges(heard);
    for (let round = 0; round < 200; round++) {
      const rows = many(10, (i) => one(1 + i, round * 10 + i, 1 + round * 10 + i));
      changes.round({ at: round, rows, mayLack: no });
      changes.lost();
    }
    for (let round = 200; round < 300; round++) changes.round({ at: round, rows: [], mayLack: no });
    expect(changes.remembered()).toBe(0);
  });
});
