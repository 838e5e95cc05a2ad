import { describe, expect, it } from 'vitest';
import { NetstatError } from '../../../src/errors.ts';
import { darwinSource } from '../../../src/sources/darwin/index.ts';
import { parseProcesses, programName } from '../../../src/sources/darwin/processes.ts';
import { answer, socketQuery, warningSink } from '../../support/source-answers.ts';
import { host, machine } from './helpers.ts';

const query = socketQuery({ protocols: ['tcp', 'udp'], distinct: false });
const names = 'ps -axww -o pid= -o comm=';
const commandLines = 'ps -axww -o pid= -o command=';
const broken = new NetstatError('unreadable', 'ps: broken');

async function owners(
  details: boolean,
  changes: Parameters<typeof machine>[1] = {},
  release = '12.7',
) {
  const { run, ran } = machine(release, changes);
  const sink = warningSink();
  const source = darwinSource(host, run);
  const sockets = await answer(source, query);
  ran.length = 0;
  const wanted = { depth: 'first', details } as const;
  const owned = await answer(source, { ...query, owners: wanted }, sink);
  return { sockets, owned, ran, warnings: sink.warnings };
}

describe('owners', () => {
  it('asks ps for names only, and only when they are wanted', async () => {
    const { run, ran } = machine('12.7');
    await answer(darwinSource(host, run), query);
    expect(ran).toEqual(['netstat -anvl -p tcp', 'netstat -anvl -p udp']);
    expect((await owners(false)).ran.slice(2)).toEqual([names]);
    expect((await owners(true)).ran.slice(2)).toEqual([names, commandLines]);
  });

  it('does not ask where no socket has a process', async () => {
    const { ran, owned } = await owners(false, {
      'netstat -anvl -p tcp': '',
      'netstat -anvl -p udp': '',
    });
    expect(ran).not.toContain(names);
    expect(owned).toEqual([]);
  });

  it('keeps the sockets and their order', async () => {
    const { sockets, owned } = await owners(false);
    const bare = (list: readonly object[]) =>
      list.map((socket) => ({ ...socket, owners: 0, noOwner: 0 }));
    expect(bare(owned)).toEqual(bare(sockets));
  });

  it('reports a name of at most 511 characters and a command line of at most 64 KiB, and that it goes on', async () => {
    const { sockets } = await owners(false);
    const pids = new Set(sockets.flatMap((socket) => socket.owners ?? []).map(({ pid }) => pid));
    const table = (text: string) => [...pids].map((pid) => `${pid} ${text}\n`).join('');
    const { owned } = await owners(true, {
      [names]: table('n'.repeat(100_000)),
      // The 65,536th character is half of the last emoji that fits.
      [commandLines]: table(`x${'😀'.repeat(50_000)}`),
    });
    const all = owned.flatMap((socket) => socket.owners ?? []);
    expect(all.length).toBeGreaterThan(10);
    for (const { program, commandLine, commandTruncated } of all) {
      expect([program?.length, commandTruncated]).toEqual([511, true]);
      expect(commandLine).toBe(`x${'😀'.repeat(32_767)}`);
    }
  });

  it('names no command lines that were not asked for', async () => {
    const { owned } = await owners(false);
    const all = owned.flatMap((socket) => socket.owners ?? []);
    expect(all.length).toBeGreaterThan(10);
    expect(all.every(({ commandLine }) => commandLine === null)).toBe(true);
  });

  it('keeps process numbers where ps cannot be asked, with a warning', async () => {
    const { owned, warnings } = await owners(false, { [names]: broken });
    expect(owned[0]?.owners).toMatchObject([{ pid: 9811, program: null }]);
    expect(warnings).toEqual([
      { code: 'owners-denied', message: 'program names are missing: ps: broken', source: 'ps' },
    ]);
  });

  it('keeps names if command lines cannot be read', async () => {
    const { owned, warnings } = await owners(true, { [commandLines]: broken });
    expect(owned[0]?.owners).toMatchObject([{ pid: 9811, program: 'Safari', commandLine: null }]);
    expect(warnings.map(({ message }) => message)).toEqual([
      'command lines are missing: ps: broken',
    ]);
  });

  it('has the names that macOS 26 reports even without ps', async () => {
    const { owned } = await owners(false, { [names]: broken }, '26.0');
    expect(owned[0]?.owners).toMatchObject([{ pid: 9811, program: 'Safari' }]);
  });

  it.each([
    ['nothing', '', null],
    ['of some processes', '9811 /Applications/Safari\n', 'Safari'],
  ])('keeps process numbers if ps reports %s, with a warning', async (_, answered, program) => {
    const { owned, warnings } = await owners(false, { [names]: answered });
    expect(owned[0]?.owners).toMatchObject([{ pid: 9811, program }]);
    expect(owned.flatMap((socket) => socket.owners ?? []).some(({ pid }) => pid === 400)).toBe(
      true,
    );
    expect(warnings).toEqual([
      {
        code: 'owners-denied',
        message: 'program names are missing: ps does not list every process here',
        source: 'ps',
      },
    ]);
  });

  it('names no owner that is gone', async () => {
    const { owned, warnings } = await owners(false, { [names]: '    1 /sbin/launchd\n' });
    expect(owned[0]).toMatchObject({ owners: [], noOwner: 'unknown' });
    expect(warnings).toEqual([]);
  });
});

describe('the source', () => {
  const tcp = 'netstat -anvl -p tcp';
  const udp = 'netstat -anvl -p udp';
  const unix = 'netstat -anv -f unix';

  it.each<[string, Error | string, string]>([
    ['that fails', broken, 'ps: broken'],
    [
      'in no known form',
      'Active LOCAL (UNIX) domain sockets\nNew Columns\n',
      `${unix}: unknown table format`,
    ],
  ])('reports the other tables without one %s, and which it is', async (_, answered, message) => {
    const sink = warningSink();
    const { run } = machine('12.7', { [unix]: answered });
    const asked = { ...query, protocols: ['tcp', 'udp', 'unix'] } as const;
    const rows = await answer(darwinSource(host, run), asked, sink);
    expect(new Set(rows.map(({ protocol }) => protocol))).toEqual(new Set(['tcp', 'udp']));
    expect(sink.warnings).toMatchObject([
      { code: 'unreadable', message: expect.stringContaining(message), source: unix },
    ]);
  });

  it('reports a failure if no table can be read', async () => {
    const all = { [tcp]: broken, [udp]: new NetstatError('unreadable', 'other'), [unix]: broken };
    const { run } = machine('12.7', all);
    const every = { ...query, protocols: ['tcp', 'udp', 'unix'] } as const;
    await expect(answer(darwinSource(host, run), every)).rejects.toBe(broken);
    const asked = { ...query, protocols: ['udp'] } as const;
    await expect(answer(darwinSource(host, run), asked)).rejects.toThrow('other');
  });

  it('lets a mistake of its own through, whatever else there is', async () => {
    const { run } = machine('12.7', { [udp]: new TypeError('ours') });
    await expect(answer(darwinSource(host, run), query)).rejects.toThrow('ours');
  });

  it('reports the routes of one family without those of the other', async () => {
    const sink = warningSink();
    const { run } = machine('12.7', { 'netstat -rnl -f inet6': broken });
    const asked = { report: 'routes', families: ['inet', 'inet6'] } as const;
    const routes = await answer(darwinSource(host, run), asked, sink);
    expect(new Set(routes.map(({ family }) => family))).toEqual(new Set(['inet']));
    expect(sink.warnings.map(({ code }) => code)).toEqual(['unreadable']);
  });

  it('reports only the families asked for', async () => {
    const source = darwinSource(host, machine('12.7').run);
    const sockets = await answer(source, { ...query, families: ['inet'] });
    const single = sockets.filter((socket) => !('dualStack' in socket));
    expect(new Set(single.map(({ family }) => family))).toEqual(new Set(['inet']));
    const groups = await answer(source, { report: 'groups', families: ['inet6'] });
    expect(new Set(groups.map(({ family }) => family))).toEqual(new Set(['inet6']));
    const interfaces = await answer(source, { report: 'interfaces', families: ['inet6'] });
    const addresses = interfaces.flatMap((one) => one.addresses.map(({ family }) => family));
    expect(new Set(addresses)).toEqual(new Set(['inet6']));
  });

  it('starts nothing before its rows are asked for', async () => {
    const { run, ran } = machine('12.7');
    darwinSource(host, run).read(query, warningSink());
    expect(ran).toEqual([]);
  });
});

it('parseProcesses reads numbers and names, blanks and all', () => {
  const text = '    1 /sbin/launchd\n12345 My App  (x)\n  7 \n  8\n\nps: odd\n99999999 /a:b 1\n';
  const noNumber = `${'9'.repeat(400)} no process has such a number\n`;
  expect([...parseProcesses(text + noNumber)]).toEqual([
    [1, '/sbin/launchd'],
    [12345, 'My App  (x)'],
    [7, ''],
    [8, ''],
    [99999999, '/a:b 1'],
  ]);
});

it.each([
  ['/usr/sbin/cupsd', 'cupsd'],
  ['/Applications/A B.app/Contents/MacOS/A B (Renderer)', 'A B (Renderer)'],
  ['-zsh', '-zsh'],
  ['node', 'node'],
  ['./bin/server', './bin/server'],
  ['svc: worker/2', 'svc: worker/2'],
  ['(kernel_task)', 'kernel_task'],
  ['/', '/'],
  ['()', '()'],
  ['', null],
])('the program of %j is %j', (comm, program) => {
  expect(programName(comm)).toBe(program);
});
