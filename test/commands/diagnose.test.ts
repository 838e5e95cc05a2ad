import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { checks } from '../../src/analysis/checks/index.ts';
import { diagnoseCommand } from '../../src/commands/diagnose.ts';
import type { Host } from '../../src/host.ts';
import { taskFrom } from '../../src/options/command-line.ts';
import type { Task } from '../../src/options/index.ts';
import { exactJson } from '../../src/text/json-text.ts';
import { inet, owner } from '../support/builders.ts';
import { fakeHost } from '../support/fake-host.ts';
import { fakeMachines } from '../support/fake-machines.ts';
import { type FakeReading, fakeSource } from '../support/fake-source.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

type Diagnose = Extract<Task, { kind: 'diagnose' }>;

const kept = Array.from({ length: 25 }, (_, number) =>
  inet('192.0.2.1:80', `203.0.113.9:${4000 + number}`, {
    ...{ state: 'CLOSE_WAIT', inode: number + 1, owners: [owner(812, 'app')] },
  }),
);
const reading = { batches: [kept] };

/** Runs a command line on a machine with a leak, or with nothing. */
async function run(
  argv: readonly string[],
  changes: Partial<Host> = {},
  sockets: readonly FakeReading[] = [reading, reading],
) {
  const { host, written } = fakeHost({ sleep: async () => {}, ...changes });
  const task = taskFrom(['--diagnose', ...argv]) as Diagnose;
  expect(task.kind).toBe('diagnose');
  const code = await diagnoseCommand(task, host, async () => fakeSource(...sockets));
  return { code, ...written };
}

describe('the exit code', () => {
  it.each([
    ['something is found', ['close-wait', '-n'], [reading, reading], 1],
    ['nothing is found', ['close-wait', '-n'], [], 0],
    [
      'what is found is less bad than asked for',
      ['close-wait', '-n', '--severity', 'critical'],
      [reading, reading],
      0,
    ],
    ['what is found is set to be none', ['close-wait:count=26', '-n'], [reading, reading], 0],
    ['no check could run', ['accept-queue'], [], 2],
  ] as const)('where %s', async (_, argv, sockets, code) => {
    expect((await run(argv, {}, [...sockets])).code).toBe(code);
  });
});

describe('where no check runs', () => {
  it.each([
    [['close-wait', '-u'], /^tsnetstat: close-wait: not checked: no sockets of tcp were selected/],
    [['-x', '-q'], /^tsnetstat: no check ran: accept-queue: .*, and \d+ others; -v shows why\n$/],
  ])('reports why: %j', async (argv, reason) => {
    const { code, stderr } = await run(argv, {}, []);
    expect(code).toBe(2);
    expect(stderr).toMatch(reason);
  });

  it('it counts one that is not named in the singular', async () => {
    const others = checks
      .map(({ name }) => name)
      .filter((name) => name !== 'accept-queue' && name !== 'close-wait');
    const { stderr } = await run(['-x', '-q', '--ignore', others.join()], {}, []);
    expect(stderr).toMatch(/, and 1 other; -v shows why\n$/);
  });

  it('because all are ignored, that is a mistake', async () => {
    await expect(run(['close-wait', '--ignore', 'close-wait'], {}, [])).rejects.toThrow(
      '--ignore: no check is left to run',
    );
  });
});

test.each([
  ['close_wait', 0],
  ['closewait', 'no such check (did you mean close-wait?)'],
  ['8002', 'select one service with --port 8002'],
])('a word behind the flag that is no filter: %s', async (word, expected) => {
  const ran = run([word, '-n'], {}, [{ batches: [] }, { batches: [] }]);
  if (expected === 0) expect((await ran).code).toBe(0);
  else await expect(ran).rejects.toThrow(String(expected));
});

test.each([
  [['-n', 'syn-flood', 'sport', '=', ':80'], 'syn-flood: a check directly follows the flag'],
  [['-n', 'sprt', '=', ':80'], 'did you mean sport?'],
])('words behind the flag that are no expression: %j', async (words, expected) => {
  await expect(run(words, {}, [{ batches: [] }])).rejects.toThrow(expected);
});

test('the word that it waits is left out of a line that is too short for it', async () => {
  for (const [columns, isTold] of [
    [100, true],
    [42, false],
  ] as const) {
    let notes = '';
    const stderr = {
      write: (text: string | Uint8Array) => {
        notes += String(text);
      },
      ...{ isTerminal: true, columns },
    };
    await run(['close-wait', '-n'], { stderr });
    expect(notes.includes('reading twice')).toBe(isTold);
  }
});

test('the exit code is known before anything is written', async () => {
  const codes: number[] = [];
  await run(['close-wait', '-n'], { codeIfClosed: (code) => codes.push(code) });
  await run(['close-wait:count=26', '-n'], { codeIfClosed: (code) => codes.push(code) });
  expect(codes).toEqual([1, 0]);
});

test.each<[string, string, string, RegExp, number]>([
  ['-4', '[::]:7071', '[::]', /SERVICE {2}port 7071: listening/, 0],
  ['-4', '[::1]:7071', '[::]', /no listener at port 7071 \(only IPv4 sockets\)/, 1],
  ['-4', '[::ffff:127.0.0.1]:7071', '[::]', /SERVICE {2}port 7071: listening/, 0],
  ['-6', '0.0.0.0:7071', '0.0.0.0', /no listener at port 7071 \(only IPv6 sockets\)/, 1],
])('%s, and a server of TCP at %s', async (flag, local, remote, expected, code) => {
  const server = inet(local, remote, { state: 'LISTEN', owners: [owner(811, 'node')] });
  const sockets = [{ batches: [[server]] }];
  const result = await run(['no-listener', '-n', flag, '--port', '7071'], {}, sockets);
  expect(result.stdout).toMatch(expected);
  expect(result.code).toBe(code);
});

describe('--diff FILE', () => {
  const folder = temporaryFolder('tsnetstat-diagnose-');
  const path = join(folder, 'ports.json');
  const saved = (rows: object) =>
    writeFileSync(
      path,
      exactJson({
        ...{ schemaVersion: 1, platform: 'linux', takenAt: '2026-01-31T12:00:00.000Z' },
        ...{ warnings: [], ...rows },
      }),
    );
  const server = inet('0.0.0.0:7071', '0.0.0.0:0', {
    ...{ state: 'LISTEN', inode: 5, owners: [owner(811, 'node')] },
  });

  it.each([
    ['--port', '7071'],
    ['--program', 'no*'],
  ])('reports who listened before at what %s %s asks about', async (...asked) => {
    saved({ sockets: [server, inet('0.0.0.0:80', '0.0.0.0:0', { state: 'LISTEN', owners: [] })] });
    const { stdout } = await run(['no-listener', '-n', ...asked, '--diff', path], {}, []);
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /before at 2026-01-31T12:00:00\.000Z: 0\.0\.0\.0:7071 \(tcp\) by node 811/,
    );
    expect(stdout).not.toContain(':80 ');
  });

  const asked = {
    ...{ host: 'web1', report: 'sockets', protocols: ['tcp'], families: ['inet'] },
    ...{ which: 'listening', boundInactive: false, interfaces: [], filters: {}, netns: 'own' },
    extras: [],
  };

  it.each<[string, object, RegExp]>([
    ['another machine', { asked }, /the file is from the machine web1, this is /],
    ['another platform', { platform: 'darwin' }, /the file is from macOS, this is Linux$/m],
    [
      'machines of --on',
      { sockets: [{ ...server, host: 'web2' }] },
      /is from other machines; select one with --on NAME/,
    ],
  ])('warns that the file is from %s', async (_, changes, warning) => {
    saved({ sockets: [server], ...changes });
    const { stdout, stderr } = await run(
      ['no-listener', '-n', '--port', '7071', '--diff', path],
      {},
      [],
    );
    expect(stderr).toMatch(warning);
    if (warning.source.includes('other machines')) expect(stdout).not.toContain('node 811');
  });

  it('of several machines has for each what it held', async () => {
    const held = (host: string, pid: number) => ({
      ...{ ...server, host, owners: [owner(pid, 'node')] },
    });
    saved({ sockets: [held('web1', 11), held('web2', 22), held('web3', 33)] });
    const { host, written } = fakeHost({ sleep: async () => {} });
    const argv = ['--diagnose', 'no-listener', '-n', '--port', '7071', '--diff', path];
    const task = taskFrom([...argv, '--on', 'web1,web2']) as Diagnose;
    const silent = { web1: [{}, {}], web2: [{}, {}] };
    await diagnoseCommand(task, host, async () => fakeMachines(silent));
    const found = written.stdout.replaceAll(/\s+/g, ' ').match(/node \(PID \d+\)/g);
    expect([found, written.stderr]).toEqual([['node (PID 11)', 'node (PID 22)'], '']);
  });

  it('is refused without a service, if the file is missing, and if it contains routes', async () => {
    saved({ routes: [] });
    const refused = (argv: readonly string[]) => run(['no-listener', '-n', ...argv], {}, []);
    await expect(refused(['--diff', path])).rejects.toThrow(/select one with --port/);
    await expect(refused(['--port', '1', '--diff', path])).rejects.toThrow(/it contains routes/);
    await expect(refused(['--port', '1', '--diff', join(folder, 'none')])).rejects.toThrow(
      /there is no such file/,
    );
  });
});

test('--quiet prints nothing and answers', async () => {
  const { code, stdout, stderr } = await run(['close-wait', '-nq']);
  expect([code, stdout, stderr]).toEqual([1, '', '']);
});

describe('a check that did not run', () => {
  it('is reported on standard error if it was named', async () => {
    const { stderr } = await run(['accept-queue,close-wait', '-n']);
    expect(stderr).toMatch(/^tsnetstat: accept-queue: not checked: .*accept queues/);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('differs from one that lacked something', async () => {
    const facts = (missing: Readonly<Record<string, string>>) => ({
      ...fakeSource(reading, reading),
      systemFacts: async () => [{ values: { descriptors: [] }, missing }],
    });
    const printed = async (missing: Readonly<Record<string, string>>) => {
      const { host, written } = fakeHost({ sleep: async () => {} });
      const task = taskFrom(['--diagnose', 'open-files', '-n']) as Diagnose;
      await diagnoseCommand(task, host, async () => facts(missing));
      return written.stderr;
    };
    expect(await printed({ descriptors: 'some are hidden' })).toBe(
      'tsnetstat: open-files: checked only in part: some are hidden\n',
    );
    expect(await printed({})).toBe('');
  });

  it.each([
    ['this one', { inode: 1, name: null, own: true }, ' in this network namespace'],
    [
      'this one, which has a name',
      { inode: 1, name: 'blue', own: true },
      ' in this network namespace',
    ],
    ['another one', { inode: 2, name: 'web', own: false }, ' in web'],
  ])('says in which network namespace: %s', async (_, netns, where) => {
    const { host, written } = fakeHost({ sleep: async () => {} });
    const source = {
      ...fakeSource(reading, reading),
      systemFacts: async () => [
        { values: { descriptors: [] }, missing: { descriptors: 'hidden' }, netns },
      ],
    };
    const task = taskFrom(['--diagnose', 'open-files', '-n', '--all-netns']) as Diagnose;
    await diagnoseCommand(task, host, async () => source);
    expect(written.stderr).toContain(`tsnetstat: open-files${where}: `);
  });

  it('is reported with -v if it was not named', async () => {
    const quiet = await run(['-n']);
    expect(quiet.stderr).toBe('');
    expect(quiet.stdout).toMatch(/could not run: -v shows why/);
    const verbose = await run(['-nv']);
    expect(verbose.stdout).not.toContain('-v shows why');
    expect(verbose.stderr).toContain('tsnetstat: accept-queue, udp-drops: not checked: ');
  });
});

test('where the owners of sockets are hidden, it is not known whether a program is there', async () => {
  const warnings = [{ code: 'owners-denied', message: 'hidden', source: '/proc' } as const];
  const argv = ['no-listener', '-n', '--program', 'app'];
  const { code, stdout, stderr } = await run(argv, {}, [{ batches: [], warnings }]);
  expect(code).toBe(2);
  expect(stdout).toContain('program app: not known, since the owners of sockets are hidden\n');
  expect(stderr).toContain(
    'tsnetstat: no-listener: checked only in part: whether app has sockets is not known, since owners are hidden\n',
  );
  const seen = [inet('0.0.0.0:80', '0.0.0.0:0', { owners: [owner(812, 'app')] })];
  expect((await run(argv, {}, [{ batches: [seen], warnings }])).code).toBe(0);
});

test.each([
  ['several ports', ['--port', '80,443'], true],
  ['a range of ports', ['--port', '5300-5310'], true],
  ['one port', ['--port', '80'], false],
  ['no port', [], false],
])('of %s it is said whether their listeners are not checked', async (_, args, expected) => {
  const { stderr } = await run(['-n', ...args], {}, []);
  const said =
    'tsnetstat: no-listener, gone-addresses, hung-server: not checked: it is about one service: select a single port, by its number\n';
  expect(stderr.includes(said)).toBe(expected);
});

test('a word stands on a terminal while it waits, and is taken away', async () => {
  const terminal = {
    write: (text: string | Uint8Array) => void said.push(String(text)),
    isTerminal: true,
    columns: 80,
  };
  const said: string[] = [];
  await run(['close-wait', '-n'], { stderr: terminal });
  expect(said[0]).toContain('reading twice');
  expect(said[1]).toMatch(/^\r +\r$/);
  expect(said[1]?.length).toBe((said[0]?.length ?? 0) + 2);
});

describe('a command line of --diagnose', () => {
  const task = (argv: readonly string[]) => taskFrom(['--diagnose', ...argv]) as Diagnose;

  it.each<[readonly string[], readonly string[], readonly string[]]>([
    [[], [], []],
    [['close-wait'], ['close-wait'], []],
    [['close-wait,udp-drops:count=9'], ['close-wait', 'udp-drops:count=9'], []],
    [['sport', '=', ':80'], [], ['sport', '=', ':80']],
    [['close-wait', 'sport', '=', ':80'], ['close-wait'], ['sport', '=', ':80']],
    [['state', 'close-wait'], [], ['state', 'close-wait']],
    [['(dst', '10.0.0.0/8)'], [], ['(dst', '10.0.0.0/8)']],
  ])('%j', (argv, checks, expression) => {
    const { request, listing } = task(argv);
    expect(request.checks).toEqual(checks);
    expect(listing.query.filters.expression).toEqual(expression);
  });

  it('looks at servers and the rest, unless servers alone are asked for', () => {
    expect(task([]).listing.query.which).toBe('all');
    expect(task(['--port', '80']).listing.query.which).toBe('all');
    expect(task(['-l']).listing.query.which).toBe('listening');
  });

  it.each([
    [['-r'], /--diagnose cannot be used with --route/],
    [['-c'], /--diagnose cannot be used with --continuous/],
    [['--live'], /--diagnose cannot be used with --live/],
    [['--columns', 'src'], /--diagnose cannot be used with --columns/],
    [['--severity', 'bad'], /not one of critical, warning, note/],
  ])('%j is refused', (argv, message) => {
    expect(() => task(argv)).toThrow(message);
  });

  it.each([
    ['--severity', 'note'],
    ['--ignore', 'close-wait'],
  ])('%s alone is refused', (flag, value) => {
    expect(() => taskFrom([flag, value])).toThrow(new RegExp(`${flag} requires .*--diagnose`));
  });
});
