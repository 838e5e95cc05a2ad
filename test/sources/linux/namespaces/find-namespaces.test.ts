import { linkSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { mountsIn } from '../../../../src/sources/linux/mounts.ts';
import { namespaceAsked } from '../../../../src/sources/linux/namespaces/asked.ts';
import {
  findNamespaces,
  isThere,
  netnsPlace,
} from '../../../../src/sources/linux/namespaces/find-namespaces.ts';
import { mountedIn } from '../../../../src/sources/linux/namespaces/held.ts';
import { openProc } from '../../../../src/sources/linux/proc/open-proc.ts';
import type { Proc } from '../../../../src/sources/linux/proc/proc.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/**
 * A folder that looks like another machine's /proc: a namespace is a file, and whoever lives in it or holds it
 * has a hard link to it.
 */
let root: string;
beforeEach(() => {
  root = temporaryFolder('tsnetstat-');
});

function world(
  processes: Readonly<Record<number, string | null>>,
  held: Readonly<Record<string, string>> = {},
  mountinfo = '',
) {
  mkdirSync(join(root, 'namespaces'));
  const made = new Set<string>();
  const place = (name: string, path: string) => {
    const namespace = join(root, 'namespaces', name);
    if (!made.has(name)) writeFileSync(namespace, '');
    made.add(name);
    mkdirSync(dirname(join(root, path)), { recursive: true });
    linkSync(namespace, join(root, path));
  };
  for (const [pid, name] of Object.entries(processes)) {
    if (name !== null) place(name, `${pid}/ns/net`);
  }
  for (const [path, name] of Object.entries(held)) place(name, `1/root${path}`);
  mkdirSync(join(root, '1'), { recursive: true });
  writeFileSync(join(root, '1/mountinfo'), mountinfo);
  const proc = {
    ...{ root, isOwn: false, hidesProcesses: () => false },
    processIds: () => Object.keys(processes).map(Number),
  } as unknown as Proc;
  const inode = (name: string) => statSync(join(root, 'namespaces', name)).ino;
  return { proc, inode };
}

const summaryOf = (found: ReturnType<typeof findNamespaces>) =>
  found.namespaces.map(({ netns, pids, files, isBase }) => [
    ...[isBase, netns.inode, netns.name, [...pids]],
    files.map((file) => file.slice(`${root}/1/root`.length)),
  ]);

describe('names that lead to what may not be examined', () => {
  // Nothing is forbidden to root here; a path that is too long is refused to everybody, and is not absent.
  const tooLong = `/${'x'.repeat(300)}`;

  it('are namespaces of their own, without numbers', () => {
    const { proc, inode } = world({ 1: 'host' }, { '/run/netns/open': 'a' });
    symlinkSync(tooLong, join(root, '1/root/run/netns/closed'));
    symlinkSync('/nowhere', join(root, '1/root/run/netns/gone'));
    const found = findNamespaces(proc);
    expect(summaryOf(found)).toEqual([
      [true, inode('host'), null, [1], []],
      [false, null, 'closed', [], ['/run/netns/closed']],
      [false, inode('a'), 'open', [], ['/run/netns/open']],
    ]);
    expect(found.areSomeNumberless).toBe(false);
    expect(found.namespaces.map((one) => isThere(root, one))).toEqual([true, true, true]);
  });

  it('may be listed without a name beside others', () => {
    const { proc } = world({ 1: 'host', 5: 'a' }, { '/run/netns/open': 'b' });
    symlinkSync(tooLong, join(root, '1/root/run/netns/closed'));
    expect(findNamespaces(proc).areSomeNumberless).toBe(true);
  });

  it.each([true, false])('have the numbers that their mounts tell; masked: %s', (isMasked) => {
    const { proc, inode } = world({ 1: isMasked ? null : 'host', 5: 'a', 7: 'b' });
    const mount = (name: string) => {
      mkdirSync(join(root, '1/root/run/netns'), { recursive: true });
      symlinkSync(tooLong, join(root, `1/root/run/netns/of-${name}`));
      return `9 1 0:4 net:[${inode(name)}] /run/netns/of-${name} rw - nsfs nsfs rw\n`;
    };
    writeFileSync(join(root, '1/mountinfo'), mount('a') + mount('b'));
    const found = findNamespaces(proc);
    expect(summaryOf(found).slice(1)).toEqual([
      [false, inode('a'), 'of-a', [5], ['/run/netns/of-a']],
      [false, inode('b'), 'of-b', [7], ['/run/netns/of-b']],
    ]);
    expect(found.areSomeNumberless).toBe(false);
    expect(found.namespaces.slice(1).map((one) => isThere(root, { ...one, pids: [] }))).toEqual([
      ...[true, true],
    ]);
  });

  it('can be asked for by name, each by its own', () => {
    const { proc } = world({ 1: 'host' }, { '/run/netns/open': 'a' });
    for (const name of ['one', 'two']) symlinkSync(tooLong, join(root, `1/root/run/netns/${name}`));
    const { namespaces } = namespaceAsked(proc, 'two', () => false);
    expect(namespaces.map(({ netns }) => netns.name)).toEqual(['two']);
  });
});

describe('namespaces that are found', () => {
  it('are yielded once each: the base, then those with a name, then by number', () => {
    const { proc, inode } = world(
      { 1: 'host', 5: 'b', 7: 'a', 8: 'host', 9: 'b' },
      { '/run/netns/web': 'b', '/run/netns/api': 'c' },
    );
    expect(summaryOf(findNamespaces(proc))).toEqual([
      [true, inode('host'), null, [1, 8], []],
      [false, inode('c'), 'api', [], ['/run/netns/api']],
      [false, inode('b'), 'web', [5, 9], ['/run/netns/web']],
      [false, inode('a'), null, [7], []],
    ]);
  });

  it('have the first of their names, and none of Docker', () => {
    const { proc } = world(
      { 1: 'host' },
      {
        ...{ '/run/netns/z': 'a', '/run/netns/b': 'a', '/run/netns/mine': 'host' },
        '/var/run/docker/netns/0123456789ab': 'd',
      },
    );
    expect(findNamespaces(proc).namespaces.map(({ netns }) => netns.name)).toEqual([
      ...['mine', 'b', null],
    ]);
  });

  it.each(['netns-', 'cni-', ''])('have a name that people gave before %sUUID', (prefix) => {
    const madeUp = `${prefix}0d3fb4a2-5b1c-4f0e-9c7d-1234567890ab`;
    const { proc } = world(
      { 1: 'host' },
      {
        ...{ [`/run/netns/${madeUp}`]: 'a', '/run/netns/web': 'a' },
        [`/run/netns/${madeUp.slice(0, -1)}c`]: 'b',
      },
    );
    expect(findNamespaces(proc).namespaces.map(({ netns }) => netns.name)).toEqual([
      null,
      ...[`${madeUp.slice(0, -1)}c`, 'web'],
    ]);
  });

  it('are those of mounts too', () => {
    const mount = '36 25 0:4 net:[4026532000] /mnt/two\\040words rw shared:5 - nsfs nsfs rw\n';
    const { proc, inode } = world({ 1: 'host' }, { '/mnt/two words': 'a' }, mount);
    expect(summaryOf(findNamespaces(proc))[1]).toEqual([
      ...[false, inode('a'), null, [], ['/mnt/two words']],
    ]);
  });

  // What is not in this folder is on another device, like /run/netns/NAME without its mount.
  it.runIf(process.platform === 'linux')('are not those of names whose mount is gone', () => {
    const { proc, inode } = world({ 1: 'host' }, { '/run/netns/web': 'a' });
    symlinkSync('/proc/version', join(root, '1/root/run/netns/gone'));
    expect(summaryOf(findNamespaces(proc))).toEqual([
      [true, inode('host'), null, [1], []],
      [false, inode('a'), 'web', [], ['/run/netns/web']],
    ]);
  });

  it.each([
    [{ '/run/netns/mine': 'host', '/run/netns/api': 'a' }, 'mine'],
    [{ '/run/netns/api': 'a' }, null],
  ])('are the own one alone, by its own name: %j', (held, name) => {
    const { proc, inode } = world({ 1: 'host' }, held);
    expect(netnsPlace(proc).base()).toMatchObject({
      ...{ isBase: true, netns: { inode: inode('host'), name } },
    });
  });

  it('are not reported for processes that reveal nothing, and the base always is', () => {
    const { proc } = world({ 1: null, 5: 'a' });
    const found = findNamespaces(proc);
    expect(found.namespaces.map(({ isBase, pids }) => [isBase, [...pids]])).toEqual([
      [true, []],
      [false, [5]],
    ]);
  });
});

describe.runIf(process.platform === 'linux')('processes whose number may not be read', () => {
  /** A file of the kernel's, whose number tells which namespace it is of. */
  const showTable = (pid: number) => {
    mkdirSync(join(root, String(pid)), { recursive: true });
    symlinkSync('/proc/self/net', join(root, String(pid), 'net'));
  };

  it('belong to the namespace whose table they show, by the number that another shows', () => {
    const { proc, inode } = world({ 1: 'host', 5: 'a', 7: 'b', 8: null, 9: null });
    for (const pid of [5, 8]) showTable(pid);
    const found = findNamespaces(proc);
    expect(summaryOf(found)).toEqual([
      [true, inode('host'), null, [1], []],
      [false, inode('a'), null, [5, 8], []],
      [false, inode('b'), null, [7], []],
    ]);
    expect(found.areSomeNumberless).toBe(false);
  });

  it('belong together without a number if no other shows one', () => {
    const { proc, inode } = world({ 1: 'host', 8: null, 9: null });
    for (const pid of [8, 9]) showTable(pid);
    const found = findNamespaces(proc);
    expect(summaryOf(found)).toEqual([
      [true, inode('host'), null, [1], []],
      [false, null, null, [8, 9], []],
    ]);
    expect(found.areSomeNumberless).toBe(true);
    const [, numberless] = found.namespaces;
    expect(numberless && isThere(root, numberless)).toBe(true);
  });

  it('are found by their PID, with those of the same table', () => {
    const { proc } = world({ 1: 'host', 7: 'a', 8: null, 9: null });
    for (const pid of [8, 9]) showTable(pid);
    const { namespaces } = namespaceAsked(proc, '9', () => true);
    expect(namespaces.map(({ netns, pids }) => [netns.inode, pids])).toEqual([[null, [8, 9]]]);
  });
});

describe('the namespace that is asked for', () => {
  const world1 = () => world({ 1: 'host', 5: 'a', 80: 'b' }, { '/run/netns/80': 'a' });
  const one = (asked: string, canEnter: boolean) => {
    const { proc, inode } = world1();
    const [found, ...more] = namespaceAsked(proc, asked, () => canEnter).namespaces;
    return { more, netns: found?.netns, pids: found?.pids, inode };
  };

  it.each([true, false])('is that of a name before that of a PID; enterable: %s', (canEnter) => {
    const { netns, inode, more, pids } = one('80', canEnter);
    expect([netns, more]).toEqual([{ inode: inode('a'), name: '80', own: false }, []]);
    // Without a way in, a process in it is looked for.
    expect(pids).toEqual(canEnter ? [] : [5]);
  });

  it.each([true, false])('is that of a process, with its name; enterable: %s', (canEnter) => {
    const { netns, inode } = one('5', canEnter);
    expect(netns).toEqual({ inode: inode('a'), name: '80', own: false });
  });

  it.each(['5', '80'])('is found without a look at every process: %s', (asked) => {
    const { proc, inode } = world1();
    const processIds = () => expect.fail('all processes were listed');
    const { namespaces } = namespaceAsked({ ...proc, processIds }, asked, () => true);
    expect(namespaces.map(({ netns }) => netns.inode)).toEqual([inode('a')]);
  });

  it.runIf(process.platform === 'linux').each(['own', '(own)'])(
    'may be the own one: %s',
    (asked) => {
      const [found, ...more] = namespaceAsked(openProc(null), asked, () => false).namespaces;
      expect([found?.netns.own, found?.isBase, more]).toEqual([true, true, []]);
    },
  );

  it.runIf(process.platform === 'linux')('may be that of a path', () => {
    const path = '/proc/self/ns/net';
    const { namespaces } = namespaceAsked(openProc(null), path, () => true);
    expect(namespaces).toMatchObject([{ netns: { inode: statSync(path).ino }, files: [path] }]);
  });

  it.runIf(process.platform === 'linux').each([
    ['/proc/self/ns/mnt', 'a namespace of type mnt'],
    ['/proc/self/stat', 'not a namespace file'],
    ['/proc/self/nowhere', 'there is no such file'],
    ['/proc/self/stat/net', 'there is no such file'],
    ['/a\0b', 'not a path'],
  ])('is no other path: %j', (path, why) => {
    expect(() => namespaceAsked(openProc(null), path, () => true)).toThrow(`: ${why}; such files`);
  });

  const noName = 'there is no network namespace with that name';
  const neither = 'there is neither a network namespace with that name nor a process with that ID';
  it.each([
    ['nix', noName],
    ['81', neither],
    // No PID is that large.
    ['99999999999', noName],
  ])('that is not there is a mistake: %s', (asked, what) => {
    const { proc, inode } = world1();
    expect(() => namespaceAsked(proc, asked, () => true)).toThrow(
      `--netns ${asked}: ${what}; there are ${inode('host')}, 80, ${inode('b')}`,
    );
  });
});

describe('mounted namespaces', () => {
  it.each<[string, string, readonly [string, number][]]>([
    ['nothing', '', []],
    [
      'of the network alone',
      '1 2 0:4 mnt:[4] /a rw - nsfs nsfs rw\n1 2 0:4 net:[5] /b rw shared:1 master:2 - nsfs nsfs rw\n',
      [['/b', 5]],
    ],
    [
      'over each other',
      '1 2 0:4 net:[5] /b rw - nsfs nsfs rw\n2 3 0:4 net:[6] /b rw - nsfs nsfs rw\n',
      [['/b', 6]],
    ],
    ['of no other file system', '1 2 0:4 net:[5] /b rw - tmpfs nsfs rw\n', []],
    ['escapes', '1 2 0:4 net:[5] /a\\011b\\134c rw - nsfs nsfs rw\n', [['/a\tb\\c', 5]]],
    ['a line that is cut', '1 2 0:4 net:[5]\n1 nsfs ', []],
  ])('%s', (_, text, expected) => {
    expect([...mountedIn(mountsIn(text))]).toEqual(expected);
  });
});
