import { getEventListeners } from 'node:events';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Counter,
  exactJson,
  follow,
  groups,
  interfaces,
  NetstatError,
  routes,
  type SocketOptions,
  snapshot,
  statistics,
} from '../src/library.ts';
import { captureOfRows } from './e2e/support/many-rows.ts';
import { because, reasonToSkip } from './support/requirements.ts';

const reason = reasonToSkip({ platforms: ['linux'] });
const root = fileURLToPath(new URL('..', import.meta.url));
const procRoot = `${root}fixtures/linux/quiet-laptop`;

describe.skipIf(reason !== null)(`follow()${because(reason)}`, () => {
  let folder = '';
  beforeAll(() => {
    folder = captureOfRows(3);
  });

  it('yields what changes, and stops when its loop is left', async () => {
    const table = `${folder}/net/tcp`;
    const whole = readFileSync(table, 'utf8');
    const events: string[] = [];
    let shown = 3;
    // Rows go and come; whenever it reads, something is other than before.
    const timer = setInterval(() => {
      shown = 4 - shown;
      const rows = whole.split('\n').slice(0, shown + 1);
      writeFileSync(`${table}.next`, `${rows.join('\n')}\n`);
      renameSync(`${table}.next`, table);
    }, 15);
    try {
      const options = { procRoot: folder, protocols: ['tcp'], interval: 10 } as const;
      for await (const event of follow(options)) {
        if (event.event !== 'warning') events.push(event.event);
        if (events.includes('opened') && events.includes('closed')) break;
      }
    } finally {
      clearInterval(timer);
      writeFileSync(table, whole);
    }
    expect(events.every((event) => ['opened', 'closed'].includes(event))).toBe(true);
  });

  it('throws the reason of its signal, and leaves nothing on it', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const events = follow({ procRoot: folder, protocols: ['tcp'], interval: 5, signal });
    setTimeout(() => controller.abort(new Error('enough')), 50);
    const all = async () => {
      for await (const { event } of events) expect(event).toBe('warning');
    };
    await expect(all()).rejects.toThrow('enough');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    await expect(follow({ signal }).next()).rejects.toThrow('enough');
  });

  it('is left at once, though nothing happens that it waits for', async () => {
    const events = follow({ procRoot: folder, protocols: ['tcp'], interval: 1_000_000 });
    const next = events.next();
    // It has begun to wait: what it was to read is read.
    const first = await Promise.race([next, new Promise((resolve) => setTimeout(resolve, 500))]);
    expect(first).toSatisfy((one) => one === undefined || one.value?.event === 'warning');
    expect(await events.return()).toEqual({ value: undefined, done: true });
    expect(await next).toMatchObject(first === undefined ? { done: true } : { done: false });
    expect(await events.next()).toEqual({ value: undefined, done: true });
  });

  it('is ended at once by throw() too', async () => {
    const events = follow({ procRoot: folder, protocols: ['tcp'], interval: 1_000_000 });
    // Of tcp6, which is not there; then there is nothing to tell.
    expect(await events.next()).toMatchObject({ value: { event: 'warning' } });
    const next = events.next();
    await expect(events.throw(new Error('enough'))).rejects.toThrow('enough');
    expect(await next).toEqual({ value: undefined, done: true });
  });

  it.each<[string, object, RegExp]>([
    ['no option', { every: 5 }, /^every: not an option; there are .*interval/],
    ['no time', { interval: 0 }, /^interval: expected a number of milliseconds/],
    ['a filter that is none', { port: 'x y' }, /port/],
  ])('refuses %s when it is first asked', async (_, options, message) => {
    await expect(follow(options).next()).rejects.toThrow(message);
  });
});

describe.skipIf(reason !== null)(`the library${because(reason)}`, () => {
  it('answers with the model, and nothing missing', async () => {
    const { sockets, ...rest } = await snapshot({ procRoot });
    expect(rest).toEqual({
      schemaVersion: 1,
      platform: 'linux',
      takenAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      warnings: expect.any(Array),
    });
    expect(new Set(sockets.map(({ protocol }) => protocol))).toContain('tcp');
    expect(sockets.every(({ owners, noOwner }) => owners === null && noOwner === null)).toBe(true);
  });

  it('returns every owner, with what is known of it, if asked', async () => {
    const { sockets } = await snapshot({ procRoot, owners: true, protocols: ['tcp'] });
    const owned = sockets.flatMap(({ owners }) => owners ?? []);
    expect(owned.length).toBeGreaterThan(0);
    for (const owner of owned) {
      expect(owner).toEqual({
        pid: expect.any(Number),
        program: expect.any(String),
        commandLine: expect.any(String),
        executable: expect.any(String),
        executableDeleted: false,
        // The capture has not the files that would tell.
        ...{ startedAt: null, uid: null, parents: null },
        fd: expect.any(Number),
      });
    }
  });

  it('returns who is at the other end if asked, whatever filters leave out', async () => {
    const shop = `${root}fixtures/readme`;
    const options = { procRoot: shop, protocols: ['tcp'], port: 48210 } as const;
    const peersOf = async (more: SocketOptions) =>
      (await snapshot({ ...options, ...more })).sockets.map(({ peer }) => peer);
    const all = await peersOf({ peers: true });
    expect(all.map((peer) => peer?.owners.map(({ pid }) => pid))).toEqual([[640], [811]]);
    const [one] = await peersOf({ peers: true, local: ':48210', families: ['inet'] });
    expect(one).toEqual(all[0]);
    expect(await peersOf({})).toEqual([undefined, undefined]);
    expect(await peersOf({ expression: 'peerpid = 640' })).toEqual([all[0]]);
    const unix = await snapshot({ procRoot: shop, protocols: ['unix'], peers: true });
    expect(unix.sockets.every(({ peer }) => peer === null)).toBe(true);
    expect(unix.warnings).toMatchObject([{ message: expect.stringMatching(/not procRoot$/) }]);
  });

  it('keeps every digit of a counter, for JSON too', async () => {
    const { value } = (await statistics({ procRoot })).statistics[0] as Counter;
    expect(typeof value).toBe('bigint');
    const most = { value: 2n ** 64n - 1n, none: undefined, list: [1, null, { text: '"\u001b' }] };
    expect(exactJson(most)).toBe(
      '{"value":18446744073709551615,"list":[1,null,{"text":"\\"\\u001b"}]}',
    );
  });

  it.each([
    ['which', { which: 'listening' }],
    ['a state', { state: 'LISTEN' }],
    ['an expression', { expression: 'state listening' }],
  ] as const)('chooses by %s', async (_, options: SocketOptions) => {
    const { sockets } = await snapshot({ procRoot, protocols: ['tcp'], ...options });
    expect(sockets.length).toBeGreaterThan(0);
    expect(sockets.every(({ state }) => state === 'LISTEN')).toBe(true);
  });

  it('takes many snapshots at once, with few descriptors', async () => {
    const open = () => readdirSync('/proc/self/fd').length;
    const before = open();
    let most = 0;
    const look = () => {
      most = Math.max(most, open());
    };
    const looking = setInterval(look, 0);
    try {
      const answers = Array.from({ length: 50 }, async () => {
        const { sockets } = await snapshot({ protocols: ['tcp'] });
        look();
        return sockets.length;
      });
      expect((await Promise.all(answers)).length).toBe(50);
    } finally {
      clearInterval(looking);
    }
    expect(most - before).toBeLessThan(20);
  });

  it('goes on with the next when one fails', async () => {
    const bad = Array.from({ length: 10 }, () => snapshot({ procRoot: '/nonexistent' }));
    const outcomes = await Promise.allSettled([...bad, snapshot({ procRoot })]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...bad.map(() => 'rejected'),
      'fulfilled',
    ]);
  });

  it('has the other reports', async () => {
    expect((await routes({ procRoot })).routes.length).toBeGreaterThan(0);
    expect((await interfaces({ procRoot })).interfaces.map(({ name }) => name)).toContain('lo');
    expect((await groups({ procRoot })).groups.length).toBeGreaterThan(0);
    expect((await statistics({ procRoot })).statistics.length).toBeGreaterThan(50);
    const ofUdp = (await statistics({ procRoot, protocols: ['udp'] })).statistics;
    expect([...new Set(ofUdp.map(({ group }) => group))]).toEqual(['Udp', 'Udp6']);
    expect((await statistics({ procRoot, protocols: [] })).statistics).toEqual([]);
  });

  it.each([
    [
      'which',
      { which: 'some' },
      /^which: expected one of all, connected, listening, found "some"$/,
    ],
    ['an empty which', { which: '' }, /^which: expected one of .*, found ""$/],
    [
      'families',
      { families: ['ipx'] },
      /^families: expected a list of inet, inet6, found \["ipx"\]$/,
    ],
    ['one family', { families: 'inet' }, /^families: expected a list of .*, found "inet"$/],
    [
      'protocols',
      { protocols: ['icmp'] },
      /^protocols: expected a list of tcp, .*found \["icmp"\]$/,
    ],
    ['one protocol', { protocols: 'tcp' }, /^protocols: expected a list of /],
    ['procRoot', { procRoot: '' }, /^procRoot: expected a text that is not empty, found ""$/],
    ['a procRoot that is null', { procRoot: null }, /^procRoot: .*found null$/],
    ['netns', { netns: 7 }, /^netns: expected a text that is not empty, found 7$/],
    ['owners', { owners: 'yes' }, /^owners: expected true or false, found "yes"$/],
    ['peers', { peers: 1 }, /^peers: expected true or false, found 1$/],
    ['exposed', { exposed: 1 }, /^exposed: expected true or false, found 1$/],
    ['a port that is null', { port: null }, /^port: .*found null$/],
    ['a port that is no number', { port: Number.NaN }, /^port: /],
    ['a port among others', { port: [80, null] }, /^port: .*found \[80,null\]$/],
    ['a pid', { pid: '1' }, /^pid: expected a whole number, or a list of such, found "1"$/],
    ['a program', { program: {} }, /^program: .*found \{\}$/],
    ['a user', { user: -1 }, /^user: /],
    ['a local end', { local: 80 }, /^local: /],
    [
      'an expression that is null',
      { expression: null },
      /^expression: expected a text, found null$/,
    ],
    ['a state that is no text', { state: 1n }, /^state: /],
    ['a signal', { signal: {} }, /^signal: expected an AbortSignal, found \{\}$/],
    ['machines beside another /proc', { on: ['a'] }, /^on: cannot be used with procRoot/],
    ['no machine', { procRoot: undefined, on: [] }, /^on: expected a list of machines/],
    ['a name that is none', { procRoot: undefined, on: ['-x'] }, /^on: -x: it begins with -/],
    ['a time without machines', { onTimeout: 5 }, /^onTimeout: goes with on$/],
    [
      'an option that there is not',
      { ports: 80 },
      /^ports: not an option \(did you mean port\?\); there are families, /,
    ],
    ['an option of an object', { constructor: 1 }, /^constructor: not an option/],
    ['state', { state: 'listenning' }, /^state: /],
    ['expression', { expression: 'dport =' }, /^filter expression, position 8: /],
  ])('refuses what it cannot follow: %s', async (_, options, message) => {
    const answer = snapshot({ procRoot, ...(options as object) });
    await expect(answer).rejects.toThrow(NetstatError);
    await expect(answer).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(message),
    });
  });

  it.each([
    [null, 'null'],
    ['all', '"all"'],
    [[], '[]'],
    [443, '443'],
    [Promise.resolve({ port: 1 }), '[object Promise]'],
    [new Map([['port', 1]]), '[object Map]'],
  ])('refuses options that are none: %j', async (options, found) => {
    for (const report of [snapshot, routes, interfaces, groups, statistics]) {
      await expect(report(options as never)).rejects.toMatchObject({
        code: 'usage',
        message: `options: expected an object, found ${found}`,
      });
    }
  });

  it('takes an option that is undefined for one that is not given', async () => {
    const options = { families: undefined, which: undefined, port: undefined, signal: undefined };
    const { sockets } = await snapshot({ procRoot, ...options });
    expect(sockets).toEqual((await snapshot({ procRoot })).sockets);
  });

  it.each([
    [['inet'], ['inet']],
    [['inet6'], ['inet6']],
    [undefined, ['inet', 'inet6']],
  ] as const)('returns only the addresses of %j', async (families, expected) => {
    const answer = await interfaces({ procRoot, families });
    const found = answer.interfaces.flatMap(({ addresses }) => addresses.map((one) => one.family));
    expect(new Set(found)).toEqual(new Set(expected));
  });

  it('selects nothing by a list of none', async () => {
    const none = { procRoot, families: [] };
    expect((await statistics(none)).statistics).toEqual([]);
    expect((await routes(none)).routes).toEqual([]);
    expect((await groups(none)).groups).toEqual([]);
    const addresses = (await interfaces(none)).interfaces.flatMap((one) => one.addresses);
    expect(addresses).toEqual([]);
    const { sockets } = await snapshot(none);
    expect(sockets.filter(({ protocol }) => protocol !== 'unix')).toEqual([]);
    expect((await snapshot({ procRoot, protocols: [] })).sockets).toEqual([]);
  });

  it.each([
    ['one', 'eth0', ['eth0']],
    ['several, in the order of the table', ['eth0', 'lo'], ['lo', 'eth0']],
    ['one that is named twice', ['lo', 'lo'], ['lo']],
    ['a list of none, which chooses nothing', [], ['lo', 'eth0']],
    ['undefined', undefined, ['lo', 'eth0']],
  ])('returns the interfaces that are named: %s', async (_, names, expected) => {
    const answer = await interfaces({ procRoot, names });
    expect(answer.interfaces.map(({ name }) => name)).toEqual(expected);
  });

  it.each([
    ['no text', { names: 1 }, /^names: expected a text that is not empty, or a list of .*found 1$/],
    ['an empty text', { names: '' }, /^names: .*found ""$/],
    ['an empty text among others', { names: ['lo', ''] }, /^names: .*found \["lo",""\]$/],
    ['null', { names: null }, /^names: .*found null$/],
    [
      'an interface that there is not',
      { names: ['lo', 'eth7'] },
      /^eth7: there is no interface of that name; there are lo, eth0$/,
    ],
  ])('refuses names of interfaces: %s', async (_, options, message) => {
    await expect(interfaces({ procRoot, ...(options as object) })).rejects.toMatchObject({
      name: 'NetstatError',
      code: 'usage',
      message: expect.stringMatching(message),
    });
  });

  it('has names of interfaces in the interfaces report only', async () => {
    for (const report of [snapshot, routes, groups, statistics]) {
      const answer = report({ procRoot, names: 'lo' } as never);
      await expect(answer).rejects.toThrow(/^names: not an option/);
    }
  });

  it('has the sockets filters in the sockets report only', async () => {
    await expect(routes({ procRoot, port: 80 } as never)).rejects.toThrow(/^port: not an option/);
  });
});

describe.skipIf(reason !== null)(`the library at work${because(reason)}`, () => {
  const rows = 20_000;
  let capture = '';
  beforeAll(() => {
    capture = captureOfRows(rows);
  });

  /** How often the event loop came round while `work` went on. */
  async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
    let turns = 0;
    let isOver = false;
    const turn = () => {
      turns++;
      if (!isOver) setImmediate(turn);
    };
    setImmediate(turn);
    await work();
    isOver = true;
    return turns;
  }

  it.each([false, true])('lets the event loop go on, owners: %s', async (owners) => {
    const turns = await turnsDuring(async () => {
      const { sockets } = await snapshot({ procRoot: capture, protocols: ['tcp'], owners });
      expect(sockets.length).toBe(rows);
    });
    // A slice is a block of the table: some two hundred rows.
    expect(turns).toBeGreaterThan(rows / 300);
  });

  it('is not begun where the signal is aborted already', async () => {
    const signal = AbortSignal.abort(new Error('too late'));
    for (const report of [snapshot, routes, interfaces, groups, statistics]) {
      await expect(report({ procRoot, signal })).rejects.toThrow('too late');
    }
  });

  it.each([false, true])('ends when the signal is aborted, owners: %s', async (owners) => {
    const controller = new AbortController();
    const answer = snapshot({ procRoot: capture, owners, signal: controller.signal });
    setImmediate(() => controller.abort());
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('has one listener at a signal, however many answers it may end', async () => {
    const { signal } = new AbortController();
    const answers = Array.from({ length: 20 }, () => snapshot({ procRoot, signal }));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await Promise.all(answers);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('leaves nothing at the signal of an answer that was given', async () => {
    const { signal } = new AbortController();
    await snapshot({ procRoot, signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
