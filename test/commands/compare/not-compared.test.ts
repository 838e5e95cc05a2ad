import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Host } from '../../../src/host.ts';
import type { Warning } from '../../../src/model/report/snapshot.ts';
import { netInterface, unix } from '../../support/builders.ts';
import type { FakeReading } from '../../support/fake-source.ts';
import { dns, savedAnswers, sockets, ssh, web } from '../support/saved-answers.ts';

const { at, file, run } = savedAnswers();

describe('what could not be read, or is hidden', () => {
  it.each(['forbidden', 'empty', 'cut'] as const)(
    'does not report as gone what could not be read now: %s',
    async (code) => {
      await run('-tul --save FILE', sockets(ssh, dns));
      const lacking = {
        code,
        message: '/proc/net/udp: may not be read',
        source: '/proc/net/udp',
      } as const;
      const now = { ...sockets(ssh), warnings: [lacking] };
      expect(await run('--diff FILE --save FILE', now)).toMatchObject({
        ...{ stdout: '', code: 2 },
        error:
          '/a: not compared, since what could not be read now would show as gone: /proc/net/udp: may not be read',
      });
      expect(file().sockets).toHaveLength(2);
      // What could not be read then either is no difference.
      await run('-tul --save FILE', now);
      expect(await run('--diff FILE', now)).toMatchObject({ stdout: '', code: 0 });
    },
  );

  it('reports owners that neither side knows to a terminal, not to cron', async () => {
    const hidden = { ...ssh, owners: [], noOwner: 'denied' } as const;
    await run('-tl --save FILE', sockets(hidden));
    const message = 'tsnetstat: 1 socket: owners not compared, since both sides lack them\n';
    const diff = (line: string, changes: Partial<Host> = {}) => run(line, sockets(hidden), changes);
    expect(await diff('-tl --diff FILE')).toMatchObject({ code: 0, stderr: '' });
    expect(await diff('-tlv --diff FILE')).toMatchObject({ code: 0, stderr: message });
    let written = '';
    const write = (text: string | Uint8Array) => {
      written += text;
    };
    await diff('-tl --diff FILE', { stderr: { write, isTerminal: true, columns: null } });
    expect(written).toBe(message);
  });
});

describe('a table that could be read for only one side is neither gone nor new', () => {
  const loopback = netInterface('lo');
  const reports: readonly [flags: string, all: FakeReading, rest: FakeReading][] = [
    ['-tl', sockets(ssh), sockets()],
    ['-tul', sockets(ssh, dns), sockets(ssh)],
    ['-xa', sockets(unix('/run/a')), sockets()],
    ['-i', { interfaces: [loopback, netInterface('eth0')] }, { interfaces: [loopback] }],
  ];
  const lost = (code: Warning['code']) => ({ code, message: 'T: lost', source: 'T' });
  const codes = ['unreadable', 'forbidden', 'empty', 'cut'] as const;

  it.each(
    reports.flatMap(([flags, all, rest]) => codes.map((code) => [flags, code, all, rest] as const)),
  )('%s, %s', async (flags, code, all, rest) => {
    const without = { ...rest, warnings: [lost(code)] };
    for (const format of ['', ' --json', ' -q']) {
      await run(`${flags} --save FILE`, without);
      const then = await run(`--diff FILE${format}`, all);
      expect(then).toMatchObject({ stdout: '', code: 2 });
      expect(then.error).toBe(
        '/a: not compared, since what could not be read when it was saved would show as new; save it again: T: lost',
      );
      const saved = readFileSync(at('a'), 'utf8');
      expect(await run(`--diff FILE --save FILE${format}`, all)).toMatchObject({ code: 2 });
      expect(readFileSync(at('a'), 'utf8')).toBe(saved);
      expect((await run(`--diff FILE${format}`, without)).code).toBe(0);

      await run(`${flags} --save FILE`, all);
      const now = await run(`--diff FILE${format}`, without);
      expect(now).toMatchObject({ stdout: '', code: 2 });
      expect(now.error).toMatch(/could not be read now would show as gone: T: lost$/);
    }
  });

  it('but what lacks in the file makes no difference where nothing shows as new', async () => {
    await run('-tul --save FILE', { ...sockets(ssh), warnings: [lost('unreadable')] });
    expect(await run('-tl --diff FILE', sockets(ssh))).toMatchObject({ code: 0, error: null });
    const gone = await run('-tl --diff FILE', sockets());
    expect(gone).toMatchObject({ code: 1, error: null });
    expect(gone.stdout).toMatch(/^-tcp /m);
  });

  it('but what lacks in the file makes no difference where only rows of other tables are new', async () => {
    const tables = [{ protocol: 'udp', family: 'inet' }] as const;
    await run('-tul --save FILE', { ...sockets(ssh), warnings: [{ ...lost('empty'), tables }] });
    const server = await run('--diff FILE', sockets(ssh, web));
    expect(server).toMatchObject({ code: 1, error: null });
    expect(server.stdout).toMatch(/^\+tcp /m);
    expect(await run('--diff FILE', sockets(ssh, web, dns))).toMatchObject({ stdout: '', code: 2 });
  });

  it('and what lacks now may be new, so nothing is compared, whatever the file has', async () => {
    const tables = [{ protocol: 'udp', family: 'inet' }] as const;
    await run('-tul --save FILE', sockets(ssh));
    const now = { ...sockets(ssh), warnings: [{ ...lost('empty'), tables }] };
    expect(await run('--diff FILE', now)).toMatchObject({ stdout: '', code: 2 });
  });

  it('but a line that could not be read keeps nothing from being compared', async () => {
    await run('-tl --save FILE', { ...sockets(ssh), warnings: [lost('malformed')] });
    expect(await run('--diff FILE', sockets(ssh, web))).toMatchObject({ code: 1, error: null });
  });

  it('and a table that the kernel lacked had no rows', async () => {
    await run('-tl --save FILE', { ...sockets(ssh), warnings: [lost('absent')] });
    expect(await run('--diff FILE', sockets(ssh, web))).toMatchObject({ code: 1, error: null });
  });
});

it('warns of what is lacking only where it was not lacking then, so that cron has nothing to mail', async () => {
  const denied = {
    code: 'owners-denied',
    message: '1 process could not be inspected',
    source: '/proc',
  } as const;
  const now = { ...sockets(ssh), warnings: [denied] };
  await run('-tl --save FILE', sockets(ssh));
  const warned = { stdout: '', code: 0, stderr: `tsnetstat: warning: ${denied.message}\n` };
  expect(await run('--diff FILE', now)).toMatchObject(warned);
  await run('-tl --save FILE', now);
  expect(await run('--diff FILE', now)).toMatchObject({ stdout: '', stderr: '', code: 0 });
  expect(await run('-v --diff FILE', now)).toMatchObject({ code: 0, stderr: warned.stderr });
});

it('compares nothing if more is left out than then, even by one warning', async () => {
  const leftOut = (...subjects: readonly string[]): Warning => ({
    ...{ code: 'unreadable', source: '/run/netns', subjects },
    message: `left out: ${subjects.join(', ')}`,
  });
  const lacking = (...names: readonly string[]) => ({
    ...sockets(ssh),
    warnings: [leftOut(...names)],
  });
  await run('-tl --save FILE', lacking('aa', 'bb'));
  expect(await run('--diff FILE', lacking('aa', 'bb'))).toMatchObject({ code: 0, stderr: '' });
  expect(await run('--diff FILE', lacking('bb'))).toMatchObject({ code: 0, stderr: '' });
  expect(await run('--diff FILE', lacking('aa', 'cc'))).toMatchObject({
    code: 2,
    error: expect.stringMatching(/would show as gone: left out: aa, cc$/),
  });
});
