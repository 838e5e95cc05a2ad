import { describe, expect, it, vi } from 'vitest';
import { socketChanges } from '../../../src/analysis/rounds/socket-changes.ts';
import { NetstatError } from '../../../src/errors.ts';
import { machineTime, steadyNow } from '../../../src/flow/steady-clock.ts';
import type { Netns } from '../../../src/model/machine/netns.ts';
import type { Warning } from '../../../src/model/report/snapshot.ts';
import type { Closing, SocketEvent } from '../../../src/model/report/socket-event.ts';
import { keepDevice } from '../../../src/model/socket/device.ts';
import { keepCookie, keptCookie } from '../../../src/model/socket/identity.ts';
import type { InetSocket, Socket } from '../../../src/model/socket/socket.ts';
import { unknownWorkload } from '../../../src/model/socket/workload.ts';
import { closingTaker, lastClosings } from '../../../src/pipeline/follow/closing-events.ts';
import { followOf, followSockets } from '../../../src/pipeline/follow/follow.ts';
import type { FollowTask } from '../../../src/pipeline/follow/task.ts';
import type { Closings, SocketQuery, Source } from '../../../src/sources/source.ts';
import { textViewFor } from '../../../src/views/text/index.ts';
import { inet, owner, tcpInfo, unit } from '../../support/builders.ts';
import { type FakeReading, fakeSource, watchedSource } from '../../support/fake-source.ts';
import { type Asked, listingWith } from '../../support/listing.ts';
import { noLookups } from '../../support/no-lookups.ts';
import { collect } from '../../support/source-answers.ts';

const server = '192.0.2.1:443';
const client = '198.51.100.7:40000';

function cookied<S extends Socket>(socket: S, cookie: number): S {
  keepCookie(socket, BigInt(cookie));
  return socket;
}
const row = (changes = {}, cookie = 5) =>
  cookied(inet(server, client, { inode: 7, ...changes }), cookie);
const listener = (cookie: number) => cookied(inet(server, '0.0.0.0', { inode: cookie }), cookie);

function closed(cookie: number, changes = {}, rtt: number | null = 1): Closing {
  const untold = { inode: null, uid: null, recvQueue: null, sendQueue: null, timer: null };
  const socket = inet(server, client, { state: 'CLOSE', ...untold, ...changes });
  return { at: steadyNow(), socket: cookied(socket, cookie), tcpInfo: tcpInfo({ rtt }) };
}

/** What the kernel tells once so many rounds were read, and behind the last: once each. */
type Told = Readonly<
  Record<number | 'finished', { closings?: readonly Closing[]; overruns?: number }>
>;

function kernel(followed: Partial<Told>, rounds: () => number) {
  const log = { closed: 0, renewedBefore: [] as number[] };
  let isFinished = false;
  const left = new Map(Object.entries(followed));
  const closings: Closings = {
    reportsClose: ({ protocol }) => protocol === 'tcp',
    ready: () => new Promise(() => {}),
    take() {
      const now = isFinished ? 'finished' : String(rounds());
      const some = left.get(now);
      left.delete(now);
      return { closings: [], overruns: 0, ...some };
    },
    renew: async () => {
      log.renewedBefore.push(rounds() + 1);
    },
    finish: async () => {
      isFinished = true;
    },
    close: () => {
      log.closed++;
    },
  };
  return { closings, log };
}

interface World
  extends Pick<FollowTask, 'onBegun' | 'onFailedRound' | 'openNumbered' | 'tellsLast'> {
  readonly readings: readonly FakeReading[];
  readonly asked?: Partial<Asked>;
  readonly heard?: Partial<Told>;
  whileReading?(): void;
}

/** The events until the last reading was read; it is then read once more. */
async function followed({ readings, asked = {}, heard, whileReading, ...rest }: World) {
  const stop = new AbortController();
  const queries: SocketQuery[] = [];
  const fake = watchedSource(
    (query) => {
      queries.push(query);
      whileReading?.();
      if (queries.length > readings.length) stop.abort();
    },
    ...readings,
    readings.at(-1) ?? {},
  );
  const { closings, log } = kernel(heard ?? {}, () => queries.length);
  const source: Source = {
    ...fake,
    facts: [...fake.facts, 'workloads', ...(heard ? (['socketInfo', 'tcpInfo'] as const) : [])],
    ...(heard && { closings: async () => closings }),
  };
  const listing = listingWith({ protocols: ['tcp'], which: 'all', ...asked });
  const view = await textViewFor(listing.view.format);
  const what = await followOf(listing, source, view, noLookups);
  const notes: string[] = [];
  const { events: batches, tally } = followSockets({
    ...what,
    ...{ interval: 5, signal: stop.signal, note: (text: string) => notes.push(text) },
    ...rest,
  });
  const events = await collect(batches);
  return { events, queries, notes, log, tally: tally() };
}

const words = (events: readonly SocketEvent[]) =>
  events.map((one) => (one.event === 'warning' ? one.warning.code : `${one.event} ${one.knownBy}`));

describe('following', () => {
  it('reports what rounds show, and notes if there is nothing else', async () => {
    const { events, notes, tally, queries } = await followed({
      readings: [{}, { batches: [[row()]] }, {}],
    });
    expect(words(events)).toEqual(['opened round', 'closed round']);
    expect(tally).toEqual({ opened: 1, closed: 1, changed: 0, lost: 0, undecided: 0 });
    expect(notes[0]).toContain('those that live only between two rounds are missed');
    expect(queries.every(({ toFollow }) => toFollow === false)).toBe(true);
  });

  it('reads what connections carried if that is asked for, whichever columns are shown', async () => {
    const asked = { columns: ['src', 'dst'], format: 'csv', tcpInfo: true } as const;
    const { queries } = await followed({ readings: [{}], asked, heard: {} });
    expect(queries[0]).toMatchObject({ tcpInfo: true });
  });

  it('reports no sockets without a port, of which macOS and Windows list many', async () => {
    const none = { inode: null, timer: null };
    const unbound = inet('0.0.0.0:0', '0.0.0.0:0', { ...none, protocol: 'udp', state: 'UNCONN' });
    const unused = inet('0.0.0.0:0', '0.0.0.0:0', { ...none, state: 'CLOSE' });
    const bound = inet('0.0.0.0:53', '0.0.0.0:0', { ...none, protocol: 'udp', state: 'UNCONN' });
    const { events } = await followed({
      readings: [{}, { batches: [[unbound, unused, bound]] }, {}],
      asked: { protocols: ['tcp', 'udp'] },
    });
    expect(words(events)).toEqual(['opened round', 'closed round']);
  });

  it('reports what the kernel reports between rounds, and then asks for cookies', async () => {
    const { events, queries, log } = await followed({
      readings: [{ batches: [[row()]] }, {}],
      heard: { 1: { closings: [closed(5), closed(6)] } },
    });
    expect(words(events)).toEqual(['closed kernel', 'closed kernel']);
    expect(events.map((one) => 'seenFor' in one && one.seenFor !== null)).toEqual([true, false]);
    expect(queries[0]?.toFollow).toBe(true);
    expect(log.renewedBefore).toEqual([2, 3]);
    expect(log.closed).toBeGreaterThan(0);
  });

  it('measures how long a socket was seen though the machine’s clock is set meanwhile', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 0 });
    try {
      const there = { batches: [[row()]] };
      const { events } = await followed({
        readings: [there, there, {}],
        whileReading: () => vi.setSystemTime(3_600_000),
      });
      expect(events).toMatchObject([{ event: 'closed' }]);
      const [one] = events;
      if (one?.event !== 'closed') throw new Error('it was not reported');
      expect(one.seenFor).toBeLessThan(60_000);
      expect(Math.abs(Date.parse(one.time) - 3_600_000)).toBeLessThan(60_000);
    } finally {
      vi.useRealTimers();
    }
  });

  it('a socket that a round saw, and that closed while it was read, is closed behind it', async () => {
    const { events } = await followed({
      readings: [{}, { batches: [[row()]] }, {}],
      heard: { 2: { closings: [{ ...closed(5), at: steadyNow() + 10_000 }] } },
    });
    expect(words(events)).toEqual(['opened round', 'closed kernel']);
  });

  it('a socket that closed before a round began is closed before what the round shows', async () => {
    const other = closed(9, { remote: { address: '198.51.100.8', port: 40_001 } });
    const { events } = await followed({
      readings: [{}, { batches: [[row()]] }, {}],
      heard: { 2: { closings: [other, { ...closed(5), at: steadyNow() + 10_000 }] } },
    });
    expect(words(events)).toEqual(['closed kernel', 'opened round', 'closed kernel']);
    const times = events.map(({ time }) => time);
    expect(times).toEqual([...times].sort());
  });

  it('reports lost closes, and the round after them resynchronizes', async () => {
    const { events, tally } = await followed({
      readings: [{ batches: [[row()]] }, {}],
      heard: { 1: { overruns: 2 } },
    });
    expect(words(events)).toEqual(['lost', 'closed round']);
    expect(tally.lost).toBe(2);
  });

  describe('at the end', () => {
    const readings = [{ batches: [[row()]] }];
    const heard = {
      2: { closings: [closed(5)] },
      finished: { closings: [closed(6)], overruns: 1 },
    };

    it('tells what the kernel reported by then, and that some of it was lost', async () => {
      const overrun = { ...heard, 1: { overruns: 1 } };
      const { events, tally, log } = await followed({ readings, heard: overrun, tellsLast: true });
      expect(words(events)).toEqual(['lost', 'closed kernel', 'lost', 'closed kernel']);
      expect(tally).toMatchObject({ closed: 2, lost: 2 });
      expect(log.closed).toBeGreaterThan(0);
    });

    it('takes what is ready while the last is on its way', async () => {
      const first = [closed(6), closed(7)];
      const told: Closing[][] = [];
      let tellReady: () => void = () => {};
      const closings: Closings = {
        reportsClose: () => true,
        ready: () =>
          new Promise((resolve) => {
            tellReady = resolve;
          }),
        take: () => ({ closings: told.shift() ?? [], overruns: 0 }),
        renew: async () => {},
        async finish() {
          // There is room for one at a time.
          for (const one of first) {
            told.push([one]);
            await new Promise((resolve) => setTimeout(resolve, 1));
            tellReady();
            await new Promise((resolve) => setTimeout(resolve, 1));
            expect(told).toEqual([]);
          }
          told.push([closed(8)]);
        },
        close: () => {},
      };
      const changes = socketChanges({
        ...{ passes: () => true, passesUnseen: () => true, kernelReports: () => true },
        ...{ withOwners: false, withTcpInfo: false, timeOf: machineTime() },
      });
      const tally = { opened: 0, closed: 0, changed: 0, lost: 0, undecided: 0 };
      const needs = { owners: 'none' } as FollowTask['needs'];
      const take = closingTaker(closings, changes, needs, tally);
      const events = await lastClosings(closings, take);
      expect(events.map((one) => 'socket' in one && keptCookie(one.socket))).toEqual([6, 7, 8]);
    });

    it('tells nothing more unless that is asked for', async () => {
      const { events, tally } = await followed({ readings, heard });
      expect([words(events), tally.closed]).toEqual([[], 0]);
    });

    it('tells nothing if it has not begun', async () => {
      const finished = { closings: [closed(6)] };
      const { events } = await followed({ readings: [], heard: { finished }, tellsLast: true });
      expect(events).toEqual([]);
    });
  });

  it('reports a warning once, and what could not be read is not gone', async () => {
    const warning = { code: 'unreadable', message: 'EIO', source: '/proc/net/tcp' } as const;
    const broken = { warnings: [warning] };
    const whole = { batches: [[row()]] };
    const { events } = await followed({ readings: [whole, broken, broken, whole, {}] });
    expect(words(events)).toEqual(['unreadable', 'closed round']);
  });

  it.each([
    ['its own', 'tcp', []],
    ['another', 'udp', ['closed round']],
  ] as const)(
    'a socket that is missing while %s table cannot be read',
    async (_, protocol, ends) => {
      const tables = [{ protocol, family: 'inet' }] as const;
      const warning = { code: 'unreadable', message: 'EIO', source: 'T', tables } as const;
      const readings = [{ batches: [[row()]] }, { warnings: [warning] }];
      const { events } = await followed({ readings });
      expect(words(events)).toEqual(['unreadable', ...ends]);
    },
  );

  it('waits for no later round because of what the first one could not read', async () => {
    const warning = { code: 'forbidden', message: 'no', source: '/proc/net/udp' } as const;
    const both = { warnings: [warning] };
    const { events } = await followed({ readings: [{ ...both, batches: [[row()]] }, both] });
    expect(words(events)).toEqual(['forbidden', 'closed round']);
  });

  it('has begun with the first round that did not fail', async () => {
    const failure = new NetstatError('unreadable', 'no answer');
    const begun: number[] = [];
    const { events, log } = await followed({
      readings: [{ failure }, { batches: [[row()]] }, {}],
      heard: {},
      onBegun: (sockets) => begun.push(sockets),
      onFailedRound: ({ message }) => ({ code: 'host-failed', message, source: 'web1' }),
    });
    expect(begun).toEqual([1]);
    expect(words(events)).toEqual(['host-failed']);
    expect(log.renewedBefore[0]).toBe(3);
  });

  describe('a round that a system call broke off', () => {
    const brokenOff = (code: string) => ({
      batches: [[]],
      failure: new NetstatError('unreadable', `sock_diag (tcp): cannot be read (${code})`, {
        ...{ path: 'sock_diag (tcp)', cause: Object.assign(new Error(code), { code }) },
      }),
    });
    const there = { batches: [[row()]] };
    const broken = brokenOff('ENOBUFS');

    it('is lost, with a warning: what it did not show is not closed', async () => {
      const { events } = await followed({ readings: [there, broken, there, {}] });
      expect(words(events)).toEqual(['unreadable', 'closed round']);
      expect(events[0]).toMatchObject({
        warning: {
          message: 'sock_diag (tcp): cannot be read (ENOBUFS)',
          source: 'sock_diag (tcp)',
        },
      });
    });

    it('ends following if it is the first, or one of too many in a row', async () => {
      const many = (count: number) => new Array<FakeReading>(count).fill(broken);
      await expect(followed({ readings: [broken, there] })).rejects.toThrow('ENOBUFS');
      const { events } = await followed({ readings: [there, ...many(5), there, ...many(5), {}] });
      expect(words(events)).toEqual(['unreadable', 'closed round']);
      await expect(followed({ readings: [there, ...many(6), there] })).rejects.toThrow('ENOBUFS');
    });

    it('is not one without what is followed: that ends it', async () => {
      const failure = new NetstatError('unreadable', '/proc/net: no such folder');
      await expect(followed({ readings: [there, { failure }, there] })).rejects.toBe(failure);
    });
  });

  describe('a network namespace by its name', () => {
    const failure = new NetstatError('usage', '--netns web: there is none', { about: 'netns' });
    const inWeb = (inode: number) => ({
      batches: [[{ ...row(), netns: { inode, name: 'web', own: false } }]],
    });
    const openNumbered = async () => fakeSource({ failure });

    it('waits while none has that name, once it was read', async () => {
      const { events } = await followed({
        readings: [inWeb(5), { failure }, { failure }, inWeb(6)],
        openNumbered,
      });
      expect(words(events)).toEqual(['closed round', 'opened round']);
    });

    it('reads on by its number if only the name is gone, and then what has the name next', async () => {
      let looks = 0;
      const numbered = fakeSource(inWeb(5), { failure }, { failure });
      const { events } = await followed({
        readings: [inWeb(5), { failure }, { failure }, inWeb(6)],
        openNumbered: async () => {
          looks++;
          return numbered;
        },
      });
      expect(looks).toBeGreaterThan(0);
      expect(words(events)).toEqual(['closed round', 'opened round']);
    });

    it('ends if it was never there', async () => {
      const following = followed({ readings: [{ failure }], openNumbered });
      await expect(following).rejects.toBe(failure);
    });
  });

  const leftOut = (...subjects: readonly string[]): Warning => ({
    ...{ code: 'unreadable', source: '/run/netns', subjects },
    message: `left out: ${subjects.join(', ')}`,
  });
  const inNamespace = (netns: Netns, inode: number) =>
    inet(server, client, { inode, state: 'ESTABLISHED', netns });
  const own = inNamespace({ inode: 1, name: null, own: true }, 1);
  const named = inNamespace({ inode: 2, name: 'b', own: false }, 2);
  const numbered = inNamespace({ inode: 3, name: null, own: false }, 3);
  const numberless = inNamespace({ inode: null, name: null, own: false }, 4);
  const all = [own, named, numbered, numberless];

  const neighbour = inNamespace({ inode: 3, name: null, own: false }, 5);

  it.each<[string, readonly (readonly [readonly Socket[], ...Warning[]])[], readonly number[]]>([
    [
      'it may be one without a name',
      [[all], [all, leftOut('late')], [[], leftOut('late')]],
      [1, 2],
    ],
    ['a place with rows is another', [[all], [[neighbour], leftOut('late')]], [1, 2, 3]],
    ['so is one of another number', [[all], [[], leftOut('9')]], [1, 2, 3]],
    ['one of its number is not', [[all], [[neighbour], leftOut('3')]], [1, 2]],
    ['it may be shown', [[all], [[neighbour], leftOut('late (perhaps)')]], [1, 3]],
    [
      'that it is not shown any more is news',
      [
        [all, leftOut('late (perhaps)')],
        [[], leftOut('late')],
      ],
      [1, 2],
    ],
    [
      'what was left out from the start is no news',
      [
        [all, leftOut('x')],
        [[], leftOut('x')],
      ],
      [1, 2, 3, 4],
    ],
    [
      'one that was read hides what was there',
      [[all], [all, leftOut('b')], [[neighbour], leftOut('b')]],
      [1, 3],
    ],
    [
      'also if it was left out at first',
      [[all, leftOut('b')], [all], [[], leftOut('b')]],
      [1, 3, 4],
    ],
    ['what is read again is gone', [[all], [[], leftOut('b', 'late')], [[]]], [1, 2, 3, 4]],
  ])('of a namespace that is left out: %s', async (_, rounds, expected) => {
    const readings = rounds.map(([rows, ...warnings]) => ({ batches: [rows], warnings }));
    const { events } = await followed({ readings });
    const gone = events.flatMap((one) => (one.event === 'closed' ? [one.socket.inode] : []));
    expect(gone.sort()).toEqual(expected);
  });
});

describe('what is followed', () => {
  const nobody = { state: [], port: [], local: [], remote: [], pid: [], program: [] };
  const filters = (changes: object) => ({
    filters: { ...nobody, workload: [], user: [], exposed: false, expression: [], ...changes },
  });

  it('is reported to its end, once it was one of those that are asked for', async () => {
    const states = ['ESTABLISHED', 'CLOSE_WAIT', 'LAST_ACK'] as const;
    const { events } = await followed({
      readings: [...states.map((state) => ({ batches: [[row({ state })]] })), {}],
      asked: filters({ state: ['close-wait'] }),
    });
    const changes = events.flatMap((one) =>
      'socket' in one ? [`${one.event} ${one.socket.state}`] : [],
    );
    expect(changes).toEqual(['state CLOSE_WAIT', 'state LAST_ACK']);
  });

  it('owners are looked for where they are asked for, and decide', async () => {
    const nginx = { owners: [owner(5, 'nginx')] };
    const { events, queries } = await followed({
      readings: [
        {},
        { batches: [[row(nginx), row({ ...nginx, owners: [owner(6, 'x')], inode: 8 }, 9)]] },
      ],
      asked: filters({ program: ['nginx'] }),
    });
    expect(words(events)).toEqual(['opened round']);
    expect(queries[0]?.owners).toMatchObject({ depth: 'all' });
  });

  it.each([
    { program: ['nginx'] },
    { user: ['0'] },
    { expression: ['not program = nginx'] },
    { expression: ['program != nginx'] },
    { expression: ['user != 0'] },
    { expression: ['not ( user = 0 and sport = :443 )'] },
    { expression: ['recvq >= 0'] },
    { expression: ['inode != 5 and sport = :443'] },
  ])(
    'of sockets that no round saw, those that %j cannot decide about are counted',
    async (asked) => {
      const { events, tally } = await followed({
        ...{ readings: [{}, {}], heard: { 1: { closings: [closed(6), closed(7)] } } },
        asked: filters(asked),
      });
      expect(events).toEqual([]);
      expect(tally.undecided).toBe(2);
    },
  );

  it.each([
    ['sport = :443 or program = nginx', 2],
    ['not ( sport = :80 and user = 0 )', 2],
    ['sport = :80 and program = nginx', 0],
    ['not ( sport = :443 or user = 0 )', 0],
    ['refcount > 1 or sport = 1', 0],
    ['not refcount > 1', 2],
  ])(
    "for sockets that no round saw, the kernel's report decides about %s",
    async (expression, count) => {
      const { events, tally } = await followed({
        ...{ readings: [{}, {}], heard: { 1: { closings: [closed(6), closed(7)] } } },
        asked: filters({ expression: [expression] }),
      });
      expect(events).toHaveLength(count);
      expect(tally.undecided).toBe(0);
    },
  );

  it.each<[string, { workload: readonly string[] } | { port: readonly string[] }, number]>([
    [
      'is not accepted yet may match a filter by workload, which is told once',
      { workload: ['x'] },
      1,
    ],
    ['does not depend on it', { port: ['443'] }, 0],
  ])('whose workload is not known: what %s', async (_, asked, told) => {
    const unaccepted = { inode: null, owners: [], noOwner: 'none', ...unknownWorkload } as const;
    const waiting = (cookie: number) => row(unaccepted, cookie);
    const { events } = await followed({
      readings: [{ batches: [[waiting(6)]] }, { batches: [[waiting(6), waiting(7)]] }],
      asked: filters(asked),
    });
    const warnings = events.flatMap((one) => (one.event === 'warning' ? [one.warning] : []));
    expect(warnings).toHaveLength(told);
    for (const { code, message } of warnings) {
      expect([code, message]).toEqual([
        'uncertain',
        expect.stringMatching(/^1 socket left out may match: what they belong to is not known/),
      ]);
    }
  });

  it('is reported as opened once it is accepted, if it was not there from the start', async () => {
    const none = { owners: [], noOwner: 'unknown', ...unknownWorkload } as const;
    const held = { owners: [owner(5, 'nginx')], workload: unit('x.service') };
    const workloads = { workloads: [unit('x.service')], noWorkload: null, cgroup: '/x.service' };
    const { events } = await followed({
      readings: [
        {},
        { batches: [[row({ ...none, inode: null })]] },
        { batches: [[row({ ...held, ...workloads })]] },
      ],
      asked: filters({ workload: ['x.service'] }),
    });
    expect(words(events)).toEqual(['uncertain', 'opened round']);
  });

  it('stays followed, without a warning, once its workload is not known any more', async () => {
    const held = { owners: [owner(5, 'nginx')], workload: unit('x.service') };
    const workloads = { workloads: [unit('x.service')], noWorkload: null, cgroup: '/x.service' };
    const orphan = { owners: [], noOwner: 'unknown', ...unknownWorkload } as const;
    const { events } = await followed({
      readings: [{ batches: [[row({ ...held, ...workloads })]] }, { batches: [[row(orphan)]] }, {}],
      asked: filters({ workload: ['x.service'] }),
    });
    expect(words(events)).toEqual(['closed round']);
  });

  it('chooses what no round saw by the interface that it was bound to', async () => {
    const by = (cookie: number, name: string | null) => {
      const closing = closed(cookie);
      if (name !== null) keepDevice(closing.socket as InetSocket, { index: 2, name });
      return closing;
    };
    const { events } = await followed({
      readings: [{}, {}],
      heard: { 1: { closings: [by(5, 'eth0'), by(6, 'eth1'), by(7, null)] } },
      asked: filters({ expression: ['dev = eth0'] }),
    });
    expect(events).toMatchObject([{ event: 'closed', socket: { device: 'eth0', cookie: 5n } }]);
  });

  it.each<[string, Partial<Asked>, readonly string[]]>([
    ['-l: what may have listened', { which: 'listening' }, ['closed kernel']],
    ['established: what was', filters({ state: ['established'] }), ['closed kernel']],
    ['syn-sent: nobody knows', filters({ state: ['syn-sent'] }), []],
    ['port 443', filters({ port: ['443'] }), Array(4).fill('closed kernel')],
    ['port 80', filters({ port: ['80'] }), []],
  ])('of those that no round saw: %s', async (_, asked, expected) => {
    const any = { address: '0.0.0.0', port: 0, zone: null };
    const unanswered = { address: '198.51.100.7', port: 9, zone: null };
    // The kernel takes the port away before it tells.
    const refused = { ...unanswered, port: 0 };
    const some = [
      closed(6),
      closed(7, { remote: any }, null),
      closed(8, { remote: unanswered }, null),
      closed(9, { remote: refused }, null),
    ];
    const heard = { 1: { closings: some } };
    const { events } = await followed({ readings: [{}, {}], asked, heard });
    expect(words(events)).toEqual(expected);
  });

  it('for sockets that no round saw, what was asked for and is not reported is unknown', async () => {
    const { events } = await followed({
      ...{ readings: [{}, {}], heard: { 1: { closings: [closed(6)] } } },
      asked: { programs: true, interval: 5 },
    });
    expect(events).toMatchObject([{ socket: { owners: [], noOwner: 'unknown', uid: null } }]);
  });

  it('a listener that one round saw is known by its cookie', async () => {
    const { events } = await followed({
      readings: [{ batches: [[listener(3)]] }, {}],
      heard: { 1: { closings: [closed(3)] } },
    });
    expect(events).toMatchObject([{ socket: { state: 'LISTEN' }, traffic: null }]);
  });
});
