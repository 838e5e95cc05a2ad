import { existsSync, rmSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { answering, fakeMachines, refused } from '../../support/fake-machines.ts';
import type { FakeReading } from '../../support/fake-source.ts';
import { documentErrors } from '../../views/text/support/schema.ts';
import { changes, savedAnswers, sockets, ssh, web } from '../support/saved-answers.ts';

const { at, file, rewrite, run } = savedAnswers();

describe('answers of several machines', () => {
  /** The same, of machines by their names; `null`: one that does not answer. */
  async function on(line: string, machines: Readonly<Record<string, FakeReading | null>>) {
    const names = Object.keys(machines);
    const readings = Object.fromEntries(
      Object.entries(machines).map(([name, one]) => [name, [one ?? { failure: refused(name) }]]),
    );
    return run(`--on ${names.join(',')} ${line}`, {}, {}, () =>
      fakeMachines(readings, { strict: line.includes('--strict') }),
    );
  }
  const copies = (...rows: readonly (typeof ssh)[]) => answering(...rows);

  beforeEach(async () => {
    expect((await on('-tl --save FILE', { a: copies(ssh), b: copies(ssh) })).code).toBe(0);
  });

  it('record which machines were asked', () => {
    expect(documentErrors(file())).toEqual([]);
    expect(file().asked).toMatchObject({ on: ['a', 'b'], host: null });
    expect(file().sockets.map(({ host }: { host: string }) => host)).toEqual(['a', 'b']);
  });

  it('are the same where each is', async () => {
    const same = await on('--diff FILE', { b: copies(ssh), a: copies(ssh) });
    expect(same).toEqual({ ...{ stdout: '', stderr: '', code: 0, error: null } });
  });

  it('differ by the machine, which stands before the row', async () => {
    const { stdout, code } = await on('--diff FILE', { a: copies(ssh, web), b: copies() });
    expect(code).toBe(1);
    expect(changes(stdout).map((row) => row.replace(/ +/g, ' ').slice(0, 40))).toEqual([
      expect.stringMatching(/^-b tcp 0 0 0\.0\.0\.0:22/),
      expect.stringMatching(/^\+a tcp 0 0 127\.0\.0\.1:80/),
    ]);
  });

  it('of which some are asked are compared with those alone', async () => {
    expect((await on('--diff FILE', { b: copies(ssh) })).code).toBe(0);
  });

  it('are not compared with machines of other names alone', async () => {
    const { code, error } = await on('--diff FILE', { 'root@a': copies(ssh) });
    expect(code).toBe(2);
    expect(error).toMatch(
      /: it is from other machines: nothing would be compared; name them as it does: --on a,b$/,
    );
  });

  it('are not compared where a machine does not answer that did', async () => {
    const { code, error } = await on('--diff FILE', { a: copies(ssh), b: null });
    expect(code).toBe(2);
    expect(error).toMatch(/not compared, since what could not be read now .*: b: ssh: connect/);
  });

  it('reports the reason of each machine if none answers', async () => {
    const { code, stderr, error } = await on('--diff FILE', { a: null, b: null });
    expect([code, error]).toEqual([2, 'none of 2 machines answered']);
    expect(stderr.match(/^tsnetstat: warning: (?:a|b): ssh: connect/gm)).toHaveLength(2);
  });

  it('have nothing of a machine that did not answer then', async () => {
    await on('-tl --save FILE', { a: copies(ssh), b: null });
    const { code, stderr } = await on('--diff FILE', { a: copies(ssh), b: copies(ssh, web) });
    expect(code).toBe(0);
    expect(stderr).toBe('tsnetstat: b: not compared: it did not answer when the file was saved\n');
  });

  it('are compared if only a machine that is not asked lacked a table then', async () => {
    const warning = { code: 'unreadable', message: 'T: lost', source: 'T' } as const;
    const lacking = { ...copies(ssh), warnings: [warning] };
    await on('-tl --save FILE', { a: copies(ssh), b: lacking });
    expect((await on('--diff FILE', { a: copies(ssh) })).code).toBe(0);
    const { code, error } = await on('--diff FILE', { a: copies(ssh), b: copies(ssh, web) });
    expect([code, error]).toEqual([2, expect.stringMatching(/show as new; save it again: b: T/)]);
  });

  it('are not compared while a machine that was asked for does not answer, then or now', async () => {
    await on('-tl --save FILE', { a: copies(ssh), b: null });
    for (const line of ['--diff FILE', '--diff FILE --save FILE', '-q --diff FILE']) {
      const { code, error, stderr } = await on(line, { a: copies(ssh), b: null });
      expect([code, error]).toEqual([
        2,
        expect.stringMatching(/not compared, since .*: b: ssh: connect/),
      ]);
      expect(stderr).toMatch(/^tsnetstat: warning: b: ssh: connect/m);
    }
  });

  it('are not saved with --strict where one does not answer', async () => {
    rmSync(at('a'));
    const { code } = await on('-tl --strict --save FILE', { a: copies(ssh), b: null });
    expect(code).toBe(2);
    expect(existsSync(at('a'))).toBe(false);
  });

  it('do not decide which machines are asked, and are none of one machine', async () => {
    expect((await run('--diff FILE', sockets(ssh))).error).toMatch(
      /it is from other machines: add --on a,b$/,
    );
    const saved = file();
    const messageFor = async (hosts: readonly string[], asked: object | undefined) => {
      const rows = hosts.map((host) => ({ ...saved.sockets[0], host }));
      rewrite({ asked, sockets: rows });
      return (await run('--diff FILE', sockets(ssh))).error;
    };
    const names = ['root@ssh.test', 'ssh://[::1]:22'];
    expect(await messageFor([], { ...saved.asked, on: names })).toMatch(
      /add --on root@ssh\.test,'ssh:\/\/\[::1\]:22'$/,
    );
    expect(await messageFor(['a', 'b', 'c', 'd'], undefined)).toMatch(/: add --on a,b,c,…$/);
    for (const odd of ['a;touch /tmp/x', '$(id)', '@/etc/passwd', '-x']) {
      expect(await messageFor(['a', odd], undefined)).toMatch(/: add --on with their names$/);
    }
    await run('-tl --save FILE', sockets(ssh));
    expect((await on('--diff FILE', { a: copies(ssh) })).error).toMatch(
      /it was saved without --on/,
    );
  });
});
