import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namingHost } from '../../src/resolve/naming-host.ts';
import { parsePasswd, userNames, userNumbers } from '../../src/resolve/users.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { machineWith } from './naming-files.ts';

describe('parsePasswd', () => {
  it.each([
    ['a user', 'root:x:0:0:root:/root:/bin/sh', [{ name: 'root', uid: 0 }]],
    ['the highest number', 'a:x:4294967295:0:::', [{ name: 'a', uid: 4_294_967_295 }]],
    ['blanks before, and in the name', '  sp ace:x:2:0:::', [{ name: 'sp ace', uid: 2 }]],
    ['no shell', 'trail:x:8:8:', [{ name: 'trail', uid: 8 }]],
    ['no password', 'open::9:9:::', [{ name: 'open', uid: 9 }]],
    ['a number too high', 'a:x:4294967296:0:::', []],
    ['a comment', '#a:x:1:0:::', []],
    ['a NIS inclusion', '+nis:x:1:0:::\n-nis:x:1:0:::\n+:x:1:0:::', []],
    ['too few fields', 'short:x:5', []],
    ['no group', 'a:x:6::::', []],
    ['a group that is no number', 'a:x:6:users:::', []],
    ['hexadecimal', 'a:x:0x9:9:::', []],
    ['no number', 'a:x::9:::', []],
    ['no name', ':x:12:12:::', []],
  ])('%s', (_, text, entries) => {
    expect(parsePasswd(text)).toEqual(entries);
  });

  it('never throws, and a name is not empty and has no colon', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab:19#+\n ') }), (text) => {
        for (const { name } of parsePasswd(text)) {
          expect(name).toMatch(/^[^:]+$/);
        }
      }),
    );
  });
});

const passwd = 'root:x:0:0::/:\ntoor:x:0:0::/:\nweb:x:33:33::/:\n';
const files = { '/etc/passwd': passwd, '/etc/nsswitch.conf': 'passwd: files systemd\n' };
const time = 1000;
const late = new Error('killed');
const missing = Object.assign(new Error('spawn getent ENOENT'), { code: 'ENOENT' });
const forbidden = Object.assign(new Error('spawn getent EACCES'), { code: 'EACCES' });

/** How a machine runs commands that all give this answer. */
function answering(answer: string | Error) {
  const runSync = () => {
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { run: async () => runSync(), runSync };
}

describe('userNames', () => {
  it('finds the first entry of each in the file, and runs nothing then', async () => {
    const { host, seen } = machineWith(files);
    expect([...(await userNames([33, 0, 33], time, host))]).toEqual([
      [33, 'web'],
      [0, 'root'],
    ]);
    expect(seen).toEqual(['/etc/passwd']);
  });

  it('asks getent once for all that the file lacks', async () => {
    const calls: unknown[] = [];
    const { host } = machineWith(files, {
      async run(...call) {
        calls.push(call);
        return 'ldap1:*:5001:100::/:\nldap3:*:5003:100::/:\n';
      },
    });
    expect([...(await userNames([5001, 0, 5002, 5003, 5001], time, host))]).toEqual([
      [5001, 'ldap1'],
      [0, 'root'],
      [5003, 'ldap3'],
    ]);
    expect(calls).toEqual([['getent', ['passwd', '5001', '5002', '5003'], time]]);
  });

  it.each([
    [
      'nobody else knows users',
      { ...files, '/etc/nsswitch.conf': 'passwd: files\n' },
      time,
      'linux',
    ],
    ['there is no time', files, 0, 'linux'],
    ['there are no uids', files, time, 'win32'],
  ])('runs nothing where %s', async (_, present, timeoutMs, platform) => {
    const { host, seen } = machineWith(present, { platform });
    expect((await userNames([5001], timeoutMs, host)).size).toBe(0);
    expect(seen).not.toContain('getent passwd 5001');
  });

  it('asks getent if nothing shows who else knows users', async () => {
    const { host, seen } = machineWith({});
    expect((await userNames([5001], time, host)).size).toBe(0);
    expect(seen).toContain('getent passwd 5001');
  });

  it.each([
    ['knows them', 'ldap1:*:5001:100::/:\n', [[5001, 'ldap1']], []],
    ['knows none', '', [], []],
    ['takes too long', late, [], [[5001]]],
    ['is missing', missing, [], []],
    ['may not be run', forbidden, [], []],
  ])('tells what got no answer: getent %s', async (_, answer, found, givenUp) => {
    const { host } = machineWith(files, answering(answer));
    const given: (readonly number[])[] = [];
    const names = await userNames([0, 5001], time, host, (uids) => given.push(uids));
    expect([...names]).toEqual([[0, 'root'], ...found]);
    expect(given).toEqual(givenUp);
  });
});

describe('userNumbers', () => {
  it.each([
    ['in the file', 'web', 33],
    ['the second name of a number', 'toor', 0],
    ['from getent', 'ldap1', 5001],
  ])('%s', async (_, name, uid) => {
    const { host } = machineWith(files, { runSync: () => 'ldap1:*:5001:100::/:\n' });
    expect(userNumbers(time, host)(name)).toBe(uid);
  });

  it.each([
    ['knows nobody of that name', '', time, undefined],
    [
      'takes too long',
      late,
      time,
      'about which getent gave no answer within 1 s (--resolve-timeout)',
    ],
    ['is missing', missing, time, 'which is not in the passwd file, and there is no getent to ask'],
    ['must not be asked', '', 0, 'which is not in the passwd file, and nobody may be asked'],
  ])('tells no such user from one that is not known: getent %s', (_, answer, timeoutMs, reason) => {
    const { host } = machineWith(files, answering(answer));
    expect(userNumbers(timeoutMs, host)('corpuser')).toEqual(reason && { reason });
  });

  it('asks no getent where nobody else knows users', () => {
    const { host, seen } = machineWith({ ...files, '/etc/nsswitch.conf': 'passwd: files\n' });
    expect(userNumbers(time, host)('corpuser')).toBeUndefined();
    expect(seen).not.toContain('getent passwd corpuser');
  });

  it('takes the first entry of a name', () => {
    const { host } = machineWith({ ...files, '/etc/passwd': `${passwd}web:x:1033:33::/:\n` });
    expect(userNumbers(time, host)('web')).toBe(33);
  });

  it.each(['-h', '5001', ''])('never hands getent %j', async (name) => {
    const { host, seen } = machineWith(files);
    expect(userNumbers(time, host)(name)).toBeUndefined();
    expect(seen).toEqual(['/etc/passwd']);
  });

  it('reads the file once, whatever the number of questions', () => {
    const { host, seen } = machineWith(files);
    const uidOf = userNumbers(time, host);
    expect(['web', 'root', 'toor', 'web'].map(uidOf)).toEqual([33, 0, 0, 33]);
    expect(seen).toEqual(['/etc/passwd']);
  });

  it('knows none on Windows', async () => {
    const { host, seen } = machineWith(files, { platform: 'win32' });
    expect(userNumbers(time, host)('web')).toBeUndefined();
    expect(seen).toEqual([]);
  });
});

const withoutGetent = reasonToSkip({ platforms: ['linux'], programs: ['getent'] });
describe.skipIf(withoutGetent !== null)(`the real getent (${withoutGetent ?? 'is here'})`, () => {
  const host = namingHost({ platform: 'linux', env: {}, etcRoot: '/nowhere' });

  it('names the users that it knows beside one that it does not', async () => {
    const names = await userNames([0, 4_000_000_001], 20_000, host);
    expect([...names]).toEqual([[0, 'root']]);
    expect(userNumbers(20_000, host)('root')).toBe(0);
    expect(userNumbers(20_000, host)('no-such-user-here')).toBeUndefined();
  });

  it('comes from the system, whatever PATH contains', async () => {
    const folder = temporaryFolder('tsnetstat-getent-');
    writeFileSync(join(folder, 'getent'), '#!/bin/sh\necho eve:x:0:0::/:\n');
    chmodSync(join(folder, 'getent'), 0o755);
    const env = { PATH: folder };
    const misled = namingHost({ platform: 'linux', env, etcRoot: '/nowhere' });
    expect([...(await userNames([0], 20_000, misled))]).toEqual([[0, 'root']]);
    expect(userNumbers(20_000, misled)('eve')).toBeUndefined();
  });

  it('is ended when its time is over, and a missing command is an error', async () => {
    await expect(host.run('sleep', ['60'], 50)).rejects.toThrow();
    await expect(host.run('no-such-command-here', [], 1000)).rejects.toThrow('ENOENT');
    expect(() => host.runSync('sleep', ['60'], 50)).toThrow('ETIMEDOUT');
    expect(() => host.runSync('no-such-command-here', [], 1000)).toThrow('ENOENT');
    const killed = ['sh', ['-c', 'kill -9 $$'], 20_000] as const;
    await expect(host.run(...killed)).rejects.toThrow();
    expect(() => host.runSync(...killed)).toThrow('SIGKILL');
  });
});
