import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Warning } from '../../../src/model/report/snapshot.ts';
import type { InetSocket } from '../../../src/model/socket/socket.ts';
import { unknownWorkload } from '../../../src/model/socket/workload.ts';
import type { Source } from '../../../src/sources/source.ts';
import { inet, netInterface, owner } from '../../support/builders.ts';
import { type FakeReading, fakeSource, linuxFacts } from '../../support/fake-source.ts';
import {
  changed,
  changes,
  client,
  dns,
  held,
  savedAnswers,
  sockets,
  ssh,
  web,
} from '../support/saved-answers.ts';

const { file, rewrite, forgetOwners, run } = savedAnswers();

afterEach(() => {
  vi.useRealTimers();
});

const blue = { inode: 2, name: 'blue', own: false };

describe('filters hold for both sides', () => {
  it.each<[title: string, line: string, now: FakeReading, expected: string[]]>([
    ['a port', '-tl --port 22 --diff FILE', sockets(ssh), []],
    ['a program', '-tl --program nginx --diff FILE', sockets(ssh), ['-tcp']],
    [
      'a program that is another now is gone: what is there does not fit',
      '-tl --program nginx --diff FILE',
      sockets(ssh, { ...web, ...held(666, 'evil') }),
      ['-tcp'],
    ],
    [
      'a program that may not be seen now: it is not gone for that',
      '-tl --program nginx --diff FILE',
      sockets(ssh, { ...web, owners: [], noOwner: 'denied' }),
      [],
    ],
    ['an expression', '-tl --diff FILE sport = :80', sockets(ssh), ['-tcp']],
    ['--ignore', '--diff FILE --ignore sport_=_:80', sockets(ssh), []],
    [
      '--ignore of what came',
      '--diff FILE --ignore sport_=_:53_or_sport_=_:443',
      sockets(ssh, web, inet('0.0.0.0:443', '0.0.0.0')),
      [],
    ],
    [
      '--ignore, several',
      '--diff FILE --ignore sport_=_:80 --ignore program_=_sshd',
      sockets(),
      [],
    ],
    [
      '--ignore of a program does not hide another one in its place',
      '--diff FILE --ignore program_=_nginx',
      sockets(ssh, { ...web, ...held(666, 'evil') }),
      ['+tcp'],
    ],
  ])('%s', async (_, line, now, expected) => {
    await run('-tl --save FILE', sockets(ssh, web));
    const { stdout, code } = await run(line, now);
    expect(changed(stdout)).toEqual(expected);
    expect(code).toBe(expected.length === 0 ? 0 : 1);
  });

  it.each([
    ['the question of the file', '-tl --save FILE started_<_1h', '--diff FILE', 1],
    ['--ignore', '-tl --save FILE', '--diff FILE --ignore started_<_1h', 0],
  ])('a row is as old as it was when it was read: %s', async (_, saving, comparing, expected) => {
    const took = Date.parse('2026-03-01T12:00:00.000Z');
    const startedAt = new Date(took - 60_000).toISOString();
    const young = { ...web, owners: [owner(700, 'nginx', { startedAt })] };
    vi.useFakeTimers({ now: took, toFake: ['Date'] });
    const withFacts =
      (...rows: readonly InetSocket[]) =>
      (): Source => ({ ...fakeSource(sockets(...rows)), facts: [...linuxFacts, 'processFacts'] });
    await run(saving, {}, {}, withFacts(young));
    vi.setSystemTime(took + 7_200_000);
    expect(await run(comparing, {}, {}, withFacts())).toMatchObject({
      code: expected,
      error: null,
    });
  });

  it.each([
    '-tl --user 0 --diff FILE',
    '-tl --diff FILE not user = 5',
    '-tl --diff FILE --ignore user_=_5',
    '-tl --diff FILE --ignore user_=_0',
  ])('on a platform that reports no users, and %s: what was there is not new', async (line) => {
    await run('-tl --save FILE', sockets(ssh, web));
    const saved = file();
    for (const row of saved.sockets) Object.assign(row, { uid: null });
    rewrite({ sockets: saved.sockets, platform: 'darwin' });
    const { stdout, code } = await run(line, sockets(ssh, web));
    expect([stdout, code]).toEqual(['', 0]);
  });

  it('rows of a file fit the filter that it was saved for, though it may lack what decides', async () => {
    const sourceOf = (reading: FakeReading) => () => {
      return { ...fakeSource(reading), facts: [...linuxFacts, 'processFacts'] as const };
    };
    const held = sourceOf(sockets({ ...web, owners: [owner(7, 'x', { commandLine: 'x TAIL' })] }));
    expect(await run('-tl command_=_*TAIL --save FILE', {}, {}, held)).toMatchObject({ code: 0 });
    const saved = file();
    for (const row of saved.sockets) {
      Object.assign(row.owners[0], { commandLine: 'x', commandTruncated: true });
    }
    rewrite(saved);
    const gone = await run('--diff FILE', {}, {}, sourceOf(sockets()));
    expect(changed(gone.stdout)).toEqual(['-tcp']);
    expect([gone.stderr, gone.code]).toEqual(['', 1]);
    // Another filter decides anew.
    const typed = await run('--diff FILE command_=_*TAIL', {}, {}, sourceOf(sockets()));
    expect(typed).toMatchObject({ code: 2 });
  });

  it('where owners were not saved, rows that may not fit are counted', async () => {
    await run('-tl --save FILE', sockets(ssh, web));
    forgetOwners();
    const { stdout, stderr } = await run('-tl --program nginx --diff FILE', sockets(ssh, web));
    expect(stdout).toBe('');
    expect(stderr).toContain(
      '1 row: not compared, since one side lacks what a filter or --ignore needs',
    );
  });
});

describe('a condition on age', () => {
  const took = Date.parse('2026-03-01T12:00:00.000Z');
  const later = took + 8000;
  const started = (pid: number, program: string, at: number) => ({
    owners: [owner(pid, program, { startedAt: new Date(at).toISOString() })],
    createdAt: new Date(at).toISOString(),
  });
  /** Young when the file was saved. */
  const kept = { ...web, ...started(700, 'nginx', took - 1000) };
  const facts = [...linuxFacts, 'processFacts', 'creationTimes'] as const;
  const there =
    (...rows: readonly InetSocket[]) =>
    (): Source => ({ ...fakeSource(sockets(...rows)), facts });

  /** The first three ask for what is young, the others for what is old. */
  const asked = [
    ['-tl --save FILE AGE_<_5s', '--diff FILE'],
    ['-tl --save FILE', '--diff FILE AGE_<_5s'],
    ['-tl --save FILE', '--diff FILE --ignore AGE_>_5s'],
    ['-tl --save FILE', '--diff FILE AGE_>_5s'],
    ['-tl --save FILE', '--diff FILE --ignore AGE_<_5s'],
  ] as const;
  /** The signs of the lines that each of them prints. */
  const signs = async (key: string, now: readonly InetSocket[]) => {
    const found: string[] = [];
    for (const [saving, comparing] of asked) {
      vi.setSystemTime(took);
      await run(saving.replace('AGE', key), {}, {}, there(kept));
      vi.setSystemTime(later);
      const line = `-v ${comparing.replace('AGE', key)}`;
      const { stdout, stderr, code, error } = await run(line, {}, {}, there(...now));
      const lines = changes(stdout).filter((text) => /^[-+~=]/.test(text));
      found.push(lines.map(([sign]) => sign).join(''));
      expect([stderr, error]).toEqual(['', null]);
      expect(code).toBe(lines.some((text) => !text.startsWith('=')) ? 1 : 0);
    }
    return found;
  };

  const [young, old] = [
    { ...web, ...started(900, 'evil', later - 1000) },
    { ...web, ...started(900, 'evil', later - 6000) },
  ];
  const elsewhere = { local: { ...web.local, port: 81 } };
  it.each<[title: string, now: InetSocket[], expected: string[]]>([
    ['of a server that has only grown older nothing is said', [kept], ['', '', '', '', '']],
    ['one that is gone is reported if it was asked for', [], ['-', '-', '-', '', '']],
    [
      'one that came is, if it is asked for',
      [kept, { ...young, ...elsewhere }],
      ['+', '+', '+', '', ''],
    ],
    ['the same, grown older since', [kept, { ...old, ...elsewhere }], ['', '', '', '+', '+']],
    ['another program in its place is a change', [old], ['~', '~', '~', '~', '~']],
    ['but not while it is too young to be asked for', [young], ['~', '~', '~', '', '']],
    [
      'a restart is none',
      [{ ...web, ...started(900, 'nginx', later - 6000) }],
      ['=', '=', '=', '=', '='],
    ],
  ])('%s', async (_, now, expected) => {
    vi.useFakeTimers({ now: took, toFake: ['Date'] });
    // The one is known late, the other at once.
    expect(await signs('started', now)).toEqual(expected);
    expect(await signs('created', now)).toEqual(expected);
  });

  it('does not pair what neither side asks for', async () => {
    vi.useFakeTimers({ now: took, toFake: ['Date'] });
    await run('-tl --save FILE', {}, {}, there(kept));
    vi.setSystemTime(later);
    // The one would fit by its age now, the other by its age then.
    const line = '-v --diff FILE started_=_9s_or_started_=_0s';
    for (const program of ['nginx', 'evil']) {
      const now = { ...web, ...started(900, program, later - 6000) };
      const { stdout, code } = await run(line, {}, {}, there(now));
      expect([changes(stdout).filter((text) => /^[-+~=]/.test(text)), code]).toEqual([[], 0]);
    }
  });

  it.each([
    ['started_<_5s', 2],
    ['started_>_5s', 0],
  ])(
    'what is not asked for by its own age is not missed where it cannot be read: %s',
    async (age, code) => {
      vi.useFakeTimers({ now: took, toFake: ['Date'] });
      const leftOut = {
        code: 'unreadable',
        source: '/run/netns',
        subjects: ['blue'],
        message: 'x',
      } as const;
      const within = (rows: readonly InetSocket[], warnings: readonly Warning[]) => (): Source => {
        return { ...fakeSource({ ...sockets(...rows), warnings }), facts: [...facts, 'netns'] };
      };
      await run('-tl --netns all --save FILE', {}, {}, within([{ ...kept, netns: blue }], []));
      vi.setSystemTime(later);
      const found = await run(`--diff FILE ${age}`, {}, {}, within([], [leftOut]));
      expect([found.stdout, found.code]).toEqual(['', code]);
    },
  );

  it('chooses by the age now what --save writes', async () => {
    vi.useFakeTimers({ now: took, toFake: ['Date'] });
    await run('-tl --save FILE started_<_5s', {}, {}, there(kept));
    vi.setSystemTime(later);
    const { code } = await run('--diff FILE --save FILE', {}, {}, there(kept));
    expect([code, file().sockets]).toEqual([0, []]);
  });
});

describe('a filter that is undecided', () => {
  const other = { ...web, ...held(1, 'httpd') };

  it.each(['-q ', ''])('%sfor every row is trouble: nothing was compared', async (quiet) => {
    await run('-tl --save FILE', sockets(ssh, web));
    forgetOwners();
    const saved = file();
    const line = `${quiet}--diff FILE --save FILE --program nginx`;
    const { stdout, error, code } = await run(line, sockets(ssh, other));
    expect([stdout, code]).toEqual(['', 2]);
    expect(error).toBe(
      '/a: nothing was compared (2 rows), since one side lacks what a filter or --ignore needs',
    );
    expect(file()).toEqual(saved);
    expect(await run(line.replace('nginx', 'httpd'), sockets(ssh, other))).toMatchObject({
      code: 0,
      error: null,
    });
  });
});

it('a filter that decides nothing is trouble although some row is on both sides', async () => {
  await run('-tl --save FILE', sockets(ssh, web));
  forgetOwners();
  const hidden: InetSocket = { ...ssh, owners: [], noOwner: 'denied' };
  const line = '--diff FILE --program nginx';
  expect(await run(line, sockets(hidden))).toMatchObject({ stdout: '', code: 2 });
  // With every row on both sides there is no difference, whatever the filter selects.
  const all = sockets(hidden, { ...web, owners: [], noOwner: 'denied' });
  expect(await run(line, all)).toMatchObject({ stdout: '', code: 0 });
});

it('a filter by the reason that a workload is not known is decided by it', async () => {
  const waiting: InetSocket = { ...client, owners: [], noOwner: 'none', ...unknownWorkload };
  const source = (...rows: readonly InetSocket[]) => ({
    ...fakeSource(sockets(...rows)),
    facts: [...linuxFacts, 'workloads'] as const,
  });
  await run('-ta --workloads --save FILE', {}, {}, () => source());
  const line = '--diff FILE noworkload_=_unknown';
  const { stdout, stderr, code } = await run(line, {}, {}, () => source(waiting));
  expect([changed(stdout), code]).toEqual([['+tcp'], 1]);
  expect(stderr).not.toContain('compared');
});

it('what to ignore may have the zone of an interface that is there', async () => {
  await run('-tl --save FILE', sockets(ssh));
  const there = inet('[fe80::1]:80', '[::]:0');
  const near = { ...there, local: { ...there.local, zone: 'eth0' } };
  const source = () => {
    const table = fakeSource(sockets(ssh, near));
    const devices = fakeSource({ interfaces: [netInterface('lo'), netInterface('eth0')] });
    const read: Source['read'] = (query, sink) =>
      (query.report === 'interfaces' ? devices : table).read(query, sink);
    return { ...devices, read };
  };
  const diff = (ignored: string) => run(`--diff FILE --ignore ${ignored}`, {}, {}, source);
  expect(await diff('src_=_[fe80::1%eth0]')).toMatchObject({ code: 0, stdout: '', error: null });
  expect((await diff('src_=_[fe80::1%lo]')).code).toBe(1);
  expect((await diff('src_=_[fe80::1%eth9]')).error).toContain('eth9');
});

describe('what to ignore that is undecided', () => {
  it('for every row is trouble: nothing was compared', async () => {
    await run('-tul --save FILE', sockets(ssh, dns));
    forgetOwners();
    expect(await run('-q --diff FILE --ignore program_=_nginx', sockets())).toMatchObject({
      ...{ stdout: '', code: 2 },
      error:
        '/a: nothing was compared (2 rows), since one side lacks what a filter or --ignore needs',
    });
    // That one is left out compares nothing: neither one of the file, nor one that is there now.
    const line = '--diff FILE --ignore program_=_nginx_or_proto_=_udp';
    for (const now of [sockets(), sockets(dns), sockets(web)]) {
      expect(await run(line, now)).toMatchObject({
        ...{ stdout: '', code: 2 },
        error: expect.stringMatching(/^\/a: nothing was compared \(1 row\), since one side lacks/),
      });
    }
    // But if each is ignored where it is now, nothing differs.
    const same = { ...ssh, ...held(5, 'nginx') };
    expect(await run(line, sockets(same, dns))).toMatchObject({ stdout: '', code: 0 });
    // One is known to be compared, and is the same.
    expect(await run('--diff FILE --ignore program_=_nginx', sockets(dns))).toMatchObject({
      code: 0,
    });
  });
});
