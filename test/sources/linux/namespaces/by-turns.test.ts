import {
  fstatSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stale } from '../../../../src/sources/linux/errno-name.ts';
import { insideByTurns } from '../../../../src/sources/linux/namespaces/by-turns.ts';
import type { Door } from '../../../../src/sources/linux/namespaces/door.ts';
import type { Inside } from '../../../../src/sources/linux/namespaces/inside.ts';

/** EPERM, EMFILE of <errno.h>, negated. */
const [notPermitted, tooMany] = [-1, -24];

let folder: string;
let [home, web, mail]: Door[] = [];
/** What was called, with the name of the door that was entered. */
let calls: string[];
/** The doors that the kernel does not let anybody enter. */
let closed: Set<string>;

/** Plain files stand for namespaces. */
function door(name: string): Door {
  const file = join(folder, name);
  writeFileSync(file, '');
  return { file, inode: statSync(file).ino };
}

function nameOf(descriptor: number): string {
  const { ino } = fstatSync(descriptor);
  return { [home?.inode ?? 0]: 'home', [web?.inode ?? 0]: 'web', [mail?.inode ?? 0]: 'mail' }[
    ino
  ] as string;
}

const libc = {
  enterNetwork(descriptor: number) {
    const name = nameOf(descriptor);
    calls.push(name);
    return closed.has(name) ? notPermitted : 0;
  },
  openSockDiag: (timeout: number) => noted(`sock_diag ${timeout}`, 7),
  openDestroyed: (groups: number, room: number) => noted(`destroyed ${groups} ${room}`, 8),
  openFile: (path: string) => noted(`open ${path}`, 9),
};

function noted(what: string, answer: number): number {
  calls.push(what);
  return answer;
}

/** The files of the folder that this process has open. */
function openDoors(): readonly string[] {
  return readdirSync('/proc/self/fd')
    .map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        // It was that of the list itself.
        return '';
      }
    })
    .filter((file) => file.startsWith(folder))
    .sort();
}

const noThread = async () => null;

function begun(start: () => Promise<Inside | null> = noThread): Inside {
  const inside = insideByTurns(libc, start, home);
  expect(calls.splice(0)).toEqual(['home']);
  return inside as Inside;
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'by-turns-'));
  [home, web, mail] = ['home', 'web', 'mail'].map(door);
  calls = [];
  closed = new Set();
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.skipIf(process.platform !== 'linux')('entering network namespaces by turns', () => {
  it('returns from each before anything else is done', () => {
    const inside = begun();
    expect(inside.enter(web as Door)).toBe(0);
    expect(inside.openSockDiag(web as Door, 5)).toBe(7);
    expect(inside.openFile(mail as Door, 'net/tcp')).toBe(9);
    expect(inside.openFile(mail as Door, 'sys/net/ipv4/tcp_mem')).toBe(9);
    expect(inside.openDestroyed(web as Door, 3, 100)).toBe(8);
    expect(calls).toEqual([
      ...['web', 'home', 'web', 'sock_diag 5', 'home'],
      ...['mail', 'open /proc/thread-self/net/tcp', 'home'],
      ...['mail', 'open /proc/sys/net/ipv4/tcp_mem', 'home'],
      ...['web', 'destroyed 3 100', 'home'],
    ]);
    inside.end();
  });

  it('returns too if something could not be opened', () => {
    const failing = { ...libc, openSockDiag: () => tooMany, openFile: () => tooMany };
    const inside = insideByTurns(failing, noThread, home) as Inside;
    expect(inside.openSockDiag(web as Door, 5)).toBe(tooMany);
    expect(() => inside.openFile(web as Door, 'net/tcp')).toThrow(
      expect.objectContaining({ code: 'EMFILE' }),
    );
    expect(calls).toEqual(['home', 'web', 'home', 'web', 'home']);
    inside.end();
  });

  it('is not begun if the kernel would not let it return', () => {
    closed.add('home');
    expect(insideByTurns(libc, noThread, home)).toBeNull();
    expect(insideByTurns(libc, noThread, null)).toBeNull();
    expect(insideByTurns(libc, noThread, { file: join(folder, 'none'), inode: 1 })).toBeNull();
  });

  it('answers nothing any more if it could not return after all', () => {
    const inside = begun();
    closed.add('home');
    expect(() => inside.openSockDiag(web as Door, 5)).toThrow('return to its network namespace');
    closed.clear();
    expect(() => inside.enter(mail as Door)).toThrow('return to its network namespace');
    expect(() => inside.end()).toThrow('return to its network namespace');
    expect(calls).toEqual(['web', 'sock_diag 5', 'home']);
  });

  it('enters nothing that its door no longer leads to, or that is closed', () => {
    const inside = begun();
    expect(inside.enter({ ...(web as Door), inode: 1 })).toBe(stale);
    expect(inside.enter({ file: join(folder, 'none'), inode: 1 })).toBe(-2);
    expect(calls).toEqual([]);
    closed.add('web');
    expect(inside.openSockDiag(web as Door, 5)).toBe(notPermitted);
    expect(calls).toEqual(['web']);
    inside.end();
  });

  it('keeps no door open when it ends', () => {
    const inside = begun();
    for (const one of [web, mail, web]) inside.enter(one as Door);
    expect(openDoors()).toEqual([home?.file, web?.file]);
    inside.enter({ ...(mail as Door), inode: 1 });
    expect(openDoors()).toEqual([home?.file]);
    inside.enter(mail as Door);
    inside.end();
    expect(openDoors()).toEqual([]);
  });

  it('starts a thread for programs alone, and only one', async () => {
    let [starts, ends] = [0, 0];
    const thread = {
      run: async ({ file }: Door, command: readonly string[]) =>
        Buffer.from(`${file} ${command.join(' ')}`),
      end: () => ends++,
    } as unknown as Inside;
    const inside = begun(async () => {
      starts++;
      return thread;
    });
    for (const program of ['nft', 'ip']) {
      const output = await inside.run(web as Door, [program, 'list'], 1000);
      expect(output?.toString()).toBe(`${web?.file} ${program} list`);
    }
    inside.end();
    await Promise.resolve();
    expect([starts, ends, calls]).toEqual([1, 1, []]);
    const without = begun();
    expect(await without.run(web as Door, ['nft'], 1000)).toBeNull();
    without.end();
  });
});
