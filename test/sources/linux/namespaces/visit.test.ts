import { statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { NetstatError } from '../../../../src/errors.ts';
import type { Warning } from '../../../../src/model/report/snapshot.ts';
import type { NetnsAsked } from '../../../../src/model/request/listing.ts';
import type { Door } from '../../../../src/sources/linux/namespaces/door.ts';
import type {
  FoundNamespaces,
  Namespace,
} from '../../../../src/sources/linux/namespaces/find-namespaces.ts';
import type { Inside } from '../../../../src/sources/linux/namespaces/inside.ts';
import type { LabelledProc } from '../../../../src/sources/linux/namespaces/labelled.ts';
import { type NetnsToVisit, startVisit } from '../../../../src/sources/linux/namespaces/visit.ts';
import { liveProc } from '../../../../src/sources/linux/proc/live-proc.ts';
import type { Proc } from '../../../../src/sources/linux/proc/proc.ts';

/** What is found, and the thread that enters it; or why there is none. */
const world = vi.hoisted(() => ({
  found: { namespaces: [], areSomeHidden: false, areSomeNumberless: false } as unknown,
  started: 'native' as unknown,
  starts: 0,
  here: null as unknown,
  mistake: null as Error | null,
  canEnter: null as boolean | null,
}));
vi.mock('../../../../src/sources/linux/namespaces/inside.ts', () => ({
  startInside: async () => {
    world.starts++;
    return world.started;
  },
}));
vi.mock('../../../../src/sources/linux/namespaces/by-turns.ts', () => ({
  insideByTurns: () => world.here,
}));
vi.mock('../../../../src/sources/linux/libc.ts', () => ({ loadLibc: () => ({}) }));
vi.mock('../../../../src/sources/linux/namespaces/labelled.ts', () => ({
  withLabels: async () => world.found,
  namespaceNamed: async (_machine: unknown, _name: string, canEnter: (door: Door) => boolean) => {
    if (world.mistake !== null) throw world.mistake;
    world.canEnter = canEnter({ file: '/run/netns/web', inode: 5 });
    return world.found;
  },
}));

const isLinux = process.platform === 'linux';

/** A namespace that is this one under another name, so that a process lives in it. */
const web: Namespace = {
  netns: { inode: isLinux ? statSync('/proc/self/ns/net').ino : 0, name: 'web', own: false },
  ...{ isBase: false, key: null, pids: [process.pid], files: ['/run/netns/web'] },
};

function finding(...namespaces: readonly Namespace[]): FoundNamespaces {
  const found = { namespaces, areSomeHidden: false, areSomeNumberless: false };
  world.found = found;
  return found;
}

/** A thread that can enter, unless `answer` is an errno, negated. `calls`: what it was asked for. */
function thread(answer = 0): Inside & { readonly calls: string[] } {
  const calls: string[] = [];
  const noted = <T>(what: string, result: T) => {
    calls.push(what);
    return result;
  };
  return {
    calls,
    enter: ({ file }) => noted(`enter ${file}`, answer),
    openSockDiag: () => -1,
    openDestroyed: ({ file }, groups, room) => noted(`listen ${file} ${groups} ${room}`, 9),
    openFile: () => 0,
    run: async ({ file }, command, limit) =>
      noted(`run ${file} ${command.join(' ')} ${limit}`, Buffer.from('out')),
    isLost: false,
    end: () => noted('end', undefined),
  };
}

/** The live /proc, for somebody with these privileges (CapEff of /proc/PID/status) and this filter of system calls. */
function base(
  changes: Partial<Proc> = {},
  effective = '000001ffffffffff',
  seccomp = 0,
): LabelledProc {
  const live = liveProc('/proc');
  const readFile: Proc['readFile'] = (path, most) =>
    path === 'self/status'
      ? Buffer.from(`CapEff:\t${effective}\nSeccomp:\t${seccomp}\n`)
      : live.readFile(path, most);
  const proc: Proc = {
    ...{ ...live, isOwn: true, readFile, sockDiag: () => null },
    processIds: () => [process.pid],
    ...changes,
  };
  return {
    proc,
    labels: async (places) => places.map(() => null),
    residents: async (places) => places.map(() => null),
    tenants: async (pids) => pids.map(() => null),
  };
}

async function visit(asked: NetnsAsked, of = base()) {
  const warnings: Warning[] = [];
  const begun = await startVisit(of, asked, { warn: (one) => warnings.push(one) });
  const open = (namespace: Namespace): NetnsToVisit => {
    const place = begun.open(namespace);
    if ('refusal' in place) throw new Error(place.refusal);
    return place;
  };
  return { ...begun, visit: begun, open, warnings };
}

beforeEach(() => {
  finding(web);
  Object.assign(world, { started: 'native', starts: 0, here: null, mistake: null, canEnter: null });
});

describe.skipIf(!isLinux)('a visit of network namespaces', () => {
  it('of the own one alone starts no thread, and reads what is read anyway', async () => {
    const of = base();
    const { namespaces, open, mayBeShown, end } = await visit('own', of);
    const [own, ...more] = namespaces;
    expect([own?.netns.own, own?.isBase, more, mayBeShown]).toEqual([true, true, [], false]);
    expect(open(own as Namespace)).toMatchObject({ isBase: true, run: null, listen: null });
    expect(open(own as Namespace).proc).toBe(of.proc);
    end();
    expect(world.starts).toBe(0);
  });

  it.each<[string, string, string]>([
    ['captured', tmpdir(), 'captured, or not mounted as a /proc'],
    ['of one process', '/proc/self', "one process's folder"],
  ])('of others takes more than a /proc that is %s', async (_, root, what) => {
    const of = base({ root });
    for (const asked of ['all', { name: 'web' }] as const) {
      await expect(visit(asked, of)).rejects.toMatchObject({
        ...{ code: 'unsupported', path: root, message: expect.stringContaining(what) },
      });
    }
    expect((await visit('own', of)).namespaces).toHaveLength(1);
  });

  it.each<[string, LabelledProc, number, RegExp]>([
    ['without the privilege', base({}, '0'), 0, /requires root \(CAP_SYS_ADMIN\)/],
    ['without native calls', base(), 1, /koffi's native part/],
    ["of another's /proc", base({ isOwn: false }), 0, /with --proc-root only files/],
  ])('only reads files %s', async (_, of, starts, why) => {
    const { open, end } = await visit('all', of);
    const { proc, run, listen } = open(web);
    expect(proc.readFile('net/dev').toString()).toMatch(/^Inter-/);
    expect([run, listen, proc.whyUnavailable]).toEqual([null, null, expect.stringMatching(why)]);
    expect(world.starts).toBe(starts);
    end();
  });

  it('only reads files of this /proc mounted elsewhere', async () => {
    await visit('all', base({ root: '/proc/../proc' }));
    expect(world.starts).toBe(0);
  });

  it('enters each once, and runs and listens in it', async () => {
    const inside = thread();
    world.started = inside;
    const { open, end } = await visit('all');
    const place = open(web);
    expect(open(web)).toBe(place);
    expect(inside.calls).toEqual(['enter /run/netns/web']);
    expect([place.netns, place.isBase]).toEqual([web.netns, false]);
    expect(place.listen?.(6, 1024)).toBe(9);
    expect((await place.run?.(['ip', 'link'], 50))?.toString()).toBe('out');
    end();
    expect(inside.calls.slice(1)).toEqual([
      ...['listen /run/netns/web 6 1024', 'run /run/netns/web ip link 50', 'end'],
    ]);
  });

  it('starts no thread if this program may enter in its own', async () => {
    const [here, there] = [thread(), thread()];
    Object.assign(world, { here, started: there });
    const { open, end } = await visit('all', base({ ownsThread: true }));
    expect(open(web).listen?.(6, 1024)).toBe(9);
    end();
    expect(here.calls.at(-1)).toBe('end');
    // As for a program that uses the library.
    (await visit('all')).end();
    expect([world.starts, there.calls]).toEqual([1, ['end']]);
  });

  it('starts one if a filter of system calls may end the thread that enters', async () => {
    Object.assign(world, { here: thread(), started: thread() });
    (await visit('all', base({ ownsThread: true }, undefined, 2))).end();
    expect(world.starts).toBe(1);
  });

  it('starts one if this program could not return', async () => {
    world.started = thread();
    (await visit('all', base({ ownsThread: true }))).end();
    expect(world.starts).toBe(1);
  });

  it('reads a process in one that may not be entered, and runs nothing there', async () => {
    world.started = thread(-1);
    const { open } = await visit('all');
    expect(open(web)).toMatchObject({ run: null, listen: null });
  });

  it('says why one cannot be read', async () => {
    world.started = thread(-1);
    const empty = { ...web, pids: [] };
    const { visit: begun } = await visit('all');
    expect(begun.open(empty)).toEqual({
      ...{ refusal: 'it cannot be entered (EPERM)', hasEnded: false },
    });
  });

  it.each([
    [0, true],
    [-1, false],
  ])('prefers for a name what can be entered: %i', async (answer, canEnter) => {
    world.started = thread(answer);
    const { namespaces } = await visit({ name: 'web' });
    expect([namespaces, world.canEnter]).toEqual([[web], canEnter]);
  });

  it('can enter nothing without a thread', async () => {
    await visit({ name: 'web' });
    expect(world.canEnter).toBe(false);
  });

  it('ends its thread if there is no such name', async () => {
    const inside = thread();
    world.started = inside;
    world.mistake = new NetstatError('usage', '--netns nix: there is none');
    await expect(visit({ name: 'nix' })).rejects.toBe(world.mistake);
    expect(inside.calls).toEqual(['end']);
  });

  it('warns that processes are hidden where all are asked for', async () => {
    world.found = { ...finding(web), areSomeHidden: true };
    const { warnings } = await visit('all');
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^\/proc: processes are hidden from this user/),
    ]);
    expect((await visit({ name: 'web' })).warnings).toEqual([]);
  });

  it.each([true, false])('knows whether what is missing may be shown: %s', async (may) => {
    world.found = { ...finding(web), areSomeNumberless: may };
    expect((await visit('all')).mayBeShown).toBe(may);
  });
});
