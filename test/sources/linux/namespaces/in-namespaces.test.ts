import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { NetstatError } from '../../../../src/errors.ts';
import type { InNetns } from '../../../../src/model/machine/netns.ts';
import type { Warning } from '../../../../src/model/report/snapshot.ts';
import type { NetnsAsked } from '../../../../src/model/request/listing.ts';
import type { Socket } from '../../../../src/model/socket/socket.ts';
import type { Namespace } from '../../../../src/sources/linux/namespaces/find-namespaces.ts';
import {
  placesToListen,
  type ReadNetns,
  rowsInNamespaces,
  socketsInNamespaces,
  unixPeersInNamespaces,
} from '../../../../src/sources/linux/namespaces/in-namespaces.ts';
import type { LabelledProc } from '../../../../src/sources/linux/namespaces/labelled.ts';
import type { Refused } from '../../../../src/sources/linux/namespaces/namespace-proc.ts';
import type { NetnsToVisit } from '../../../../src/sources/linux/namespaces/visit.ts';
import type { Proc } from '../../../../src/sources/linux/proc/proc.ts';
import type { SocketQuery, WarningSink } from '../../../../src/sources/source.ts';
import { inet, unix } from '../../../support/builders.ts';
import { warningSink } from '../../../support/source-answers.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { fakeProc } from '../support/fake-proc.ts';

/** What the machine has: namespaces, and those that cannot be opened. */
const world = vi.hoisted(() => ({
  namespaces: [] as unknown[],
  refused: new Map<string, { refusal: string; hasEnded: boolean }>(),
  mayBeShown: false,
  warning: null as Warning | null,
  opened: [] as string[],
  ends: 0,
}));
vi.mock('../../../../src/sources/linux/namespaces/visit.ts', () => ({
  startVisit: async (_: unknown, __: unknown, warnings: WarningSink) => {
    if (world.warning !== null) warnings.warn(world.warning);
    return {
      namespaces: world.namespaces,
      mayBeShown: world.mayBeShown,
      open: ({ netns, isBase }: Namespace): NetnsToVisit | Refused => {
        const name = netns.name ?? '';
        world.opened.push(name);
        const proc = { ...fakeProc({}), root: name };
        const listen = name === 'deaf' ? null : (groups: number, room: number) => groups + room;
        return world.refused.get(name) ?? { proc, netns, isBase, run: null, listen };
      },
      end: () => world.ends++,
    };
  },
}));

const folder = temporaryFolder('tsnetstat-');

/** A namespace that a file of its own leads to; one that `hasEnded` has none any more. */
function namespace(name: string, hasEnded = false): Namespace {
  const file = join(folder, name);
  writeFileSync(file, '');
  const inode = statSync(file).ino;
  const files = hasEnded ? [] : [file];
  return {
    netns: { inode, name, own: name === 'host' },
    isBase: name === 'host',
    key: null,
    pids: [],
    files,
  };
}

const machine = (...names: string[]) => {
  world.namespaces = names.map((name) => namespace(name));
};
beforeEach(() => {
  machine('host', 'db', 'web');
  world.refused.clear();
  Object.assign(world, { mayBeShown: false, warning: null, opened: [], ends: 0 });
});

function base(pause?: () => void): LabelledProc {
  const proc = { ...fakeProc({}), ...(pause !== undefined && { pause }) } as Proc;
  return {
    proc,
    labels: async (places) => places.map(() => null),
    residents: async (places) => places.map(() => null),
    tenants: async (pids) => pids.map(() => null),
  };
}

interface Row extends InNetns {
  readonly text: string;
}

/** A report with one row in each namespace; where an error stands for a namespace, it comes after that row. */
function report(what: string, errors: Readonly<Record<string, Error>> = {}): ReadNetns<Row> {
  return async function* ({ proc }) {
    yield [{ text: `${what} ${proc.root}` }];
    const error = errors[proc.root];
    if (error !== undefined) throw error;
  };
}

/** What a reader of all of it sees. */
async function seen<T>(
  read: (warnings: WarningSink) => AsyncIterable<readonly T[]> | Iterable<readonly T[]>,
) {
  const rows: T[] = [];
  const sink = warningSink();
  let error: unknown = 'none';
  try {
    for await (const batch of read(sink)) rows.push(...batch);
  } catch (thrown) {
    error = thrown;
  }
  return { rows, warnings: sink.warnings.map(({ message }) => message), error };
}

async function read(asked: NetnsAsked, ...reads: readonly ReadNetns<Row>[]) {
  const { rows, ...rest } = await seen((warnings) =>
    rowsInNamespaces(base(), asked, reads, warnings, () => {}),
  );
  return { texts: rows.map(({ text }) => text), rows, ...rest };
}

const unreadable = (what: string) => new NetstatError('unreadable', what);
const unsupported = new NetstatError('unsupported', 'the kernel has no such table');

describe('rows of every network namespace', () => {
  it('come report by report, and each names its namespace', async () => {
    const { texts, rows, warnings, error } = await read('all', report('route'), report('group'));
    expect(texts).toEqual([
      ...['route host', 'route db', 'route web'],
      ...['group host', 'group db', 'group web'],
    ]);
    expect(rows.map(({ netns }) => netns?.name)).toEqual([
      ...['host', 'db', 'web'],
      ...['host', 'db', 'web'],
    ]);
    expect([warnings, error, world.ends]).toEqual([[], 'none', 1]);
  });

  it('leave out one that cannot be entered, and say so once for all reports', async () => {
    world.refused.set('db', { refusal: 'it cannot be entered (EPERM)', hasEnded: false });
    const { texts, warnings, error } = await read('all', report('route'), report('group'));
    expect(texts).toEqual(['route host', 'route web', 'group host', 'group web']);
    expect(warnings).toEqual(['1 network namespace is left out: db: it cannot be entered (EPERM)']);
    expect([error, world.opened.filter((name) => name === 'db')]).toEqual(['none', ['db']]);
  });

  it('leave out several for one reason, and say when they may be among those without a name', async () => {
    machine('host', 'db', 'mail', 'web');
    world.mayBeShown = true;
    for (const name of ['db', 'web']) world.refused.set(name, { refusal: 'no', hasEnded: false });
    const { warnings } = await read('all', report('route', { mail: unreadable('torn') }));
    expect(warnings).toEqual([
      '3 network namespaces are left out (unless listed without a name): db, web: no; mail: torn',
    ]);
  });

  it('lack nothing where a namespace has ended meanwhile', async () => {
    world.namespaces = [namespace('host'), namespace('db', true), namespace('web')];
    world.refused.set('web', { refusal: 'it has ended', hasEnded: true });
    const { texts, warnings, error } = await read('all', report('x', { db: unreadable('gone') }));
    expect([texts, warnings, error]).toEqual([['x host', 'x db'], [], 'none']);
    world.refused.set('db', { refusal: 'no process in it can be seen', hasEnded: false });
    expect((await read('all', report('x'))).warnings).toEqual([]);
  });

  it('go on where reading one fails, which is not read again', async () => {
    const errors = { db: unreadable('net/route: EIO') };
    const { texts, warnings, error } = await read('all', report('x', errors), report('y'));
    expect(texts).toEqual(['x host', 'x db', 'x web', 'y host', 'y web']);
    expect(warnings).toEqual(['1 network namespace is left out: db: net/route: EIO']);
    expect(error).toBe('none');
  });

  it('fail behind all others where the own one cannot be read', async () => {
    const [first, second] = [unreadable('net/route: EIO'), unreadable('later')];
    const errors = { host: first, db: second };
    const { texts, warnings, error } = await read('all', report('x', errors), report('y'));
    expect(texts).toEqual(['x host', 'x db', 'x web', 'y web']);
    expect(error).toBe(first);
    // Elsewhere it may be another fault.
    expect(warnings).toEqual(['1 network namespace is left out: db: later']);
  });

  it('fail at once where the own one is refused', async () => {
    world.refused.set('host', { refusal: 'no', hasEnded: false });
    const { texts, error } = await read('all', report('x'));
    expect([texts, world.ends]).toEqual([[], 1]);
    expect(error).toMatchObject({ code: 'unreadable', path: 'netns' });
  });

  it('lack what the kernel has nowhere only once', async () => {
    const errors = { host: unsupported, db: unsupported, web: unsupported };
    const nowhere = await read('all', report('x', errors));
    expect([nowhere.error, nowhere.warnings]).toEqual([unsupported, []]);
    const elsewhere = await read('all', report('x', { db: unsupported }));
    expect([elsewhere.error, elsewhere.warnings]).toEqual([
      ...['none', ['1 network namespace is left out: db: the kernel has no such table']],
    ]);
    const other = unreadable('net/route: EIO');
    for (const both of [
      { host: other, db: unsupported },
      { host: unsupported, db: other },
    ]) {
      expect((await read('all', report('x', both))).warnings).toEqual([
        `1 network namespace is left out: db: ${both.db.message}`,
      ]);
    }
  });

  it('end with a fault of the program, and close what was opened', async () => {
    const fault = new TypeError('x is not a function');
    const { texts, error } = await read('all', report('x', { db: fault }));
    expect([texts, error, world.ends]).toEqual([['x host', 'x db'], fault, 1]);
  });

  it('close what was opened when nobody reads on', async () => {
    const rows = rowsInNamespaces(base(), 'all', [report('x')], { warn: () => {} }, () => {});
    for await (const _ of rows) break;
    expect([world.opened, world.ends]).toEqual([['host'], 1]);
  });

  it('let others run before each namespace', async () => {
    let pauses = 0;
    const pausing = base(() => pauses++);
    const { rows } = await seen((warnings) =>
      rowsInNamespaces(pausing, 'all', [report('x')], warnings, () => {}),
    );
    expect([rows.length, pauses]).toEqual([3, 3]);
  });

  it('cause the same warning once, whichever namespace it is from', async () => {
    world.warning = { code: 'unreadable', message: 'processes are hidden', source: '/proc' };
    const warning: Warning = { code: 'unreadable', message: 'the kernel is old', source: 'net' };
    const warnsOf: ReadNetns<Row> = async function* (_, sink) {
      sink.warn(warning);
      yield [];
    };
    const { warnings } = await read('all', warnsOf, warnsOf);
    expect(warnings).toEqual(['processes are hidden', 'the kernel is old']);
  });
});

describe('rows of one network namespace', () => {
  const asked = { name: 'web' };
  beforeEach(() => machine('web'));

  it('are refused with the reason', async () => {
    world.refused.set('web', { refusal: 'it cannot be entered (EPERM)', hasEnded: false });
    const { error } = await read(asked, report('x'));
    expect(error).toMatchObject({
      code: 'unreadable',
      path: 'netns',
      message:
        '--netns: web: the network namespace cannot be read: it cannot be entered (EPERM); the PID of a process in it would do',
    });
  });

  it('are an error even where it has ended', async () => {
    world.refused.set('web', { refusal: 'it has ended', hasEnded: true });
    expect((await read(asked, report('x'))).error).toMatchObject({
      message: expect.stringMatching(/ web: .*: it has ended$/),
    });
  });

  it('are an error that says so where it ends while it is read', async () => {
    world.namespaces = [namespace('web', true)];
    const errors = { web: unreadable('/proc/net: no such folder; is /proc a mounted /proc?') };
    const { texts, warnings, error } = await read(asked, report('x', errors));
    expect([texts, warnings]).toEqual([['x web'], []]);
    expect(error).toMatchObject({
      ...{ code: 'unreadable', path: 'netns' },
      message: '--netns: web: the network namespace cannot be read: it has ended',
    });
  });

  it('fail where it cannot be read, after what could be', async () => {
    const failure = unreadable('net/route: EIO');
    const { texts, warnings, error } = await read(asked, report('x', { web: failure }));
    expect([texts, warnings, error]).toEqual([['x web'], [], failure]);
  });
});

describe('sockets of network namespaces', () => {
  const query = { owners: null, families: ['inet'], keep: () => true } as const;

  /** One socket of each protocol in each namespace, kept or not as the query says. */
  async function listed(given: Partial<SocketQuery> & Pick<SocketQuery, 'protocols'>) {
    const queries: SocketQuery[] = [];
    const known = new Set<unknown>();
    const { rows } = await seen((warnings) =>
      socketsInNamespaces(
        base(),
        'all',
        { ...query, ...given },
        async function* (proc, query, _, __, sockets) {
          queries.push(query);
          known.add(sockets);
          const all = query.protocols.map(
            (protocol): Socket =>
              protocol === 'unix'
                ? unix(`/run/${proc.root}`)
                : inet('127.0.0.1:80', '*:*', { protocol }),
          );
          yield all.filter(query.keep);
        },
        warnings,
        () => {},
      ),
    );
    const texts = rows.map(({ netns, protocol }) => `${protocol} ${netns?.name}`);
    return { texts, queries, known };
  }

  it('come in the order of the sections: the Internet of each, then UNIX of each', async () => {
    const { texts, known } = await listed({ protocols: ['unix', 'tcp', 'udp'] });
    expect(texts).toEqual([
      ...['tcp host', 'udp host', 'tcp db', 'udp db', 'tcp web', 'udp web'],
      ...['unix host', 'unix db', 'unix web'],
    ]);
    // No socket is in two namespaces.
    expect(known.size).toBe(1);
  });

  it.each([['tcp'], ['unix']] as const)('are read once where only %s is asked for', async (one) => {
    const { texts, queries } = await listed({ protocols: [one] });
    expect(texts).toEqual([`${one} host`, `${one} db`, `${one} web`]);
    expect(queries.map(({ protocols }) => protocols)).toEqual([[one], [one], [one]]);
  });

  it('can be filtered by their namespace, and are objects', async () => {
    const { texts, queries } = await listed({
      protocols: ['tcp'],
      keep: ({ netns }) => netns?.name === 'web',
      packed: {} as never,
    });
    expect(texts).toEqual(['tcp web']);
    expect(queries.map(({ packed }) => packed)).toEqual([undefined, undefined, undefined]);
  });
});

describe('the other ends of UNIX sockets', () => {
  const peersOf = async (answers: Readonly<Record<string, ReadonlyMap<number, number> | null>>) => {
    const peers = await unixPeersInNamespaces(
      base(),
      'all',
      { warn: () => {} },
      ({ root }) => answers[root] ?? null,
    );
    return peers === null ? null : [...peers];
  };

  it('are those of all namespaces, of those that answer', async () => {
    world.refused.set('db', { refusal: 'no', hasEnded: false });
    expect(
      await peersOf({ host: new Map([[1, 2]]), db: new Map([[5, 6]]), web: new Map([[3, 4]]) }),
    ).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(await peersOf({ web: new Map() })).toEqual([]);
    expect(world.ends).toBe(2);
  });

  it('are unknown where none answers', async () => {
    expect([await peersOf({}), world.ends]).toEqual([null, 1]);
  });

  it('warn once of what is the same in all, and never of a namespace that is missing', async () => {
    world.warning = { code: 'unreadable', message: 'processes are hidden', source: '/proc' };
    const warnings: string[] = [];
    await unixPeersInNamespaces(
      base(),
      'all',
      { warn: ({ message }) => warnings.push(message) },
      (_, sink) => {
        sink.warn({ code: 'unreadable', message: 'the kernel is old', source: 'sock_diag' });
        return null;
      },
    );
    expect(warnings).toEqual(['the kernel is old']);
  });
});

describe('where destroyed sockets are listened for', () => {
  it('is the own namespace, and inside each other', async () => {
    machine('host', 'deaf', 'shut', 'web');
    world.refused.set('shut', { refusal: 'no', hasEnded: false });
    world.warning = { code: 'unreadable', message: 'processes are hidden', source: '/proc' };
    const { places, end } = await placesToListen(base(), 'all');
    expect(places.map(({ key, netns }) => [key, netns?.name])).toEqual(
      (world.namespaces as Namespace[]).map(({ netns: { own, inode, name } }) => [
        own ? 'own' : String(inode),
        name,
      ]),
    );
    const libc = { openDestroyed: () => 7 } as never;
    // EPERM, where nothing can be opened.
    expect(places.map((place) => place.open(libc, 1000, 24))).toEqual([7, -1, -1, 1024]);
    expect(world.ends).toBe(0);
    end();
    expect(world.ends).toBe(1);
  });
});
