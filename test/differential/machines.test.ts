/** --on: several machines, each a network namespace with an sshd of its own; the real netstat inside each is the judge. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snapshot } from '../../src/library.ts';
import type { Diagnosis } from '../../src/model/report/diagnosis.ts';
import type { Snapshot } from '../../src/model/report/snapshot.ts';
import type { InetSocket } from '../../src/model/socket/socket.ts';
import { blocksOf } from '../e2e/support/readme.ts';
import { type Output, run } from '../support/command.ts';
import { program, programFiles } from '../support/program.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { type SshWorld, sshdRequirements, sshWorld } from '../support/sshd.ts';
import { documentErrors, lineErrors } from '../views/text/support/schema.ts';

const page = readFileSync(new URL('../../docs/remote.md', import.meta.url), 'utf8');
const { programs = [] } = sshdRequirements;
const skipReason = reasonToSkip({
  platforms: ['linux'],
  root: true,
  programs: [
    ...programs,
    'unshare',
    'nsenter',
    'ip',
    'netstat',
    '/usr/bin/python3',
    '/bin/busybox',
  ],
  files: programFiles,
});

/** Listens on ports of 127.0.0.1, and leaves connections in CLOSE_WAIT to the first; says when it is there. */
const holder = `
import os, socket, subprocess, sys, time
for words in ('link set lo up', 'route add 198.51.100.0/24 dev lo'):
    subprocess.run(['ip', *words.split()], check=True)
ports, waiting = sys.argv[1].split(','), int(sys.argv[2])
held = []
for port in ports:
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(('127.0.0.1', int(port)))
    s.listen()
    held.append(s)
u = socket.socket(socket.AF_UNIX)
u.bind('\\0tsnetstat-' + ports[0])
u.listen()
for _ in range(waiting):
    c = socket.create_connection(held[0].getsockname())
    held.append(held[0].accept()[0])
    # Held on, so that no end of it goes by itself.
    c.shutdown(socket.SHUT_WR)
    held.append(c)
print('there', flush=True)
time.sleep(600)
`;

describe.skipIf(skipReason)(`--on several machines ${skipReason ?? ''}`, () => {
  let world: SshWorld;
  const fleets: SshWorld[] = [];
  const holders = new Map<string, ChildProcess>();

  /** A network of its own in which these ports are listened on. */
  async function network(name: string, ports: readonly number[], waiting = 0): Promise<string[]> {
    const child = spawn(
      'unshare',
      ['-n', '/usr/bin/python3', '-c', holder, ports.join(','), String(waiting)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    holders.set(name, child);
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    return ['nsenter', `--net=/proc/${child.pid}/ns/net`];
  }

  const within = new Map<string, readonly string[]>();

  beforeAll(async () => {
    world = sshWorld();
    for (const [name, ports, waiting] of [
      ['web1', [80, 443], 3],
      ['web2', [80], 0],
      ['db', [5432], 0],
    ] as const) {
      const inside = await network(name, ports, waiting);
      within.set(name, inside);
      await world.add(name, { within: inside });
    }
    await world.add('slow', { forceCommand: 'sleep 60' });
    await world.add('flood', { forceCommand: 'cat /dev/zero' });
    await world.add('stranger', { refusesKey: true });
    // No PATH but busybox's applets.
    const applets = join(world.folder, 'applets');
    execFileSync('mkdir', [applets]);
    execFileSync('/bin/busybox', ['--install', '-s', applets]);
    await world.add('tiny', {
      within: within.get('db') ?? [],
      forceCommand: `env PATH=${applets} ${applets}/sh -c "$SSH_ORIGINAL_COMMAND"`,
    });
    // Its /proc hides the processes of others, and nobody is root there.
    await world.add('blind', {
      within: [...(within.get('db') ?? []), 'unshare', '-m'],
      forceCommand:
        'mount -t proc -o hidepid=2 proc /proc && exec setpriv --reuid 65534 --clear-groups --bounding-set=-all --inh-caps=-all sh -c "$SSH_ORIGINAL_COMMAND"',
    });
    world.alias('nobody', ['HostName 127.0.0.1', 'Port 1']);
  });
  afterAll(() => {
    for (const one of [world, ...fleets]) one?.end();
    for (const child of holders.values()) child.kill('SIGKILL');
  });

  /** However busy this machine is, they have the time to answer; what is said later counts. */
  const patient = ['--on-timeout', '100'];
  const command = (args: readonly string[], { path } = world) => {
    const before = args.includes('--on') ? patient : [];
    return ['env', `PATH=${path}`, ...program, ...before, ...args];
  };
  const tsnetstat = (...args: string[]): Promise<Output> => run(command(args));
  const textOf = ({ stdout }: Output) => stdout.toString('utf8');
  const json = async <T = Snapshot>(...args: string[]): Promise<T> =>
    JSON.parse(textOf(await tsnetstat(...args, '--json')));

  /** The rows that netstat itself prints on each machine, behind the machine's name. */
  async function netstatOn(names: readonly string[], args: readonly string[]): Promise<string[]> {
    const width = Math.max(4, ...names.map((name) => name.length));
    const all: string[] = [];
    for (const name of names) {
      const { stdout } = await run([...(within.get(name) ?? []), 'netstat', ...args]);
      for (const row of stdout.toString('utf8').split('\n')) {
        if (row !== '') all.push(`${name.padEnd(width)} ${row}`);
      }
    }
    return all;
  }

  it.each([['-tuan'], ['-xln'], ['-rn']])(
    'the rows of %s are what netstat prints on each, behind its name',
    async (...args) => {
      const names = ['web1', 'web2', 'db'];
      const out = await tsnetstat('--on', names.join(','), ...args);
      expect({ ...out, stdout: '' }).toEqual({ stderr: '', code: 0, stdout: '' });
      const ours = textOf(out)
        .split('\n')
        .filter((line) => /^(?:web1|web2|db) /.test(line));
      const titles = /Kernel|Active|Proto|Destination/;
      const theirs = (await netstatOn(names, args)).filter((line) => !titles.test(line));
      expect(theirs.length).toBeGreaterThan(2);
      expect(ours).toEqual(theirs);
    },
  );

  it('Internet and UNIX sockets of each have their own titles', async () => {
    const text = textOf(await tsnetstat('--on', 'web2,db', '-tlx'));
    const lines = text.split('\n').map((line) => /^(Active \w+|Host|web2|db)/.exec(line)?.[0]);
    expect(lines).toEqual([
      ...['Active Internet', 'Host', 'web2', 'Active UNIX', 'Host', 'web2'],
      ...['Active Internet', 'Host', 'db', 'Active UNIX', 'Host', 'db', undefined],
    ]);
  });

  it('JSON, NDJSON and CSV contain the host of each row, as the schema requires', async () => {
    const [answer, ndjson, csvOut] = await Promise.all([
      json('--on', 'web1,db', '-tanp'),
      tsnetstat('--on', 'web1,db', '-tln', '--format', 'ndjson'),
      tsnetstat('--on', 'db', '-tln', '--format', 'csv'),
    ]);
    expect(documentErrors(answer)).toEqual([]);
    const ports = answer.sockets.map((row) => `${row.host} ${(row as InetSocket).local.port}`);
    expect(new Set(ports.filter((one) => / (?:80|443|5432)$/.test(one)))).toEqual(
      new Set(['web1 80', 'web1 443', 'db 5432']),
    );
    const owned = answer.sockets.filter(({ state }) => state === 'LISTEN');
    expect(owned.map(({ owners }) => owners?.[0]?.program)).toEqual(owned.map(() => 'python3'));
    const records = textOf(ndjson)
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(records.flatMap(lineErrors)).toEqual([]);
    expect(records.map(({ host }) => host)).toEqual(['web1', 'web1', 'db']);
    const csv = textOf(csvOut);
    expect(csv.split('\r\n')[0]).toMatch(/,host,taken$/);
    expect(csv.split('\r\n')[1]).toMatch(/,db,2\d\d\d-/);
  });

  it('rows are chosen and sorted by their machine', async () => {
    const text = textOf(
      await tsnetstat(
        ...['--on', 'web1,web2,db', '-tlnH', '--columns', 'host,lport'],
        ...['--sort', '-host,lport', 'host = web*'],
      ),
    );
    expect(text.replace(/ +/g, ' ')).toBe('web2 80\nweb1 80\nweb1 443\n');
  });

  it('one that is slow, refuses, floods or is not there costs a warning with its own words', async () => {
    const asked = 'web2,flood,stranger,nobody,db';
    const { stdout, stderr, code } = await tsnetstat(
      ...['--on', asked, '-tlnH', '--columns', 'host,lport'],
    );
    expect(code).toBe(0);
    expect(stdout.toString('utf8').replace(/ +/g, ' ')).toBe('web2 80\ndb 5432\n');
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^tsnetstat: warning: flood: /);
    expect(lines[1]).toMatch(/^tsnetstat: warning: stranger: .*Permission denied/);
    const [shown] = /^tsnetstat: warning: .*$/m.exec(page) ?? [];
    expect(lines[2]).toBe(
      shown?.replace('host web2 port 22', 'host 127.0.0.1 port 1').replace('web2', 'nobody'),
    );
    // Time enough to reach it.
    const slow = await tsnetstat('--on', 'slow', '--on-timeout', '10', '-tln');
    expect(slow.code).toBe(2);
    expect(slow.stderr).toMatch(/^tsnetstat: slow: [^\n]* 10 s[^\n]*\n$/);
  });

  it('ssh understands how the page has it keep connections', async () => {
    const file = join(world.folder, 'keeping');
    writeFileSync(file, blocksOf(page).find(({ text }) => text.startsWith('Host *'))?.text ?? '');
    const { code, stdout } = await run(['ssh', '-G', '-F', file, 'web2']);
    expect(code).toBe(0);
    expect(stdout.toString()).toMatch(/^controlmaster auto$/m);
    expect(stdout.toString()).toMatch(/^controlpersist 60$/m);
  });

  it('exit code 2 is for none that answers, or with --strict for any', async () => {
    const [none, strict, alone] = await Promise.all([
      tsnetstat('--on', 'nobody,stranger', '-tln'),
      tsnetstat('--on', 'nobody,db', '--strict', '-tln'),
      tsnetstat('--on', 'nobody', '-tln'),
    ]);
    expect([none.code, strict.code]).toEqual([2, 2]);
    expect(textOf(strict)).toMatch(/^db /m);
    const { code, stdout, stderr } = alone;
    expect({ code, stdout: String(stdout) }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^tsnetstat: nobody: .*Connection refused.*\n$/);
  });

  it('a machine with busybox alone, and one where no process may be looked into, are read', async () => {
    const { sockets } = await json('--on', 'tiny,blind', '-tlnp', 'sport = :5432');
    expect(sockets.map(({ host, owners, noOwner }) => [host, owners?.length, noOwner])).toEqual([
      ['tiny', 1, null],
      ['blind', 0, 'denied'],
    ]);
  });

  it('saved machines are compared one by one', async () => {
    const base = join(world.folder, 'base.json');
    expect((await tsnetstat('--on', 'web1,web2', '-tln', '--save', base)).code).toBe(0);
    expect(documentErrors(JSON.parse(readFileSync(base, 'utf8')))).toEqual([]);
    expect(JSON.parse(readFileSync(base, 'utf8')).asked.on).toEqual(['web1', 'web2']);
    // One that does not come to the comparison is no difference.
    const same = await tsnetstat('--on', 'web1', '--diff', base);
    expect({ ...same, stdout: String(same.stdout) }).toEqual({ code: 0, stdout: '', stderr: '' });
    const listener = spawn(
      ...((within.get('web2') as unknown as [string, ...string[]]).slice(0, 1) as [string]),
      [
        ...(within.get('web2') ?? []).slice(1),
        ...['/usr/bin/python3', '-c'],
        "import socket, time; s = socket.create_server(('127.0.0.1', 8080)); print(1, flush=True); time.sleep(600)",
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    try {
      await new Promise((resolve) => listener.stdout?.once('data', resolve));
      const [more, lacking, unnamed] = await Promise.all([
        tsnetstat('--on', 'web1,web2', '--diff', base),
        tsnetstat('--on', 'web1,nobody', '--diff', base),
        tsnetstat('--diff', base),
      ]);
      expect(more.code).toBe(1);
      expect(textOf(more).split('\n').slice(2).join('\n')).toMatch(
        /^\+web2 tcp .*127\.0\.0\.1:8080 .*\n$/,
      );
      expect(lacking.code).toBe(2);
      expect(lacking.stderr).toMatch(/not compared, since what could not be read now .*nobody: /);
      expect(unnamed.stderr).toMatch(/add --on web1,web2\n$/);
    } finally {
      listener.kill('SIGKILL');
      rmSync(base);
    }
  });

  it('the library reports the same', async () => {
    const { PATH } = process.env;
    process.env.PATH = world.path;
    try {
      const asked = { on: ['db', 'nobody'], onTimeout: 100_000 };
      const { sockets, warnings } = await snapshot({
        ...asked,
        state: 'listen',
        protocols: ['tcp'],
      });
      expect(sockets.map(({ host, protocol }) => [host, protocol])).toEqual([['db', 'tcp']]);
      expect(warnings.map(({ code, host }) => [code, host])).toEqual([['host-failed', 'nobody']]);
      await expect(snapshot({ on: ['nobody'] })).rejects.toThrow(/^nobody: .*Connection refused/);
    } finally {
      process.env.PATH = PATH;
    }
  });

  it('findings are of one machine each, with the command that asks it', async () => {
    const [diagnosis, shown] = await Promise.all([
      json<Diagnosis>(...['--on', 'web2,web1,nobody', '--diagnose', 'close-wait:count=2']),
      tsnetstat('--on', 'web1', '--diagnose', 'close-wait:count=2', '-n'),
    ]);
    expect(documentErrors(diagnosis)).toEqual([]);
    expect(
      diagnosis.findings.map(({ host, check, socketCount }) => [host, check, socketCount]),
    ).toEqual([['web1', 'close-wait', 3]]);
    expect(diagnosis.findings[0]?.command?.slice(0, 3)).toEqual(['tsnetstat', '--on', 'web1']);
    expect(diagnosis.findings[0]?.sockets.every(({ host }) => host === 'web1')).toBe(true);
    expect(diagnosis.warnings.map(({ code, host }) => [code, host])).toContainEqual([
      'host-failed',
      'nobody',
    ]);
    expect(textOf(shown)).toMatch(/^\w+ .* on web1 {2}\(close-wait/m);
  });

  it('follows each machine by itself, round by round', async () => {
    const [node = '', ...args] = command([
      ...['--on', 'web1,nobody,db', '--follow', '-tln', '--interval', '0.3', '--json'],
    ]);
    const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    let said = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
    });
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const until = async (test: () => boolean) => {
      while (!test()) await sleep(20);
    };
    await until(() => text.includes('host-failed'));
    const inside = within.get('db') ?? [];
    const server = spawn(inside[0] ?? '', [
      ...inside.slice(1),
      ...[
        '/usr/bin/python3',
        '-c',
        "import socket, time; s = socket.create_server(('127.0.0.1', 9999)); time.sleep(600)",
      ],
    ]);
    await until(() => text.includes('"opened"'));
    server.kill('SIGKILL');
    await until(() => text.includes('"closed"'));
    child.kill('SIGINT');
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(130);
    const events = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(
      events.map(({ event, knownBy, socket, warning }) => [
        ...[event, knownBy, socket?.host ?? warning.host, socket?.local.port],
      ]),
    ).toEqual([
      ['warning', undefined, 'nobody', undefined],
      ['opened', 'round', 'db', 9999],
      ['closed', 'round', 'db', 9999],
    ]);
    expect(said).toMatch(/1 opened, 1 closed, 0 changed\n$/);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('%s ends every ssh at once', async (signal) => {
    const [node = '', ...args] = command(['--on', 'slow,web1,web2', '-tln']);
    const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const ofWorld = () =>
      execFileSync('sh', ['-c', `grep -alF ${world.folder} /proc/[0-9]*/cmdline || true`], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
        .split('\n')
        .map((path) => Number(/\d+/.exec(path)?.[0]))
        .filter((pid) => pid > 0 && isSsh(pid));
    const isSsh = (pid: number) => {
      try {
        return readFileSync(`/proc/${pid}/comm`, 'utf8') === 'ssh\n';
      } catch {
        return false;
      }
    };
    while (ofWorld().length === 0) await sleep(20);
    const since = performance.now();
    child.kill(signal);
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(signal === 'SIGINT' ? 130 : 143);
    while (ofWorld().length > 0) {
      // What it runs there would by itself go on for a minute.
      if (performance.now() - since > 40_000) throw new Error('ssh goes on');
      await sleep(20);
    }
  });

  it('fifty machines are asked from a file, in bounded memory', async () => {
    const names = Array.from({ length: 50 }, (_, at) => `m${at}`);
    const listen = { address: '127.0.0.1', port: 2222 };
    const inside = within.get('db') ?? [];
    const fleet = sshWorld({ within: inside });
    fleets.push(fleet);
    await fleet.add(names, { within: inside, listen });
    const file = join(fleet.folder, 'machines');
    writeFileSync(file, `# all of them\n${names.join('\n')}\n`);
    const asked = [
      ...command(['--on', `@${file}`, '-tlnH'], fleet),
      ...['--columns', 'host,lport', 'sport = :5432'],
    ];
    const shell = spawn('sh', ['-c', '"$@" & wait $!', 'sh', ...asked], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    let said = '';
    let most = 0;
    shell.stdout.on('data', (chunk) => {
      text += chunk;
    });
    shell.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const watching = setInterval(() => {
      most = Math.max(most, peakOf(`${shell.pid}`));
    }, 50);
    const code = await new Promise((resolve) => shell.on('close', resolve));
    clearInterval(watching);
    expect({ code, said }).toEqual({ code: 0, said: '' });
    const rows = text
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ +/).join(' '));
    expect(rows).toEqual(names.map((name) => `${name} 5432`));
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(250 * 1024);
  });
});

/** The most memory that the child of a process has had, in KiB; 0: it has none that can be told. */
function peakOf(parent: string): number {
  try {
    const [child = ''] = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').split(' ');
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${child}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
