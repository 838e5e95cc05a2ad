import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { compare } from '../../../src/commands/compare/compare.ts';
import { save } from '../../../src/commands/save.ts';
import { isNetstatError, NetstatError } from '../../../src/errors.ts';
import type { Host } from '../../../src/host.ts';
import type { NetInterface } from '../../../src/model/machine/interface.ts';
import type { Group } from '../../../src/model/machine/multicast-group.ts';
import type { Netns } from '../../../src/model/machine/netns.ts';
import type { Route } from '../../../src/model/machine/route.ts';
import type { Row, Warning } from '../../../src/model/report/snapshot.ts';
import type { InetSocket, Socket } from '../../../src/model/socket/socket.ts';
import { unknownWorkload } from '../../../src/model/socket/workload.ts';
import { taskFrom } from '../../../src/options/command-line.ts';
import { sourceOfReaders } from '../../../src/sources/readers.ts';
import type { Source } from '../../../src/sources/source.ts';
import { exactJson } from '../../../src/text/json-text.ts';
import { group, inet, netInterface, owner, route, unix } from '../../support/builders.ts';
import { fakeHost } from '../../support/fake-host.ts';
import { answering, fakeMachines, refused } from '../../support/fake-machines.ts';
import { type FakeReading, fakeSource, linuxFacts } from '../../support/fake-source.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import {
  differenceErrors,
  differenceLineErrors,
  documentErrors,
} from '../../views/text/support/schema.ts';

let folder = '';
beforeEach(() => {
  folder = temporaryFolder('tsnetstat-compare-');
});

afterEach(() => {
  vi.useRealTimers();
});

const at = (name: string) => join(folder, name);

const held = (pid: number, program: string) => ({ owners: [owner(pid, program)], noOwner: null });
const ssh = inet('0.0.0.0:22', '0.0.0.0', held(512, 'sshd'));
const web = inet('127.0.0.1:80', '0.0.0.0', held(700, 'nginx'));
const dns = inet('0.0.0.0:53', '0.0.0.0', { ...held(400, 'named'), protocol: 'udp' });
const client = inet('192.0.2.1:22', '198.51.100.7:40000', held(930, 'sshd'));

/** Runs a command line over these sockets: FILE names one in the folder. */
async function run(
  line: string,
  reading: FakeReading,
  changes: Partial<Host> = {},
  source = () => fakeSource(reading),
) {
  const { host, written } = fakeHost(changes);
  const argv = line.split(' ').map((word) => word.replace(/^FILE/, at('a')).replaceAll('_', ' '));
  const sourceFor = async () => source();
  try {
    const task = taskFrom(argv);
    if (task.kind === 'save') {
      const code = await save(task.listing, task.save, host, sourceFor);
      return { ...written, code, error: null };
    }
    if (task.kind !== 'compare') throw new Error(`${line}: ${task.kind}`);
    const code = await compare(task.listing, task.comparison, host, sourceFor);
    return { ...written, code, error: null };
  } catch (error) {
    if (!isNetstatError(error)) throw error;
    return { ...written, code: 2, error: error.message.replaceAll(folder, '') };
  }
}

const ownNetns = { inode: 1, name: null, own: true };
const blue = { inode: 2, name: 'blue', own: false };
const numbered = { inode: 3, name: null, own: false };
/** A server in each. */
const everywhere = [
  { ...ssh, netns: ownNetns },
  { ...web, netns: blue },
  { ...inet('0.0.0.0:81', '0.0.0.0', held(1, 'app')), netns: numbered },
];

/** A source of these sockets, which looks up the namespace asked for; null: it cannot. */
function ofNetns(asked: Netns | null, ...rows: readonly InetSocket[]): () => Source {
  const loopback = { name: 'lo', netns: asked } as unknown as NetInterface;
  const places = fakeSource({ interfaces: asked === null ? [] : [loopback] });
  const table = fakeSource(sockets(...rows));
  const read: Source['read'] = (query, sink) =>
    (query.report === 'interfaces' ? places : table).read(query, sink);
  return () => ({ ...places, facts: [...linuxFacts, 'netns'], read });
}

/** A source of the families that are asked for of these routes and groups. */
function ofTables(tables: {
  readonly routes: readonly Route[];
  readonly groups: readonly Group[];
}) {
  return sourceOfReaders(
    { platform: 'linux', protocols: [] },
    {
      async *routes({ families }) {
        yield tables.routes.filter(({ family }) => families.includes(family));
      },
      async *groups({ families }) {
        yield tables.groups.filter(({ family }) => families.includes(family));
      },
    },
  );
}

const sockets = (...rows: readonly Socket[]): FakeReading => ({ batches: [rows] });
const file = (name = 'a') => JSON.parse(readFileSync(at(name), 'utf8'));
/** The lines behind those that say what was compared. */
const changes = (stdout: string) => stdout.split('\n').slice(2, -1);

describe('--save', () => {
  it('writes the answer, its owners and what was asked', async () => {
    expect(await run('-tl --port 22,80 --save FILE', sockets(ssh, web, client))).toEqual({
      ...{ stdout: '', stderr: '', code: 0, error: null },
    });
    const saved = file();
    expect(documentErrors(saved)).toEqual([]);
    expect(saved.sockets).toEqual([ssh, web]);
    expect(saved.asked).toEqual({
      host: expect.any(String),
      ...{ report: 'sockets', protocols: ['tcp'], families: ['inet', 'inet6'] },
      ...{ which: 'listening', boundInactive: false, interfaces: [], netns: 'own', extras: [] },
      filters: { port: ['22', '80'] },
    });
  });

  it('- is standard output', async () => {
    const { stdout, code } = await run('-tl --save -', sockets(ssh));
    expect(code).toBe(0);
    expect(documentErrors(JSON.parse(stdout))).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves nothing where reading fails in the middle', async () => {
    const failure = Object.assign(new Error('lost'), { name: 'NetstatError', summary: 'lost' });
    writeFileSync(at('a'), 'old');
    const { error } = await run('-tl --save FILE', { ...sockets(ssh), failure });
    expect(error).toBe('lost');
    expect(readFileSync(at('a'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('is given up where a signal comes, and nothing is left', async () => {
    const counts: number[] = [];
    const count = () => counts.push(readdirSync(folder).length);
    const beforeSignal = (cleanUp: () => void) => {
      // Signals are caught before there is a file.
      count();
      queueMicrotask(() => {
        count();
        cleanUp();
        count();
      });
      return () => {};
    };
    expect((await run('-tl --save FILE', sockets(ssh), { beforeSignal })).code).toBe(2);
    expect(counts).toEqual([0, 1, 0]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('on Windows warns that permissions do not count there', async () => {
    const line = '-tl --save FILE --save-mode 0644';
    const { stderr } = await run(line, sockets(ssh), { platform: 'win32' });
    expect(stderr).toMatch(/^tsnetstat: --save-mode: Windows has no such permissions/);
  });
});

describe('--diff', () => {
  it('prints nothing and exits with 0 where nothing differs', async () => {
    await run('-tl --save FILE', sockets(ssh, web));
    expect(await run('--diff FILE', sockets(web, ssh, client))).toEqual({
      ...{ stdout: '', stderr: '', code: 0, error: null },
    });
  });

  it('prints what differs as lines, and exits with 1', async () => {
    await run('-tul --save FILE', sockets(ssh, web, dns));
    const moved = inet('0.0.0.0:80', '0.0.0.0', held(800, 'nginx'));
    const evil = { ...dns, ...held(666, 'evil\u001b[2J') };
    const now = sockets({ ...ssh, ...held(513, 'sshd') }, moved, evil);
    const { stdout, code } = await run('--diff FILE -v', now);
    expect(code).toBe(1);
    expect(stdout.split('\n', 2)).toEqual([
      expect.stringMatching(/^--- .*a {2}\d{4}-\d\d-\d\dT[\d:.]*Z /),
      expect.stringMatching(/^\+\+\+ now {2}\d{4}-\d\d-\d\dT[\d:.]*Z /),
    ]);
    expect(changes(stdout)).toEqual([
      '~tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN      800/nginx  (address 127.0.0.1 → 0.0.0.0)',
      '~udp        0      0 0.0.0.0:53              0.0.0.0:*                           666/evil\\x1b[2J  (program named → evil\\x1b)',
      '=tcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN      513/sshd  (was PID 512)',
    ]);
  });

  it('colours lines where that is asked for', async () => {
    await run('-tl --save FILE', sockets(ssh));
    const { stdout } = await run('--diff FILE --color always', sockets(web));
    expect(stdout).toContain('\u001b[31m-tcp ');
    expect(stdout).toContain('\u001b[32m+tcp ');
  });

  it('with -q prints nothing: the answer is the exit code', async () => {
    await run('-tl --save FILE', sockets(ssh));
    expect(await run('-q --diff FILE', sockets(web))).toMatchObject({ stdout: '', code: 1 });
    expect(await run('-q --diff FILE', sockets(ssh))).toMatchObject({ stdout: '', code: 0 });
  });

  it('as JSON is a document that its schema describes, also where nothing differs', async () => {
    await run('-tl --save FILE', sockets(ssh, web));
    const evil = { ...ssh, ...held(666, 'evil') };
    for (const [now, code] of [[sockets(ssh, web), 0] as const, [sockets(evil, dns), 1] as const]) {
      const answer = await run('--diff FILE --json', now);
      expect(answer.code).toBe(code);
      const document = JSON.parse(answer.stdout);
      expect(differenceErrors(document)).toEqual([]);
      expect(document.changed).toEqual(
        code === 0
          ? []
          : [
              {
                fields: [{ field: 'owners.program', before: 'sshd', after: 'evil' }],
                before: ssh,
                after: evil,
              },
            ],
      );
      expect(document.removed).toEqual(code === 0 ? [] : [web]);
    }
  });

  it('as NDJSON is a line for each, and as CSV two for a pair', async () => {
    await run('-tl --save FILE', sockets(ssh, web));
    const now = sockets({ ...ssh, ...held(666, 'evil') }, client);
    const { stdout } = await run('-tl --diff FILE --format ndjson', now);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.flatMap(differenceLineErrors)).toEqual([]);
    expect(
      lines.map(({ change, before, after }) => [change, before?.local.port, after?.local.port]),
    ).toEqual([
      ['removed', 80, undefined],
      ['changed', 22, 22],
    ]);
    const csv = (await run('-tl --diff FILE --format csv', now)).stdout.split('\r\n');
    expect(csv.map((line) => line.split(',', 3).join())).toEqual([
      'change,fields,proto',
      'removed,,tcp',
      'changed-from,owners.program,tcp',
      'changed,owners.program,tcp',
      '',
    ]);
  });

  it.each([
    ['netstat', /^--- .*\n\+\+\+ .*\n/],
    ['csv', /^change,.*\r\n/],
  ])('as %s without its header where none is wanted', async (format, header) => {
    await run('-tl --save FILE', sockets(ssh, web));
    const line = `-tl --diff FILE --format ${format}`;
    const { stdout: whole } = await run(line, sockets(ssh));
    expect(whole).toMatch(header);
    const { stdout, code } = await run(`${line} -H`, sockets(ssh));
    expect(code).toBe(1);
    expect(stdout).not.toMatch(header);
    expect(stdout.trim()).not.toBe('');
    expect(whole.endsWith(stdout)).toBe(true);
  });

  it('shows as new what the file was not asked for, and leaves out what is not asked for now', async () => {
    await run('-tl --save FILE', sockets(ssh, web));
    const { stdout, stderr } = await run('-ul --diff FILE', sockets(dns));
    expect(stderr).toContain('shows as new, what only the file covers is left out');
    expect(changes(stdout).map((row) => row.slice(0, 4))).toEqual(['+udp']);
  });

  it('warns if something else is asked', async () => {
    await run('-tl --save FILE', sockets(ssh));
    const { stderr, stdout } = await run('-tul --diff FILE', sockets(ssh, dns));
    expect(stderr.replaceAll(folder, '')).toBe(
      'tsnetstat: warning: /a was saved for -t -l, this is -t -u -l: what only this covers shows as new, what only the file covers is left out\n',
    );
    expect(changes(stdout)).toHaveLength(1);
  });

  it.each<[string, string]>([
    ['one of the protocols', '-tul --save FILE|-tl --diff FILE'],
    ['one of the families', '-tl --save FILE|-tl -4 --diff FILE'],
    ['a filter more', '-tl --save FILE|-tl --port 22 --diff FILE'],
    ['servers of all', '-ta --save FILE|-tl --diff FILE'],
  ])('asks for less without a word: %s', async (_, lines) => {
    const [before = '', now = ''] = lines.split('|');
    await run(before, sockets(ssh, web, dns, client));
    expect(await run(now, sockets(ssh))).toMatchObject({ stderr: '' });
  });

  it.each([
    ['--diff FILE --port 22', [dns, web, ssh], ''],
    ['--diff FILE --port 22', [dns, web], '-tcp'],
    ['--diff FILE sport_=_53', [ssh], '-udp'],
  ])('a filter alone narrows what the file was asked: %s', async (line, now, first) => {
    await run('-tul --save FILE', sockets(ssh, web, dns));
    const { stdout, stderr } = await run(line, sockets(...now, client));
    expect(stderr).toBe('');
    expect(changes(stdout).map((row) => row.slice(0, 4))).toEqual(first === '' ? [] : [first]);
  });

  const named = unix('/tmp/x', { state: 'LISTENING' });
  it.each<[line: string, now: readonly Socket[]]>([
    ['-ta sport_=_22 --save FILE|-x --diff FILE', [named]],
    ['-ax path_=_/tmp/* --save FILE|-u --diff FILE', [dns]],
    ['-ta --port 22 --save FILE|-x --diff FILE', [named]],
    ['-tl --exposed --save FILE|-x --diff FILE', [named]],
  ])('tables where nothing can match what was saved are the same: %s', async (lines, now) => {
    const [before = '', narrower = ''] = lines.split('|');
    await run(before, sockets(ssh, web));
    const { code, stdout, error } = await run(narrower, sockets(...now));
    expect({ code, stdout, error }).toEqual({ code: 0, stdout: '', error: null });
  });

  it('a filter typed for tables where nothing can match it is refused', async () => {
    await run('-ta --save FILE', sockets(ssh));
    const { error } = await run('-x --diff FILE sport_=_22', sockets());
    expect(error).toContain("found 'sport': UNIX sockets have no ports");
  });

  it('a filter of sockets beside a file of routes asks for something else', async () => {
    await run('-tl --save FILE', sockets());
    const asked = { ...file().asked, report: 'routes' };
    writeFileSync(at('a'), JSON.stringify({ ...file(), sockets: undefined, asked, routes: [] }));
    const { error } = await run('--diff FILE --port 22', sockets());
    expect(error).toContain('it contains routes, not sockets; ask for the same');
  });

  it.each(['--diff FILE -a', '--diff FILE -i -a', '--diff FILE'])(
    'all interfaces are compared, and -a asks for no other: %s',
    async (line) => {
      const up = netInterface('eth0');
      const down = netInterface('eth1', { flags: [], flagBits: 0, mtu: 1500 });
      const interfaces = { interfaces: [up, down] };
      await run('-i --save FILE', interfaces);
      expect(await run(line, interfaces)).toMatchObject({ code: 0, stderr: '', error: null });
      const other = { interfaces: [up, { ...down, mtu: 9000 }] };
      expect(await run(line, other)).toMatchObject({ code: 1, stderr: '', error: null });
    },
  );

  it('only the interfaces that are named are compared, and all are saved anew', async () => {
    const [one, other] = [netInterface('eth0', { mtu: 1500 }), netInterface('eth1', { mtu: 9000 })];
    await run('-i --save FILE', { interfaces: [one, { ...other, mtu: 1500 }] });
    const now = { interfaces: [one, other] };
    expect(await run('--diff FILE -i eth0', now)).toMatchObject({ code: 0, stdout: '' });
    const { code, stdout } = await run('--diff FILE --save FILE', now);
    expect([code, changes(stdout).map((text) => text.slice(0, 5))]).toEqual([1, ['~eth1']]);
    expect(file().interfaces.map(({ mtu }: NetInterface) => mtu)).toEqual([1500, 9000]);
    expect(await run('--diff FILE', now)).toMatchObject({ code: 0, stdout: '' });
  });

  it.each(['-l', '-t', '--port 22'])('%s beside a file of interfaces is refused', async (flags) => {
    await run('-i --save FILE', { interfaces: [] });
    const { error } = await run(`--diff FILE ${flags}`, sockets());
    expect(error).toContain('it contains interfaces, not sockets; ask for the same');
  });

  it('knows the exit code before anything is written', async () => {
    const codes: number[] = [];
    await run('-tl --save FILE', sockets(ssh));
    const host = { codeIfClosed: (code: number) => codes.push(code) };
    await run('--diff FILE', sockets(ssh), host);
    await run('--diff FILE', sockets(web), host);
    expect(codes).toEqual([0, 1]);
  });

  it.each<[string, string]>([
    ['another filter', '-tl --port 80 --save FILE|-tl --port 22 --diff FILE'],
    ['more values of a filter', '-tl --port 22 --save FILE|-tl --port 22,80 --diff FILE'],
    ['all instead of servers', '-tl --save FILE|-ta --diff FILE'],
    ['another namespace', '-tl --save FILE|-tl --all-netns --diff FILE'],
  ])('warns if more, or something else, is asked: %s', async (_, lines) => {
    const [before = '', now = ''] = lines.split('|');
    await run(before, sockets(ssh));
    expect((await run(now, sockets(ssh))).stderr).toContain('what only this covers shows as new');
  });

  it.each<[string, readonly number[], string]>([
    ['--diff FILE', [22, 80, 81], ''],
    ['-tl --diff FILE', [22, 80, 81], ''],
    ['--netns own --diff FILE', [22], ''],
    ['--netns blue --diff FILE', [80], ''],
    ['--netns 3 --diff FILE', [81], ''],
    ['--netns /run/netns/blue --diff FILE', [80], ''],
    ['--netns 4711 --diff FILE', [80], ''],
    ['--netns 4712 --diff FILE', [81], ''],
    ['--netns red --diff FILE', [], ''],
  ])('compares the rows of the namespaces asked for: %s', async (line, ports, warning) => {
    await run('--all-netns -tl --save FILE', {}, {}, ofNetns(null, ...everywhere));
    const now: Readonly<Record<string, Netns>> = {
      '/run/netns/blue': { ...blue, inode: 7 },
      4711: blue,
      4712: numbered,
      red: { inode: 5, name: 'red', own: false },
    };
    const [, word = ''] = /--netns (\S+)/.exec(line) ?? [];
    const { stdout, stderr } = await run(line, {}, {}, ofNetns(now[word] ?? null));
    const gone = changes(stdout).map((text) => Number(/:(\d+) /.exec(text)?.[1]));
    expect(gone.sort()).toEqual(ports);
    expect(stderr).toContain(warning);
    if (warning === '') expect(stderr).toBe('');
  });

  it.each([
    ['--diff FILE', '/a: what it was saved for cannot be asked here: --netns ../x: no such file'],
    ['--netns ../x --diff FILE', '--netns ../x: no such file'],
  ])(
    'blames the file for one that is not there, unless it was typed: %s',
    async (line, message) => {
      await run('-tl --save FILE', sockets(ssh));
      const { asked, ...saved } = file();
      writeFileSync(
        at('a'),
        JSON.stringify({ ...saved, asked: { ...asked, netns: { name: '../x' } } }),
      );
      const text = '--netns ../x: no such file';
      const failure = new NetstatError('usage', text, { path: 'netns', about: 'netns' });
      const source = { ...fakeSource({ failure }), facts: [...linuxFacts, 'netns'] as const };
      expect(await run(line, {}, {}, () => source)).toMatchObject({ code: 2, error: message });
    },
  );

  it.each<[line: string, now: Netns, changed: string[], warning: string]>([
    ['--netns 4711 --diff FILE', blue, [], ''],
    ['--netns /run/netns/blue --diff FILE', { ...blue, inode: 7 }, [], ''],
    ['--diff FILE', blue, [], ''],
    ['--netns own --diff FILE', ownNetns, ['+tcp'], 'what only the file covers is left out'],
    ['--netns 4712 --diff FILE', numbered, ['+tcp'], 'what only the file covers is left out'],
    [
      '--netns red --diff FILE',
      { inode: 5, name: 'red', own: false },
      ['+tcp'],
      'what only the file covers is left out',
    ],
  ])('with a file of one namespace, %s', async (line, now, expected, warning) => {
    await run('--netns blue -tl --save FILE', {}, {}, ofNetns(null, { ...web, netns: blue }));
    const answer = await run(line, {}, {}, ofNetns(now, { ...web, netns: now }));
    expect(changes(answer.stdout).map((text) => text.slice(0, 4))).toEqual(expected);
    expect(answer.code).toBe(expected.length);
    expect(answer.stderr).toContain(warning);
    if (warning === '') expect(answer.stderr).toBe('');
  });

  it.each<[string, Netns | null]>([
    ['the namespace is not known', null],
    ['it is known by what the file lacks', { inode: null, name: 'red', own: false }],
  ])('compares nothing if a file does not tell the rows of a namespace: %s', async (_, now) => {
    await run('--all-netns -tl --save FILE', {}, {}, ofNetns(null, ...everywhere));
    expect(await run('--netns 4711 --diff FILE', {}, {}, ofNetns(now))).toMatchObject({
      ...{ code: 2, stdout: '' },
      error: '/a: it does not tell which rows are of the network namespace 4711',
    });
  });

  it.each<[string, string, string]>([
    ['-tlp --save FILE', '-4 --diff FILE', ''],
    ['-tlp --save FILE', '-l --diff FILE', '-tcp'],
    ['-tl --port 80 --save FILE', '-tl --diff FILE', ''],
    ['-tl --save FILE', '--bound-inactive --diff FILE', 'more'],
    ['-tl --save FILE', '-a --diff FILE', 'more'],
    ['-tl --save FILE', '-u --diff FILE', 'more'],
  ])('saved with %s, %s chooses only its own part', async (before, line, expected) => {
    const six = inet('[::1]:22', '[::]', { ...held(512, 'sshd'), family: 'inet6' });
    await run(before, sockets(ssh, six, client));
    const { stdout, stderr } = await run(line, sockets(ssh, client));
    const [first = ''] = changes(stdout);
    expect(stderr.includes('what only this covers')).toBe(expected === 'more');
    if (expected !== 'more') expect(first.slice(0, 4)).toBe(expected);
    expect(stdout.includes('40000')).toBe(line.startsWith('-a'));
  });

  it('asks for other extras and sort keys without a warning: that changes no row', async () => {
    await run('-tl --save FILE', sockets(ssh));
    expect(await run('-tln --diff FILE', sockets(ssh))).toMatchObject({ stderr: '', code: 0 });
  });

  it("accepts --json's output, and warns that it does not record what was asked", async () => {
    const document = {
      ...{ schemaVersion: 1, platform: 'linux', takenAt: '2026-01-31T12:00:00.000Z' },
      ...{ sockets: [{ ...ssh, owners: null }, dns, client, unix(null)], warnings: [] },
    };
    writeFileSync(at('a'), JSON.stringify(document));
    expect(await run('-tl --diff FILE', sockets(ssh))).toEqual({
      ...{ stdout: '', code: 0, error: null },
      stderr: 'tsnetstat: 1 socket: owners not compared, since one side lacks them\n',
    });
    const { stderr } = await run('--diff FILE', sockets(client));
    expect(stderr).toContain(
      'a does not record what was asked; give the same flags, or create it with --save',
    );
  });

  it('saves nothing over a file that knows owners which are hidden now', async () => {
    const hidden = { ...ssh, owners: [], noOwner: 'denied' } as const;
    const node = { ...ssh, ...held(900, 'node') };
    await run('-tl --save FILE', sockets(ssh));
    const { stderr, code } = await run('--diff FILE --save FILE', sockets(hidden));
    expect(code).toBe(2);
    expect(stderr.replaceAll(folder, '')).toContain(
      'tsnetstat: /a: not saved, since it cannot be seen now who holds 1 socket of which it knows that\n',
    );
    const other = await run('--diff FILE --save FILE.new', sockets(hidden));
    expect(other.stderr.replaceAll(folder, '')).toContain('/a.new: not saved, since it cannot be');
    expect(existsSync(at('a.new'))).toBe(false);
    // So what then takes the port is noticed.
    expect((await run('--diff FILE --save FILE', sockets(node))).code).toBe(1);
    expect(await run('--diff FILE', sockets(node))).toMatchObject({ stderr: '', code: 0 });
  });

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

  it('warns that the file is from another machine or platform', async () => {
    await run('-tl --save FILE', sockets(ssh));
    const saved = file();
    writeFileSync(at('a'), exactJson({ ...saved, asked: { ...saved.asked, host: 'elsewhere\n' } }));
    const other = { ...ssh, ...held(7, 'sshd') };
    const { stderr, stdout } = await run('--diff FILE -v', sockets(other));
    expect(stderr).toMatch(
      /^tsnetstat: warning: the file is from the machine elsewhere\\x0a, this is .*\n$/,
    );
    expect(stdout).toBe('');
    writeFileSync(at('a'), exactJson({ ...saved, platform: 'darwin' }));
    expect((await run('--diff FILE', sockets(ssh))).stderr).toBe(
      'tsnetstat: warning: the file is from darwin, this is linux: only what both provide is compared\n',
    );
  });

  it('quotes of the file no more than a message has room for', async () => {
    await run('-tl --save FILE', sockets(ssh));
    const saved = file();
    const long = 'x'.repeat(100_000);
    const messageFor = async (asked: object, rows = [ssh]) => {
      writeFileSync(
        at('a'),
        exactJson({ ...saved, sockets: rows, asked: { ...saved.asked, ...asked } }),
      );
      const { stderr, stdout, error } = await run('--diff FILE --program y', sockets(web));
      return `${stderr}${stdout}${error ?? ''}`;
    };
    expect(await messageFor({ host: long })).toMatch(/is from the machine x{300}…, this is/);
    expect(await messageFor({ filters: { program: [long] } })).toMatch(/saved for .*x…, this/);
    const name = 'x'.repeat(400);
    expect(await messageFor({ on: [name, name] })).toMatch(/add --on 'x{300}…','x{300}…'$/);
    for (const asked of [{ host: long }, { filters: { program: [long] } }, { on: [name] }]) {
      expect((await messageFor(asked)).length).toBeLessThan(3000);
    }
  });

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

describe('a namespace that is left out now, and was not then', () => {
  const of = (netns: Netns) => ({ ...ssh, netns });
  const own = of({ inode: 1, name: null, own: true });
  const numbered = of({ inode: 2, name: null, own: false });
  it.each<[string, InetSocket, string, number]>([
    ['hides nothing of the own one', own, 'late', 0],
    ['may hide nothing of it either', own, 'late (perhaps)', 0],
    ['hides what is of its name', of({ inode: 2, name: 'b', own: false }), 'b', 2],
    ['hides what is of its number', numbered, '2', 2],
    ['hides nothing of another number', numbered, '3', 0],
    ['hides nothing of another name', of({ inode: 2, name: 'b', own: false }), 'late', 0],
    ['may hide what has no name', numbered, 'late', 2],
    ['may hide what is perhaps of it', of({ inode: 2, name: 'b', own: false }), 'x (perhaps)', 2],
    ['may hide what has no number', of({ inode: null, name: null, own: false }), 'late', 2],
  ])('%s', async (_, row, subject, code) => {
    const message = `left out: ${subject}`;
    const before = { code: 'unreadable', source: '/run/netns', subjects: ['aa'], message } as const;
    const now = { ...before, subjects: ['aa', subject] };
    const everywhere = (line: string, warning: Warning) => {
      const source = fakeSource({ ...sockets(row), warnings: [warning] });
      return run(line, {}, {}, () => ({ ...source, facts: [...linuxFacts, 'netns'] }));
    };
    await everywhere('-tl --all-netns --save FILE', before);
    const answer = await everywhere('--diff FILE', now);
    expect(answer.code).toBe(code);
    expect(`${answer.stderr}${answer.error}`).toContain(message);
  });
});

describe('a namespace that was left out then, and is read now', () => {
  const blueNow = { ...web, netns: blue };
  it.each<[string, string, InetSocket[], number]>([
    ['would show as new', 'blue', [blueNow], 2],
    ['may show as new', 'x (perhaps)', [blueNow], 2],
    ['is not what shows as new', 'red', [blueNow], 1],
    ['is not the own one', 'blue', [{ ...web, netns: ownNetns }], 1],
    ['has nothing to show', 'blue', [], 0],
  ])('%s', async (_, subject, rows, code) => {
    const message = `left out: ${subject}`;
    const leftOut = { code: 'unreadable', source: '/run/netns', subjects: [subject], message };
    const everywhere = (line: string, warnings: readonly Warning[], more: InetSocket[]) => {
      const source = fakeSource({ ...sockets({ ...ssh, netns: ownNetns }, ...more), warnings });
      return run(line, {}, {}, () => ({ ...source, facts: [...linuxFacts, 'netns'] }));
    };
    await everywhere('-tl --all-netns --save FILE', [leftOut as Warning], []);
    const answer = await everywhere('--diff FILE', [], rows);
    expect(answer.code).toBe(code);
    if (code === 2) expect(answer.error).toMatch(/would show as new; save it again: left out: /);
  });
});

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
    expect(changes(stdout).map((text) => text.slice(0, 4))).toEqual(expected);
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
    writeFileSync(at('a'), JSON.stringify({ ...saved, platform: 'darwin' }));
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
    writeFileSync(at('a'), JSON.stringify(saved));
    const gone = await run('--diff FILE', {}, {}, sourceOf(sockets()));
    expect(changes(gone.stdout).map((text) => text.slice(0, 4))).toEqual(['-tcp']);
    expect([gone.stderr, gone.code]).toEqual(['', 1]);
    // Another filter decides anew.
    const typed = await run('--diff FILE command_=_*TAIL', {}, {}, sourceOf(sockets()));
    expect(typed).toMatchObject({ code: 2 });
  });

  it('where owners were not saved, rows that may not fit are counted', async () => {
    await run('-tl --save FILE', sockets(ssh, web));
    const saved = file();
    for (const row of saved.sockets) Object.assign(row, { owners: null });
    writeFileSync(at('a'), JSON.stringify(saved));
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
    const saved = file();
    for (const row of saved.sockets) Object.assign(row, { owners: null });
    writeFileSync(at('a'), JSON.stringify(saved));
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

describe('a file that does not record what was asked', () => {
  const saved = async (...rows: readonly InetSocket[]) => {
    await run('-tl --save FILE', sockets(...rows));
    const { asked: _, ...rest } = file();
    writeFileSync(at('a'), JSON.stringify(rest));
  };

  it.each([
    ['--diff FILE', 'none of its 2 rows is', [ssh, web]],
    ['-q --diff FILE', 'none of its 2 rows is', [ssh, web]],
    ['-u --diff FILE', 'none of its 2 rows is', [ssh, web]],
    ['--diff FILE', 'its row is not', [web]],
  ])('and of whose rows none is asked for is trouble: %s, %s', async (line, what, rows) => {
    await saved(...rows);
    expect(await run(line, sockets(ssh))).toMatchObject({
      ...{ stdout: '', code: 2 },
      error: `/a: nothing was compared: ${what} of what these flags ask for; give those that it was made with`,
    });
  });

  it.each([
    ['the flags are given', '-tl --diff FILE', [web], 0],
    ['something asked for is there now', '--diff FILE', [web, client], 1],
    ['a filter was typed', '-tl --port 9 --diff FILE', [web], 0],
    ['all that it has is ignored', '-tl --diff FILE --ignore sport_=_80', [web], 0],
  ] as const)('is compared if %s', async (_, line, now, code) => {
    await saved(web);
    expect(await run(line, sockets(...now))).toMatchObject({ code, error: null });
  });

  const old = [
    route({ destination: '192.0.2.0' }),
    route({ family: 'inet6', destination: 'fd00::' }),
  ];
  const added = [
    route({ destination: '203.0.113.0' }),
    route({ family: 'inet6', destination: 'fd01::' }),
  ];
  const joined = [group('eth0', '224.0.0.1', 1), group('eth0', 'ff02::1', 1)];
  const joinedNow = [group('eth0', '224.0.0.9', 1), group('eth0', 'ff02::9', 1)];
  it.each<[line: string, kind: 'routes' | 'groups', before: readonly Row[], found: string[]]>([
    ['--diff FILE', 'routes', old, ['+203.0.113.0', '+fd01::']],
    ['--diff FILE', 'routes', old.slice(0, 1), ['+203.0.113.0']],
    ['--diff FILE', 'routes', old.slice(1), ['+fd01::']],
    ['--diff FILE', 'routes', [], ['+192.0.2.0', '+203.0.113.0']],
    ['--diff FILE -4', 'routes', old, ['+203.0.113.0']],
    ['--diff FILE -6', 'routes', old, ['+fd01::']],
    ['--diff FILE -46', 'routes', old, ['+203.0.113.0', '+fd01::']],
    ['--diff FILE -r -6', 'routes', old, ['+fd01::']],
    ['--diff FILE', 'groups', joined, ['+eth0 224.0.0.9', '+eth0 ff02::9']],
    ['--diff FILE', 'groups', joined.slice(1), ['+eth0 ff02::9']],
    ['--diff FILE -6', 'groups', joined, ['+eth0 ff02::9']],
  ])('%s: its report is taken for what is asked (%s)', async (line, kind, before, found) => {
    await saved();
    writeFileSync(at('a'), JSON.stringify({ ...file(), sockets: undefined, [kind]: before }));
    const now = { routes: [...old, ...added], groups: [...joined, ...joinedNow] };
    const { code, stdout, stderr, error } = await run(line, {}, {}, () => ofTables(now));
    expect([code, error]).toEqual([1, null]);
    // What was asked for cannot be told from the rows alone.
    const isTold = stderr.includes('a does not record what was asked; give the same flags');
    expect(isTold).toBe(line === '--diff FILE');
    expect(changes(stdout).map((text) => text.replace(/\/.*/, ''))).toEqual(found);
  });
});

it('a filter that decides nothing is trouble although some row is on both sides', async () => {
  await run('-tl --save FILE', sockets(ssh, web));
  const saved = file();
  for (const row of saved.sockets) Object.assign(row, { owners: null });
  writeFileSync(at('a'), JSON.stringify(saved));
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
  expect([changes(stdout).map((text) => text.slice(0, 4)), code]).toEqual([['+tcp'], 1]);
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
    const saved = file();
    for (const row of saved.sockets) Object.assign(row, { owners: null });
    writeFileSync(at('a'), JSON.stringify(saved));
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

describe('names of hosts in filters', () => {
  /** What a file was saved for, that names a host. */
  async function savedFor(filters: object) {
    await run('-ta --save FILE', sockets(client));
    const { asked, ...saved } = file();
    writeFileSync(at('a'), JSON.stringify({ ...saved, asked: { ...asked, filters } }));
  }

  it('are looked up if they are typed, whatever filters the file has', async () => {
    await savedFor({ port: ['22'] });
    for (const line of ['--remote localhost --diff FILE', '--diff FILE dst localhost']) {
      expect(await run(line, sockets(client))).toMatchObject({ code: 0, error: null });
    }
  });

  it.each([
    [{ remote: ['localhost'] }, '--diff FILE'],
    [{ remote: ['localhost'] }, '--diff FILE --local 127.0.0.1'],
    [{ remote: ['elsewhere.test'] }, '--diff FILE --local localhost'],
    [{ expression: ['dst', 'localhost'] }, '--diff FILE --port 22'],
  ])('are not if the file gives them: %j, %s', async (filters, line) => {
    await savedFor(filters);
    const { code, error } = await run(line, sockets(client));
    expect([code, error]).toEqual([2, expect.stringContaining('which a file names: repeat the')]);
    expect(error).toContain('/a: what it was saved for cannot be asked here');
  });
});

describe('--diff with --save', () => {
  it('creates the first file, and reports it', async () => {
    const { stderr, code } = await run('-tl --diff FILE --save FILE', sockets(ssh));
    expect(code).toBe(0);
    expect(stderr.replaceAll(folder, '')).toBe(
      'tsnetstat: /a: there was no such file; /a was saved as the first one to compare with\n',
    );
    expect(file().sockets).toEqual([ssh]);
  });

  it('updates it, as it was asked, after reporting the difference', async () => {
    await run('-tl --port 22,80 --save FILE', sockets(ssh));
    const { asked } = file();
    expect((await run('--diff FILE --save FILE', sockets(ssh, web))).code).toBe(1);
    expect(file()).toMatchObject({ asked, sockets: [ssh, web] });
    expect(documentErrors(file())).toEqual([]);
    expect((await run('--diff FILE --save FILE', sockets(ssh, web))).code).toBe(0);
  });

  it('saves what is ignored too, and into another file where that is named', async () => {
    await run('-tl --save FILE', sockets(ssh));
    const line = '--diff FILE --save FILE2 --ignore sport_=_:80';
    expect((await run(line, sockets(ssh, web))).code).toBe(0);
    expect(file().sockets).toEqual([ssh]);
    expect(file('a2').sockets).toEqual([ssh, web]);
  });
});

describe('mistakes are reported in one line', () => {
  it.each<[line: string, error: string]>([
    ['--diff FILE', '/a: there is no such file; create it with --save /a'],
    ['-s --diff FILE', '--diff: counters always differ; -s -c shows how fast they grow'],
    [
      '-tl --diff FILE --diff FILE2',
      '--diff: expected one file, found 2; it is compared with what is there now (two files: diff() of the library)',
    ],
    [
      '-tl --diff FILE --format table',
      '--diff cannot be used with --format table: its boxes have no room for two sides; use netstat, json, ndjson or csv',
    ],
    [
      '-tl --diff FILE -c',
      '--diff cannot be used with --continuous: it is one answer; run it repeatedly',
    ],
    ['-tl --diff FILE --columns src', '--diff cannot be used with --columns: it has every field'],
    [
      '-tl --diff FILE --sort src',
      '--diff cannot be used with --sort: differences have an order of their own',
    ],
    ['-tl --diff FILE --wait', '--diff cannot be used with --wait: it compares what is there now'],
    [
      '-tl --diff FILE --save -',
      '--save - cannot be used with --diff, which writes to standard output itself',
    ],
    ['-tl --save FILE -q', '--save cannot be used with --quiet'],
    ['-tl --save FILE --pids', '--save cannot be used with --pids'],
    [
      '-tl --save FILE --format csv',
      '--save cannot be used with --format csv: what is saved is JSON',
    ],
    [
      '-tl --save FILE --save-mode 888',
      '--save-mode 888: expected three octal digits, such as 640',
    ],
    ['-tl --save-mode 0644', '--save-mode requires --save'],
    ['-tl --ignore x', '--ignore requires --diff or --diagnose'],
    ['-tl --severity note', '--severity requires --diagnose'],
    ['-tl --save FILE --severity note', '--severity requires --diagnose'],
    ['-tl --diff FILE --severity note', '--severity requires --diagnose'],
    ['-r --diff FILE --ignore sport_=_1', '--ignore is about sockets, not routes'],
  ])('%s', async (line, error) => {
    expect(await run(line, sockets())).toMatchObject({ code: 2, error });
    expect(existsSync(at('a'))).toBe(false);
  });

  it.each([
    [
      { user: ['no-such-user'] },
      "--user: expected a user's name or number, found 'no-such-user', which is not in this system's list of users",
    ],
    [{ expression: ['sport = ('] }, "filter expression, position 9: expected a port, found '('"],
  ])(
    "a filter in the file that is invalid here is reported as the file's: %j",
    async (filters, why) => {
      await run('-tl --save FILE', sockets(ssh));
      const { asked, ...saved } = file();
      writeFileSync(at('a'), JSON.stringify({ ...saved, asked: { ...asked, filters } }));
      const { code, error } = await run('--diff FILE', sockets(ssh));
      expect([code, error?.split('\n')[0]]).toEqual([
        2,
        `/a: what it was saved for cannot be asked here: ${why}`,
      ]);
      const typed = `--diff FILE ${'user' in filters ? '--user nobody-either' : '( sport = 1'}`;
      expect((await run(typed, sockets(ssh))).error).toMatch(/^(?:--user|filter expression)/);
    },
  );

  it('an expression to ignore that cannot be read is shown with its place', async () => {
    await run('-tl --save FILE', sockets());
    const { error } = await run('--diff FILE --ignore sport_=_=_1', sockets());
    expect(error).toMatch(/^--ignore: .*\n.*sport = = 1\n/);
  });

  it('a file of another report is no answer to this question', async () => {
    await run('-tl --save FILE', sockets());
    const saved = file();
    const routes = { ...saved, sockets: undefined, asked: undefined, routes: [] };
    writeFileSync(at('a'), JSON.stringify(routes));
    expect((await run('-tl --diff FILE', sockets())).error).toBe(
      '/a: it contains routes, not sockets; ask for the same',
    );
    expect((await run('--diff FILE --ignore sport_=_1', sockets())).error).toBe(
      '--ignore is about sockets, not routes',
    );
    writeFileSync(at('a'), JSON.stringify({ ...routes, routes: undefined, statistics: [] }));
    expect((await run('--diff FILE', sockets())).error).toMatch(/^\/a: it contains counters/);
  });
});

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
      writeFileSync(at('a'), JSON.stringify({ ...saved, asked, sockets: rows }));
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
