/** What --follow tells is what happened, on live sockets: each scenario of follow.py knows the truth. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  FollowWarning,
  SocketChange,
  SocketEvent,
} from '../../src/model/report/socket-event.ts';
import { isExecutable } from '../support/program.ts';
import { lineErrors } from '../views/text/support/schema.ts';
import { skipReason, startZoo, type Zoo } from './zoo.ts';

const nobody = 65534;

interface Told<Truth> {
  readonly truth: Truth;
  readonly events: readonly SocketEvent[];
  readonly code: number;
  readonly stderr: string;
}

interface Churn {
  readonly port: number;
  readonly clients: readonly number[];
  readonly rss?: number;
}

/** In Node: as if something were not there. */
const without = (code: string) => [
  'env',
  `NODE_OPTIONS=--import=data:text/javascript,${encodeURIComponent(code)}`,
];
const noNative = without("process.dlopen = () => { throw new Error('none'); };");
const noThread = without(
  "import threads from 'node:worker_threads'; import { syncBuiltinESMExports } from 'node:module'; threads.Worker = class { constructor() { throw new Error('none'); } }; syncBuiltinESMExports();",
);

const isChange = (one: SocketEvent): one is SocketChange => one.event !== 'warning';
const isLoss = (one: SocketEvent): one is FollowWarning =>
  one.event === 'warning' && one.warning.code === 'lost';

/** `local-port remote-port` of a change. */
function endsOf({ socket }: SocketChange): string {
  return socket.protocol === 'unix' ? 'unix' : `${socket.local.port} ${socket.remote.port}`;
}

/** Both ends of each connection of a churn whose close is not told, as often as it happened. */
function missing({ truth, events }: Told<Churn>): readonly string[] {
  const closed = new Map<string, number>();
  for (const change of events.filter(isChange)) {
    if (change.event !== 'closed') continue;
    const ends = endsOf(change);
    closed.set(ends, (closed.get(ends) ?? 0) + 1);
  }
  return truth.clients
    .flatMap((client) => [`${client} ${truth.port}`, `${truth.port} ${client}`])
    .filter((ends) => {
      const left = closed.get(ends) ?? 0;
      closed.set(ends, left - 1);
      return left <= 0;
    });
}

describe.skipIf(skipReason)(
  `--follow beside the truth ${skipReason ?? ''}`,
  { timeout: 400_000 },
  () => {
    let zoo: Zoo;
    beforeAll(async () => {
      zoo = await startZoo('empty');
    });
    afterAll(() => zoo?.stop());

    /** What is told of a scenario. */
    async function follow<Truth>(
      scenario: string,
      args: readonly string[],
      uid = 0,
      under: readonly string[] = [],
    ): Promise<Told<Truth>> {
      const script = fileURLToPath(new URL('follow.py', import.meta.url));
      const flags = ['--follow', '--json', '--interval', '0.3', ...args];
      const command = ['/usr/bin/python3', '-B', script, scenario, String(uid)];
      const { stdout, stderr } = await zoo.run([...command, ...under, ...zoo.program, ...flags], {
        timeout: 380_000,
      });
      if (stderr !== '') throw new Error(stderr);
      const result = JSON.parse(stdout.toString()) as Told<Truth>;
      for (const event of result.events) expect(lineErrors(event)).toEqual([]);
      return result;
    }

    describe.each([
      ['root', 0],
      ['an unprivileged user', nobody],
    ])('%s', (_, uid) => {
      it('reports every close of many short connections, or reports the loss', async () => {
        const result = await follow<Churn>('churn', ['-tu'], uid);
        const lost = missing(result);
        if (!result.events.some(isLoss)) expect(lost).toEqual([]);
        else expect(result.stderr).toContain('the kernel reported closed sockets faster');
        // Whatever was lost, most came.
        expect(lost.length).toBeLessThan(result.truth.clients.length);
        const closes = result.events.filter(isChange).filter(({ event }) => event === 'closed');
        expect(closes.some(({ knownBy }) => knownBy === 'kernel')).toBe(true);
        expect(result.code).toBe(130);
        expect(result.stderr).toMatch(/tsnetstat: followed for [\d.]+ s: \d+ opened, \d+ closed, /);
      });
    });

    it('each close has what the connection carried, and no owner where no round saw it', async () => {
      const { truth, events } = await follow<Churn>('churn', ['-tup']);
      const ports = new Set(truth.clients);
      const closes = events.filter(isChange).filter(({ event, socket }) => {
        return event === 'closed' && socket.protocol === 'tcp' && ports.has(socket.local.port);
      });
      expect(closes.length).toBeGreaterThan(1000);
      for (const { traffic, socket, seenFor } of closes) {
        expect(traffic?.bytesSent).toBe(0);
        expect(traffic?.rtt).toBeGreaterThan(0);
        if (seenFor === null) expect(socket).toMatchObject({ owners: [], noOwner: 'unknown' });
      }
    });

    it('rounds alone miss some, and never report one that was not there', async () => {
      const result = await follow<Churn>('churn', ['-tu', '--source', 'proc']);
      expect(missing(result).length).toBeGreaterThan(0);
      expect(result.events.filter(isLoss)).toEqual([]);
      const real = new Set(
        result.truth.clients.flatMap((client) => [
          `${client} ${result.truth.port}`,
          `${result.truth.port} ${client}`,
        ]),
      );
      for (const change of result.events.filter(isChange)) {
        if (change.socket.protocol !== 'tcp' || change.socket.remote.port === 0) continue;
        expect(real.has(endsOf(change)), endsOf(change)).toBe(true);
        expect(change.knownBy).toBe('round');
      }
    });

    it.each(isExecutable ? [] : [[noThread]])(
      'without a thread closes are looked for by a timer',
      async (around) => {
        const result = await follow<Churn>('churn', ['-tu', '-v'], 0, around);
        expect(result.stderr).toContain('no thread is available to wait for them');
        if (!result.events.some(isLoss)) expect(missing(result)).toEqual([]);
        const closes = result.events.filter(isChange).filter(({ event }) => event === 'closed');
        expect(closes.some(({ knownBy }) => knownBy === 'kernel')).toBe(true);
      },
    );

    it.each(isExecutable ? [] : [[noNative]])(
      'without the native part there are only rounds, and -v reports that',
      async (around) => {
        const result = await follow<Churn>('churn', ['-tu', '-v'], 0, around);
        expect(result.stderr).toContain('those that live only between two rounds may be missed');
        const changes = result.events.filter(isChange);
        expect(changes.length).toBeGreaterThan(0);
        expect(changes.every(({ knownBy }) => knownBy === 'round')).toBe(true);
        expect(result.code).toBe(130);
      },
    );

    it('a network namespace that appears is listened to, and let go when it ends', async () => {
      interface Late extends Churn {
        readonly name: string;
        /** How many the program had open: before, with it, after it. */
        readonly sockets: readonly [number, number, number];
      }
      const result = await follow<Late>('netns', ['-tu', '--all-netns']);
      expect(result.truth.name).toBe('late');
      if (!result.events.some(isLoss)) expect(missing(result)).toEqual([]);
      const [before, within, after] = result.truth.sockets;
      expect([within, after]).toEqual([before + 1, before]);
      const ports = new Set(result.truth.clients);
      for (const { socket, event } of result.events.filter(isChange)) {
        if (socket.protocol !== 'tcp' || !ports.has(socket.local.port)) continue;
        expect([event, socket.netns?.name]).toEqual([event, 'late']);
      }
    });

    it('while it is stopped the kernel keeps what it may, and the rest is reported as lost', async () => {
      const result = await follow<Churn & { dropped: number }>('stopped', ['-tu'], nobody);
      expect(result.truth.dropped).toBeGreaterThan(0);
      expect(result.events.some(isLoss)).toBe(true);
      expect(result.stderr).toMatch(/warning: the kernel reported closed sockets faster/);
      expect(result.stderr).toMatch(/closes were lost (once|\d+ times)\n$/);
    });

    it.each([
      ['root', 0],
      ['an unprivileged user', nobody],
    ])('a signal ends it once all that closed before is told, or lost: %s', async (_, uid) => {
      const result = await follow<Churn>('ended', ['-tu'], uid);
      if (/cut off at the end|closes were lost/.test(result.stderr)) return;
      expect(missing(result)).toEqual([]);
    });

    it('if its output is not read, it keeps no more than it has room for, and reports what was lost', async () => {
      const result = await follow<Churn>('unread', ['-tu'], nobody);
      if (!result.events.some(isLoss)) expect(missing(result)).toEqual([]);
      expect(result.truth.rss).toBeLessThan(300_000);
    });

    it.each([
      ['over netlink', []],
      ['from files', ['--source', 'proc']],
    ])('reports another owner, with the one before: %s', async (_, args) => {
      interface Handover {
        readonly port: number;
        readonly from: number;
        readonly to: number;
      }
      const { truth, events } = await follow<Record<'inherited' | 'handed', Handover>>('owners', [
        ...['-tup', ...args],
      ]);
      const changes = events.filter(isChange);
      for (const { port, from, to } of [truth.inherited, truth.handed]) {
        const own = changes.filter(
          ({ socket }) => socket.protocol === 'tcp' && socket.local.port === port,
        );
        expect(own[0]?.event).toBe('opened');
        expect(own.at(-1)?.event).toBe('closed');
        const owners = own.filter(({ event }) => event === 'owner');
        const pids = (list: SocketChange['ownersBefore']) => list?.map(({ pid }) => pid) ?? [];
        expect(pids(owners[0]?.ownersBefore ?? null)).toContain(from);
        expect(pids(owners.at(-1)?.socket.owners ?? null)).toEqual([to]);
        expect(own.every(({ event }) => ['opened', 'owner', 'closed'].includes(event))).toBe(true);
      }
    });

    it('reports a connection through its states, and its close with its traffic', async () => {
      const { truth, events } = await follow<{ port: number }>('states', ['-tu']);
      const own = events
        .filter(isChange)
        .filter(({ socket }) => socket.protocol === 'tcp' && socket.local.port === truth.port);
      const story = own.map(
        ({ event, stateBefore, socket }) => `${event} ${stateBefore} ${socket.state}`,
      );
      expect(story.slice(0, 3)).toEqual([
        'opened null SYN_SENT',
        'state SYN_SENT ESTABLISHED',
        'state ESTABLISHED CLOSE_WAIT',
      ]);
      expect(own.at(-1)).toMatchObject({ event: 'closed', traffic: { bytesReceived: 1001 } });
      expect(own.filter(({ event }) => event === 'closed')).toHaveLength(1);
      // Another thread hears of the close than saw it open: their clocks are one.
      const [opened = '', closed = ''] = [own[0]?.time, own.at(-1)?.time];
      const between = Date.parse(closed) - Date.parse(opened);
      expect(Math.abs(between - (own.at(-1)?.seenFor ?? 0))).toBeLessThan(1000);
      expect(between).toBeGreaterThanOrEqual(0);
    });

    it.each([
      ['over netlink', []],
      ['from files', ['--source', 'proc']],
    ])('listeners, UDP and UNIX sockets appear and go: %s', async (_, args) => {
      const { truth, events, code } = await follow<{ tcp: number; udp: number; unix: string }>(
        'kinds',
        [...['-tux', ...args]],
      );
      const changes = events.filter(isChange);
      const story = (isIt: (change: SocketChange) => boolean) =>
        changes.filter(isIt).map(({ event, knownBy }) => `${event} ${knownBy}`);
      const closed = args.length === 0 ? 'closed kernel' : 'closed round';
      for (const protocol of ['tcp', 'udp'] as const) {
        const isIt = ({ socket }: SocketChange) =>
          socket.protocol === protocol && socket.local.port === truth[protocol];
        expect(story(isIt)).toEqual(['opened round', closed]);
      }
      const isIt = ({ socket }: SocketChange) =>
        socket.protocol === 'unix' && socket.path === truth.unix;
      expect(story(isIt)).toEqual(['opened round', 'closed round']);
      expect(code).toBe(143);
    });
  },
);
