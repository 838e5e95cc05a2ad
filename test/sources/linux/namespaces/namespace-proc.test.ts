import { fstatSync, openSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stale } from '../../../../src/sources/linux/errno-name.ts';
import type { Namespace } from '../../../../src/sources/linux/namespaces/find-namespaces.ts';
import type { Inside } from '../../../../src/sources/linux/namespaces/inside.ts';
import {
  idleSocket,
  type NotEntered,
  namespaceProc,
} from '../../../../src/sources/linux/namespaces/namespace-proc.ts';
import { liveProc } from '../../../../src/sources/linux/proc/live-proc.ts';
import type { Proc } from '../../../../src/sources/linux/proc/proc.ts';
import { withFile } from '../support/temporary-file.ts';

const isLinux = process.platform === 'linux';
const base = { ...liveProc('/proc'), sockDiag: () => null };
const own = isLinux ? statSync('/proc/self/ns/net').ino : 0;
const key = isLinux ? statSync('/proc/self/net/dev').ino : 0;

/** The namespace of these tests, as if it were another. */
function namespace(changes: Partial<Namespace> = {}): Namespace {
  const netns = { inode: own, name: null, own: false };
  return { netns, isBase: false, key: null, pids: [process.pid], files: [], ...changes };
}

/** The number is hidden from this user. */
const unnumbered = { inode: null, name: null, own: false };

/** [EPERM, ENOENT], negated. */
const [notPermitted, noEntry] = [-1, -2];

function insideThat(answers: Partial<Inside>): Inside {
  return {
    enter: () => 0,
    openSockDiag: () => notPermitted,
    openDestroyed: () => notPermitted,
    openFile: (_, path) => openSync(`/proc/self/${path}`, 'r'),
    run: async () => null,
    isLost: false,
    end: () => {},
    ...answers,
  };
}

function opened(
  of: Namespace,
  inside: Inside | null,
  from: Proc = base,
  outside: NotEntered = 'rights',
) {
  const ways = { inside: inside ?? outside, unanswered: new Set<string>(), idle: idleSocket() };
  return { ...namespaceProc(from, of, ways), ways };
}

function procOf(made: ReturnType<typeof opened>): Proc {
  if ('refusal' in made) throw new Error(made.refusal);
  return made.proc;
}

describe.skipIf(!isLinux)('the /proc of another network namespace', () => {
  it('is read by the thread that entered it, and by a process in it once that thread died', () => {
    let asked = 0;
    const inside = {
      ...insideThat({
        openFile(_, path) {
          asked++;
          return openSync(`/proc/self/${path}`, 'r');
        },
      }),
      isLost: false,
    };
    const proc = procOf(opened(namespace(), inside));
    expect(proc.readFile('net/dev').toString()).toMatch(/^Inter-/);
    expect([asked, proc.isOwn, proc.sockDiag?.('net/tcp', false)]).toEqual([
      ...[1, false, expect.any(Function)],
    ]);
    inside.isLost = true;
    expect(proc.readFile('net/dev', 6).toString()).toBe('Inter-');
    expect([asked, proc.sockDiag?.('net/tcp', true)]).toEqual([1, null]);
    const table = proc.openTable('net/udp');
    expect(table.read(Buffer.alloc(65536), 0)).toBeGreaterThan(0);
    table.close();
  });

  it('is read by a process in it where it may not be entered', () => {
    const inside = insideThat({ enter: () => notPermitted });
    const proc = procOf(opened(namespace({ files: ['/run/netns/x'] }), inside));
    expect(proc.readFile('net/dev').toString()).toMatch(/^Inter-/);
    expect([proc.sockDiag, proc.hasNet()]).toEqual([undefined, true]);
  });

  it('is entered by the next file where one leads there no more', () => {
    const inside = insideThat({
      enter: ({ file }) => (file === '/run/netns/gone' ? noEntry : 0),
    });
    const made = opened(namespace({ files: ['/run/netns/gone', '/run/netns/x'] }), inside);
    expect('door' in made && made.door).toEqual({ file: '/run/netns/x', inode: own });
  });

  it.each<[string, Namespace, Inside | null, RegExp]>([
    [
      'nobody lives in, and may not be entered',
      namespace({ pids: [], files: ['/run/netns/x'] }),
      insideThat({ enter: () => notPermitted }),
      /^it cannot be entered \(EPERM\)$/,
    ],
    ['nobody lives in, without a thread', namespace({ pids: [] }), null, /CAP_SYS_ADMIN/],
    ['whose process lives elsewhere by now', namespace({ key: key + 1 }), null, /no process/],
    [
      'that has ended',
      namespace({ pids: [], files: ['/run/netns/x'] }),
      insideThat({ enter: () => noEntry }),
      /^it has ended$/,
    ],
    [
      'whose file may not be examined',
      namespace({ netns: unnumbered, pids: [], files: ['/run/netns/x'] }),
      insideThat({}),
      /^what its file leads to may not be examined$/,
    ],
    [
      'whose last process has ended, without a number',
      namespace({ netns: unnumbered, key: key + 1 }),
      insideThat({}),
      /^it has ended$/,
    ],
  ])('of one %s is refused', (_, of, inside, reason) => {
    const made = opened(of, inside);
    expect('refusal' in made && made.refusal).toMatch(reason);
  });

  it.each([
    [noEntry, true],
    [stale, true],
    [notPermitted, false],
  ])('that has ended is not one that may not be entered: %i', (answer, hasEnded) => {
    const of = namespace({ pids: [], files: ['/run/netns/x'] });
    expect(opened(of, insideThat({ enter: () => answer }))).toMatchObject({ hasEnded });
  });

  it.each<[NotEntered, RegExp]>([
    ['rights', /: that requires root \(CAP_SYS_ADMIN\)$/],
    ['native', /: koffi's native part, .* could not be loaded$/],
    ['thread', /: the thread for that could not be started$/],
    ['elsewhere', /: with --proc-root only files are read$/],
  ])('is refused with the reason why none is entered: %s', (outside, reason) => {
    const made = opened(namespace({ pids: [] }), null, base, outside);
    expect('refusal' in made && made.refusal).toMatch(reason);
    expect(procOf(opened(namespace(), null, base, outside)).whyUnavailable).toMatch(reason);
  });

  it('says why netlink is not asked in it', () => {
    const entered = insideThat({});
    const barred = insideThat({ enter: () => notPermitted });
    const files = { ...base, sockDiag: undefined };
    expect(procOf(opened(namespace(), entered, files)).whyUnavailable).toMatch(/--source proc/);
    expect(procOf(opened(namespace(), barred)).whyUnavailable).toMatch(/\(EPERM\)$/);
    expect(procOf(opened(namespace(), entered)).whyUnavailable).toMatch(
      /does not answer sock_diag/,
    );
  });

  it('reads nothing by the number of a process that lives elsewhere', () => {
    const pids = [process.pid];
    const of = { ...namespace(), pids };
    const proc = procOf(opened(of, null));
    // The number was given to another process meanwhile.
    pids[0] = 2 ** 22 + 1;
    expect(() => proc.openTable('net/tcp')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(proc.hasNet()).toBe(false);
  });

  it('is read by the next process in it where the first has ended', () => {
    const proc = procOf(opened(namespace({ pids: [2 ** 22 + 1, process.pid] }), null));
    expect(proc.readFile('net/dev').toString()).toMatch(/^Inter-/);
  });

  it('reads no table of a process whose number is that of one elsewhere by now', () => {
    const netns = { inode: own, name: null, own: false };
    const proc = procOf(opened(namespace({ netns }), null));
    netns.inode = own + 1;
    expect(() => proc.openTable('net/tcp')).toThrow(expect.objectContaining({ code: 'ESRCH' }));
  });

  it.each([
    ['ENOENT', 2, noEntry, 1],
    ['ENOENT behind an empty list', 3, noEntry, 1],
    ['EPERM, which another table need not give', 2, notPermitted, 0],
    ['an empty list', 3, 0, 0],
    // What stands there is part of the socket.
    ['a socket', 20, noEntry, 0],
  ])('asks no further namespace for a table that the kernel answered with %s', async (...given) => {
    const [, type, error, refused] = given;
    // What is written stands before what is read.
    const request = Buffer.alloc(16);
    const message = Buffer.alloc(36);
    message.writeUInt32LE(36, 0);
    message.writeUInt16LE(type, 4);
    message.writeInt32LE(error, 16);
    await withFile(Buffer.concat([request, message]), (path) => {
      const inside = insideThat({ openSockDiag: () => openSync(path, 'r+') });
      const made = opened(namespace(), inside);
      const proc = procOf(made);
      const answer = proc.sockDiag?.('net/raw', false)?.(request, false);
      expect(answer?.read(Buffer.alloc(1024), 0)).toBe(36);
      answer?.close();
      made.ways.idle.drop();
      expect(made.ways.unanswered.size).toBe(refused);
      expect(proc.sockDiag?.('net/raw', true) === null).toBe(refused === 1);
    });
  });
});

describe('a socket that is kept', () => {
  const [one, other] = [
    { file: '/a', inode: 1 },
    { file: '/b', inode: 2 },
  ] as const;

  it('is given back for its own namespace alone, once, and closed where another comes', async () => {
    await withFile('', (path) => {
      const [first, second] = [openSync(path, 'r'), openSync(path, 'r')] as const;
      const idle = idleSocket();
      idle.keep(one, first);
      expect([idle.take(other), idle.take(one), idle.take(one)]).toEqual([null, first, null]);
      idle.keep(one, first);
      idle.keep(other, second);
      expect(() => fstatSync(first)).toThrow(expect.objectContaining({ code: 'EBADF' }));
      expect(idle.take(one)).toBeNull();
      idle.drop();
      idle.drop();
      expect(() => fstatSync(second)).toThrow(expect.objectContaining({ code: 'EBADF' }));
    });
  });
});
