import { openSync } from 'node:fs';
import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { Netns } from '../../../../src/model/machine/netns.ts';
import { keptDevice } from '../../../../src/model/socket/device.ts';
import { keptCookie } from '../../../../src/model/socket/identity.ts';
import { type FindPlaces, linuxClosings } from '../../../../src/sources/linux/closings/closings.ts';
import {
  type ListenPlace,
  ownPlace,
} from '../../../../src/sources/linux/closings/listened-places.ts';
import {
  type Listening,
  startListening,
} from '../../../../src/sources/linux/closings/listening.ts';
import type { Libc } from '../../../../src/sources/linux/libc.ts';
import type { Closings } from '../../../../src/sources/source.ts';
import { inet } from '../../../support/builders.ts';
import { warningSink } from '../../../support/source-answers.ts';
import { attributeBytes, inetBody, message } from '../netlink/support.ts';
import { isOpen } from './descriptors.ts';

const { EAGAIN, ENOBUFS, EPERM } = constants.errno;
const query = { protocols: ['tcp', 'udp', 'unix'], families: ['inet', 'inet6'] } as const;

function notice(cookie: number, more: { readonly device?: number } = {}): Buffer {
  const ends = { local: [[192, 0, 2, 1], 443], remote: [[198, 51, 100, 7], 40000] } as const;
  const attributes = [attributeBytes(10, Buffer.of(6))];
  return message(20, inetBody({ state: 7, ...ends, cookie: BigInt(cookie), attributes, ...more }));
}

/** A thread would listen to the kernel itself. */
const withoutThread = (libc: Libc) => startListening(libc, 'no-such-worker');

/** A libc that gives what is put into `queue`, by descriptor; the descriptors are real ones, to be closed. */
function fakeLibc() {
  const queue = new Map<number, (Buffer | number)[]>();
  const opened: { readonly fd: number; readonly groups: number; readonly room: number }[] = [];
  const open = (groups: number, room: number) => {
    const fd = openSync('/dev/null', 'r+');
    opened.push({ fd, groups, room });
    queue.set(fd, []);
    return fd;
  };
  const libc: Libc = {
    openSockDiag: () => -EPERM,
    enterNetwork: () => -EPERM,
    deviceName: () => null,
    openDestroyed: open,
    openFile: () => -EPERM,
    waitForAny: () => 0,
    readAhead: () => null,
    receive(descriptor, bytes) {
      const next = queue.get(descriptor)?.shift() ?? -EAGAIN;
      if (typeof next === 'number') return next;
      bytes.set(next);
      return next.length;
    },
  };
  return { libc, queue, opened, open };
}

const find =
  (...places: ListenPlace[]): FindPlaces =>
  async () => ({ places, end: () => {} });

async function taken(closings: Closings) {
  await closings.ready();
  return closings.take();
}

describe('what the kernel reports of closed sockets', () => {
  it('is received for the protocols and families that are asked for', async () => {
    const { libc, opened, queue } = fakeLibc();
    const sink = warningSink();
    const closings = await linuxClosings(query, find(ownPlace(null)), sink, libc, withoutThread);
    expect(opened).toMatchObject([{ groups: 0xf, room: 8 * 1024 * 1024 }]);
    const fd = opened[0]?.fd ?? -1;
    queue.get(fd)?.push(notice(5), Buffer.from('no message'), -ENOBUFS, notice(6));
    const { closings: some, overruns } = await taken(closings as Closings);
    expect(some.map(({ socket }) => keptCookie(socket))).toEqual([5, 6]);
    expect(some[0]?.socket.netns).toBeUndefined();
    expect(overruns).toBe(1);
    expect((closings as Closings).take()).toEqual({ closings: [], overruns: 0 });
    expect(sink.warnings).toEqual([]);
    queue.get(fd)?.push(notice(7));
    await closings?.finish();
    expect(closings?.take().closings.map(({ socket }) => keptCookie(socket))).toEqual([7]);
    closings?.close();
    expect(isOpen(fd)).toBe(false);
  });

  it('names interfaces as the place does in which it is received', async () => {
    const { libc, opened, queue, open } = fakeLibc();
    const names = new Map<number, string>();
    const naming = { ...libc, deviceName: (fd: number) => names.get(fd) ?? null };
    const netns: Netns = { inode: 7, name: 'web', own: false };
    const other: ListenPlace = { key: '7', netns, open: (_, groups, room) => open(groups, room) };
    const places = find(ownPlace({ inode: 1, name: null, own: true }), other);
    const closings = await linuxClosings(query, places, warningSink(), naming, withoutThread);
    for (const [at, { fd }] of opened.entries()) {
      queue.get(fd)?.push(notice(at, { device: 3 }));
      if (at === 0) names.set(fd, 'eth0');
    }
    const { closings: some } = await taken(closings as Closings);
    const received = some.map(({ socket }) => [socket.netns?.inode, keptDevice(socket)?.name]);
    // The number, where the name is not known.
    expect(new Map(received as [number, string][])).toEqual(
      new Map([
        [1, 'eth0'],
        [7, '3'],
      ]),
    );
    closings?.close();
  });

  it('is reported of TCP and UDP only', async () => {
    const { libc } = fakeLibc();
    const closings = await linuxClosings(
      query,
      find(ownPlace(null)),
      warningSink(),
      libc,
      withoutThread,
    );
    const tells = (protocol: 'tcp' | 'udp' | 'raw') =>
      closings?.reportsClose(inet('192.0.2.1:1', '0.0.0.0', { protocol }));
    expect([tells('tcp'), tells('udp'), tells('raw')]).toEqual([true, true, false]);
    closings?.close();
  });

  it('is given up where it can no longer be read: rounds take over there', async () => {
    const { libc, opened, queue, open } = fakeLibc();
    const netns: Netns = { inode: 7, name: 'web', own: false };
    const own: Netns = { inode: 1, name: null, own: true };
    const web: ListenPlace = { key: '7', netns, open: (_, groups, room) => open(groups, room) };
    const notes: string[] = [];
    const sink = { ...warningSink(), note: (text: string) => notes.push(text) };
    const places = find(ownPlace(own), web);
    const asked = { ...query, netns: true };
    const closings = (await linuxClosings(asked, places, sink, libc, withoutThread)) as Closings;
    notes.length = 0;
    const [ownFd, webFd] = opened.map(({ fd }) => fd) as [number, number];
    queue.get(ownFd)?.push(notice(5), -EPERM, notice(6));
    queue.get(webFd)?.push(notice(7));
    const { closings: some } = await taken(closings);
    expect(some.map(({ socket }) => keptCookie(socket))).toEqual([5, 7]);
    const tells = (where: Netns) =>
      closings.reportsClose({ ...inet('192.0.2.1:1', '0.0.0.0'), netns: where });
    expect([tells(own), tells(netns)]).toEqual([false, true]);
    expect(notes).toEqual([
      expect.stringMatching(
        /round to round.*: the kernel's reports can no longer be read \(EPERM\)$/,
      ),
    ]);
    await closings.renew();
    expect([opened.length, isOpen(ownFd), isOpen(webFd)]).toEqual([2, false, true]);
    closings.close();
  });

  it('a namespace is listened to while it is there, and its socket closed then', async () => {
    const { libc, opened, queue, open } = fakeLibc();
    const netns: Netns = { inode: 7, name: 'web', own: false };
    const own: Netns = { inode: 1, name: null, own: true };
    const web: ListenPlace = { key: '7', netns, open: (_, groups, room) => open(groups, room) };
    const locked: ListenPlace = { key: '8', netns, open: () => -EPERM };
    let places = [ownPlace(own), locked];
    const closings = (await linuxClosings(
      { ...query, netns: true },
      async () => ({ places, end: () => {} }),
      warningSink(),
      libc,
      withoutThread,
    )) as Closings;
    const there = inet('192.0.2.1:443', '0.0.0.0', { netns });
    expect(closings.reportsClose(there)).toBe(false);
    places = [ownPlace(own), web];
    await closings.renew();
    expect(closings.reportsClose(there)).toBe(true);
    expect(closings.reportsClose(inet('192.0.2.1:443', '0.0.0.0', { netns: own }))).toBe(true);
    const [first, second] = opened.map(({ fd }) => fd) as [number, number];
    queue.get(first)?.push(notice(1));
    queue.get(second)?.push(notice(2));
    const { closings: some } = await taken(closings);
    expect(some.map(({ socket }) => socket.netns?.name ?? '(own)')).toEqual(['(own)', 'web']);
    places = [ownPlace(own)];
    await closings.renew();
    expect([isOpen(first), isOpen(second), closings.reportsClose(there)]).toEqual([
      true,
      false,
      false,
    ]);
    closings.close();
  });

  it.each<[string, Partial<Parameters<typeof linuxClosings>[0]>, Libc | null, FindPlaces, RegExp]>([
    ['the native part is missing', {}, null, find(ownPlace(null)), /native part cannot be loaded/],
    [
      'only others are asked for',
      { protocols: ['unix', 'raw'] },
      fakeLibc().libc,
      find(ownPlace(null)),
      /only TCP and UDP sockets/,
    ],
    [
      'the kernel refuses',
      {},
      fakeLibc().libc,
      find({ key: 'own', netns: null, open: () => -EPERM }),
      /does not report destroyed sockets here \(EPERM\)/,
    ],
  ])('is not received if %s, and a note gives the reason', async (_, asked, libc, places, why) => {
    const notes: string[] = [];
    const sink = { ...warningSink(), note: (text: string) => notes.push(text) };
    expect(
      await linuxClosings({ ...query, ...asked }, places, sink, libc, withoutThread),
    ).toBeNull();
    expect(notes.at(-1)).toMatch(why);
    expect(notes.at(-1)).toContain('those that live only between two rounds may be missed');
  });
});

describe('what listens', () => {
  /** A thread that has received these. */
  function threadWith(
    received: readonly (readonly [number, number, Buffer | null])[],
    isThread = true,
  ) {
    const log = { closed: 0, added: [] as number[], removed: [] as number[] };
    const listening: Listening = {
      add: ({ number }) => log.added.push(number),
      remove: (number) => log.removed.push(number),
      ready: async () => {},
      take: (each) => {
        for (const one of received) each(...one);
      },
      isThread,
      finish: async () => {},
      close: () => log.closed++,
    };
    return { start: async () => listening, log };
  }
  const web: Netns = { inode: 7, name: 'web', own: false };
  const place = (key: string, netns: Netns | null = null): ListenPlace => ({
    ...{ key, netns, open: (libc, groups, room) => libc.openDestroyed(groups, room) },
  });

  it('may have heard of a namespace that is gone by now: that is passed over', async () => {
    const { start, log } = threadWith([
      [0, 10, notice(1)],
      [1, 20, notice(2)],
      [1, 30, null],
    ]);
    let places = [place('own', { inode: 1, name: null, own: true }), place('7', web)];
    const find = async () => ({ places, end: () => {} });
    const closings = await linuxClosings(query, find, warningSink(), fakeLibc().libc, start);
    const of = () => closings?.take().closings.map(({ at, socket }) => [at, socket.netns?.name]);
    expect(of()).toEqual([
      [10, null],
      [20, 'web'],
    ]);
    places = places.slice(0, 1);
    await closings?.renew();
    expect(of()).toEqual([[10, null]]);
    expect(closings?.take().overruns).toBe(1);
    expect(log).toEqual({ closed: 0, added: [0, 1], removed: [1] });
  });

  it('shows the name that a namespace has by now', async () => {
    const { start, log } = threadWith([[0, 1, notice(1)]]);
    let netns = { ...web, name: null as string | null };
    const find = async () => ({ places: [place('7', netns)], end: () => {} });
    const closings = await linuxClosings(query, find, warningSink(), fakeLibc().libc, start);
    netns = { ...web, name: 'db' };
    await closings?.renew();
    expect(closings?.take().closings.map(({ socket }) => socket.netns?.name)).toEqual(['db']);
    expect(log.added).toEqual([0]);
  });

  it('ends what finds the places, and itself if that fails or no place can be opened', async () => {
    let ended = 0;
    const end = () => void ended++;
    const refused: ListenPlace = { key: 'own', netns: null, open: () => -EPERM };
    const broken: ListenPlace = {
      ...{ key: 'own', netns: null },
      open: () => {
        throw new Error('broken');
      },
    };
    const closed: number[] = [];
    const outcomes: unknown[] = [];
    for (const one of [place('own'), refused, broken]) {
      const { start, log } = threadWith([]);
      const find = async () => ({ places: [one], end });
      const made = linuxClosings(query, find, warningSink(), fakeLibc().libc, start);
      outcomes.push(await made.then((closings) => closings !== null, String));
      closed.push(log.closed);
    }
    expect([ended, closed, outcomes]).toEqual([3, [0, 1, 1], [true, false, 'Error: broken']]);
  });

  it.each([
    [true, []],
    [false, [expect.stringContaining('closes are checked for every 20 ms')]],
  ])('notes how closes are looked for if it is no thread: %s', async (isThread, expected) => {
    const notes: string[] = [];
    const sink = { ...warningSink(), note: (text: string) => notes.push(text) };
    const { start } = threadWith([], isThread);
    await linuxClosings(query, find(place('own')), sink, fakeLibc().libc, start);
    expect(notes).toEqual(expected);
  });
});
