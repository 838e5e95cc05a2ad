import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NetstatError } from '../../../src/errors.ts';
import type { Group } from '../../../src/model/machine/multicast-group.ts';
import type { Route } from '../../../src/model/machine/route.ts';
import type { Row } from '../../../src/model/report/snapshot.ts';
import type { InetSocket, Socket } from '../../../src/model/socket/socket.ts';
import { sourceOfReaders } from '../../../src/sources/readers.ts';
import { group, inet, netInterface, route, unix } from '../../support/builders.ts';
import { fakeSource, linuxFacts } from '../../support/fake-source.ts';
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

const { at, file, rewrite, reask, run } = savedAnswers();

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

describe('other flags than those of the file', () => {
  it('shows as new what the file was not asked for, and leaves out what is not asked for now', async () => {
    await run('-tl --save FILE', sockets(ssh, web));
    const { stdout, stderr } = await run('-ul --diff FILE', sockets(dns));
    expect(stderr).toContain('shows as new, what only the file covers is left out');
    expect(changed(stdout)).toEqual(['+udp']);
  });

  it('warns if something else is asked', async () => {
    await run('-tl --save FILE', sockets(ssh));
    const { stderr, stdout } = await run('-tul --diff FILE', sockets(ssh, dns));
    expect(stderr).toBe(
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
    expect(changed(stdout)).toEqual(first === '' ? [] : [first]);
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

  it('leaves out tables that only the platform of the file has', async () => {
    await run('-t --save FILE', sockets());
    rewrite({ platform: 'darwin', sockets: [{ ...client, protocol: 'sctp' }] });
    reask({ protocols: ['tcp', 'sctp'] });
    const both = await run('--diff FILE', sockets());
    expect([changes(both.stdout), both.code]).toEqual([[], 0]);
    reask({ protocols: ['sctp'] });
    expect((await run('--diff FILE', sockets())).error).toMatch(/^sctp: .* not list these/);
  });
});

describe('a file of another report', () => {
  it('a filter of sockets beside a file of routes asks for something else', async () => {
    await run('-tl --save FILE', sockets());
    const asked = { ...file().asked, report: 'routes' };
    rewrite({ sockets: undefined, asked, routes: [] });
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

  it.each(['-l', '-t', '--port 22'])('%s beside a file of interfaces is refused', async (flags) => {
    await run('-i --save FILE', { interfaces: [] });
    const { error } = await run(`--diff FILE ${flags}`, sockets());
    expect(error).toContain('it contains interfaces, not sockets; ask for the same');
  });

  it('a file of another report is no answer to this question', async () => {
    await run('-tl --save FILE', sockets());
    rewrite({ sockets: undefined, asked: undefined, routes: [] });
    expect((await run('-tl --diff FILE', sockets())).error).toBe(
      '/a: it contains routes, not sockets; ask for the same',
    );
    expect((await run('--diff FILE --ignore sport_=_1', sockets())).error).toBe(
      '--ignore is about sockets, not routes',
    );
    rewrite({ routes: undefined, statistics: [] });
    expect((await run('--diff FILE', sockets())).error).toMatch(/^\/a: it contains counters/);
  });
});

describe('a message about what a file asks', () => {
  it('quotes of it no more than there is room for', async () => {
    await run('-tl --save FILE', sockets(ssh));
    const { asked: first } = file();
    const long = 'x'.repeat(100_000);
    const messageFor = async (asked: object) => {
      rewrite({ asked: { ...first, ...asked } });
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

  it.each([
    [
      { user: ['no-such-user'] },
      "--user: expected a user's name or number, found 'no-such-user', which is not in this system's list of users",
    ],
    [{ expression: ['sport = ('] }, "filter expression, position 9: expected a port, found '('"],
  ])("reports a filter in it that is invalid here as the file's: %j", async (filters, why) => {
    await run('-tl --save FILE', sockets(ssh));
    reask({ filters });
    const { code, error } = await run('--diff FILE', sockets(ssh));
    expect([code, error?.split('\n')[0]]).toEqual([
      2,
      `/a: what it was saved for cannot be asked here: ${why}`,
    ]);
    const typed = `--diff FILE ${'user' in filters ? '--user nobody-either' : '( sport = 1'}`;
    expect((await run(typed, sockets(ssh))).error).toMatch(/^(?:--user|filter expression)/);
  });

  it.each([
    ['--diff FILE', '/a: what it was saved for cannot be asked here: --netns ../x: no such file'],
    ['--netns ../x --diff FILE', '--netns ../x: no such file'],
  ])(
    'blames the file for a network namespace that is not there, unless it was typed: %s',
    async (line, message) => {
      await run('-tl --save FILE', sockets(ssh));
      reask({ netns: { name: '../x' } });
      const text = '--netns ../x: no such file';
      const failure = new NetstatError('usage', text, { path: 'netns', about: 'netns' });
      const source = { ...fakeSource({ failure }), facts: [...linuxFacts, 'netns'] as const };
      expect(await run(line, {}, {}, () => source)).toMatchObject({ code: 2, error: message });
    },
  );
});

describe('names of hosts in filters', () => {
  /** What a file was saved for, that names a host. */
  async function savedFor(filters: object) {
    await run('-ta --save FILE', sockets(client));
    reask({ filters });
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

describe('a file that does not record what was asked', () => {
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

  const saved = async (...rows: readonly InetSocket[]) => {
    await run('-tl --save FILE', sockets(...rows));
    rewrite({ asked: undefined });
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
    rewrite({ sockets: undefined, [kind]: before });
    const now = { routes: [...old, ...added], groups: [...joined, ...joinedNow] };
    const { code, stdout, stderr, error } = await run(line, {}, {}, () => ofTables(now));
    expect([code, error]).toEqual([1, null]);
    // What was asked for cannot be told from the rows alone.
    const isTold = stderr.includes('a does not record what was asked; give the same flags');
    expect(isTold).toBe(line === '--diff FILE');
    expect(changes(stdout).map((text) => text.replace(/\/.*/, ''))).toEqual(found);
  });
});
