/**
 * Machines that are asked over ssh: a real sshd inside the zoo, in as many ways to answer as machines have. Its sshd
 * is started by ssh itself (`ProxyCommand … sshd -i`) but where it has to listen, so that no port is needed.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot, Warning } from '../../src/model/report/snapshot.ts';
import type { Socket } from '../../src/model/socket/socket.ts';
import { remoteSource } from '../../src/sources/remote/index.ts';
import type { SocketQuery, Source } from '../../src/sources/source.ts';
import { quotedCommand } from '../support/program.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { collect, warningSink } from '../support/source-answers.ts';
import { type SshWorld, sshdRequirements, sshWorld } from '../support/sshd.ts';
import { startZoo, type Zoo, skipReason as zooReason } from './zoo.ts';

const skipReason =
  zooReason ??
  reasonToSkip({ ...sshdRequirements, programs: [...(sshdRequirements.programs ?? []), 'fish'] });

const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
const asked = 'sh -c "$SSH_ORIGINAL_COMMAND"';

const everything: SocketQuery = {
  protocols: ['tcp', 'sctp', 'udp', 'udplite', 'raw', 'unix'],
  families: ['inet', 'inet6'],
  owners: { depth: 'all', details: true },
  keep: () => true,
};

interface Answer {
  readonly rows: readonly Socket[];
  readonly warnings: readonly Warning[];
}

/** As JSON has them. */
function plain(rows: readonly Socket[]): readonly Socket[] {
  const text = JSON.stringify(rows, (_, value) =>
    typeof value === 'bigint' ? Number(value) : value,
  );
  return JSON.parse(text) as Socket[];
}

async function sockets(source: Source, query: Partial<SocketQuery> = {}): Promise<Answer> {
  const sink = warningSink();
  const reading = source.read({ report: 'sockets', ...everything, ...query }, sink);
  return { rows: plain(await collect(reading.batches)), warnings: sink.warnings };
}

/** What stays as it is from one look to the next, without the UNIX sockets of the sshd that answers: they have no name. */
function lasting(rows: readonly Socket[]): readonly Socket[] {
  return rows.flatMap((row): Socket[] => {
    if (row.protocol === 'unix') return row.path?.startsWith('/') ? [row] : [];
    if (row.state === 'TIME_WAIT') return [];
    return [{ ...row, timer: row.timer && { ...row.timer, expiresIn: 0 } }];
  });
}

describe.skipIf(skipReason)(`machines asked over ssh ${skipReason ?? ''}`, () => {
  let zoo: Zoo;
  let world: SshWorld;

  beforeAll(async () => {
    zoo = await startZoo('still');
    world = sshWorld();
  });
  afterAll(async () => {
    world?.end();
    await zoo?.stop();
  });

  const machine = (name: string, timeout = 60_000, signal?: AbortSignal) =>
    remoteSource(name, {
      platform: 'linux',
      env: { ...process.env, PATH: world.path },
      procRoot: null,
      timeout,
      ...(signal && { signal }),
    });

  /** Adds one that answers as the zoo does. */
  const add = (name: string, more: Parameters<SshWorld['add']>[1] = {}) =>
    world.add(name, { within: zoo.enter, ...more });

  /** What the program itself says in the zoo, by /proc. */
  async function local(args: readonly string[], uid = 0): Promise<Answer> {
    const { stdout } = await zoo.tsnetstat(['--json', '-ap', '--source', 'proc', ...args], { uid });
    const { sockets: rows, warnings } = JSON.parse(stdout.toString()) as Snapshot;
    return { rows, warnings };
  }

  /** For what was told to end, or is about to begin: none of it would end by itself so soon. */
  const inTime = { timeout: 90_000 };

  /** Processes whose command line names a file of the world. */
  const running = (name: string) => {
    const { stdout } = spawnSync('pgrep', ['-f', '--', join(world.folder, name)]);
    return stdout.toString().split('\n').filter(Boolean);
  };

  it('answer with the rows and owners that the program reports there', async () => {
    await add('plain');
    const { rows, warnings } = await sockets(machine('plain'));
    const there = await local([]);
    expect(lasting(rows)).toEqual(lasting(there.rows));
    expect(rows.some(({ owners }) => (owners?.length ?? 0) > 1)).toBe(true);
    // The zoo has no UDP-Lite or SCTP on every kernel, which was not asked for by name.
    expect(warnings.filter(({ code }) => code !== 'absent')).toEqual([]);
  });

  it('answer with what hostile programs there call themselves, and nothing that they make up', async () => {
    const hostile = await startZoo('hostile');
    try {
      // An executable whose name is the likeness of another process's, in the words of ls and of the stream.
      const name = 'x\nlrwxrwxrwx 1 0 0 0 Jan  1 00:00 /proc/1/exe -> forged\np1\n3 1\n';
      const start = `mkdir -p "$(dirname "$0")" && cp /bin/sleep "$0"
        setsid "$0" infinity </dev/null >/dev/null 2>&1 &
        until readlink /proc/[0-9]*/exe | grep -q forged; do sleep 0.05; done`;
      const { code } = await hostile.run(['bash', '-c', start, `/mnt/${name}`]);
      expect(code).toBe(0);
      await world.add('hostile', { within: hostile.enter });
      const { rows } = await sockets(machine('hostile'));
      const { stdout } = await hostile.tsnetstat(['--json', '-ap', '--source', 'proc']);
      const there = JSON.parse(stdout.toString()) as Snapshot;
      expect(lasting(rows)).toEqual(lasting(there.sockets));
    } finally {
      await hostile.stop();
    }
  });

  it('answer over a network as well, where their sshd listens', async () => {
    const inside = sshWorld({ within: zoo.enter });
    try {
      const listen = { address: '127.0.0.1', port: 2222 };
      await inside.add('listens', { within: zoo.enter, listen });
      const parts = { platform: 'linux', procRoot: null, timeout: 60_000 };
      const env = { ...process.env, PATH: inside.path };
      const { rows } = await sockets(remoteSource('listens', { ...parts, env }));
      const port = (row: Socket) => (row.protocol === 'unix' ? null : row.local.port);
      const [server, connection] = ['LISTEN', 'ESTABLISHED'].map((state) =>
        rows.find((row) => port(row) === 2222 && row.state === state),
      );
      expect(server?.owners?.[0]?.program).toMatch(/^sshd/);
      expect(connection?.owners?.some(({ program }) => program?.startsWith('sshd'))).toBe(true);

      // ssh's own URIs take no IPv6 address.
      await inside.add('listens6', { within: zoo.enter, listen: { address: '::1', port: 2223 } });
      inside.alias('::1', []);
      const at6 = await sockets(remoteSource('ssh://[::1]:2223', { ...parts, env }));
      expect(at6.rows.some((row) => port(row) === 2223 && row.state === 'LISTEN')).toBe(true);

      inside.alias('nobody-there', ['HostName 127.0.0.1', 'Port 1']);
      await expect(sockets(remoteSource('nobody-there', { ...parts, env }))).rejects.toThrow(
        /^nobody-there: ssh: connect to host 127\.0\.0\.1 port 1: Connection refused$/,
      );
    } finally {
      inside.end();
      // Its connection is no part of what the others compare, in whatever state; TIME_WAIT is left out there.
      const flags = ['--wait-gone', '90', '-tan', '--port', '2222,2223', 'state', 'connected'];
      expect((await zoo.tsnetstat([...flags, 'exclude', 'time-wait'])).code).toBe(0);
    }
  });

  it('deny owners to a user who may not see them, as the program there does', async () => {
    await add('ordinary', { forceCommand: `${nobody.join(' ')} ${asked}` });
    const { rows, warnings } = await sockets(machine('ordinary'));
    const there = await local([], 65534);
    const bare = ({ owners, noOwner, ...row }: Socket) => [row, owners?.length, noOwner];
    expect(lasting(rows).map(bare)).toEqual(lasting(there.rows).map(bare));
    expect(rows.some(({ noOwner }) => noOwner === 'denied')).toBe(true);
    const denied = warnings.find(({ code }) => code === 'owners-denied');
    expect(denied?.message).toContain('root (with CAP_SYS_PTRACE) would see them');
  });

  it('deny owners where /proc hides the processes of others', async () => {
    const hidden = ['sh', '-c', 'mount -t proc -o hidepid=2 proc /proc && exec "$@"', 'sh'];
    await add('hides', {
      within: [...zoo.enter, 'unshare', '--mount', ...hidden],
      forceCommand: `${nobody.join(' ')} ${asked}`,
    });
    const { rows, warnings } = await sockets(machine('hides'));
    expect(lasting(rows).length).toBeGreaterThan(20);
    expect(rows.every(({ noOwner, owners }) => noOwner !== null || owners?.length)).toBe(true);
    expect(rows.some(({ noOwner }) => noOwner === 'denied')).toBe(true);
    expect(warnings.find(({ code }) => code === 'owners-denied')?.message).toContain('hidepid');
  });

  describe('whatever they have for a shell', () => {
    it.each([
      ['fish', 'exec fish -c "$SSH_ORIGINAL_COMMAND"'],
      ['zsh', 'exec zsh -c "$SSH_ORIGINAL_COMMAND"'],
      ['a shell that greets', `echo Welcome; printf 'no end of line'; exec ${asked}`],
    ])('answer the same: %s', async (name, forceCommand) => {
      const alias = name.replaceAll(' ', '-');
      await add(alias, { forceCommand });
      const { rows } = await sockets(machine(alias));
      expect(lasting(rows)).toEqual(lasting((await local([])).rows));
    });

    it('answer the same with nothing but busybox', async () => {
      const root = join(zoo.folder, 'busybox');
      for (const folder of ['bin', 'proc', 'dev'])
        mkdirSync(join(root, folder), { recursive: true });
      const busybox = execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim();
      cpSync(busybox, join(root, 'bin/busybox'));
      for (const applet of execFileSync(busybox, ['--list'], { encoding: 'utf8' })
        .trim()
        .split('\n')) {
        if (applet !== 'busybox') symlinkSync('busybox', join(root, 'bin', applet));
      }
      // The only device that the script names.
      writeFileSync(join(root, 'dev/null'), '');
      chmodSync(join(root, 'dev/null'), 0o666);
      const mount = `mount --bind /proc ${root}/proc && mount --bind /dev/null ${root}/dev/null`;
      await add('busybox', {
        within: [...zoo.enter, 'unshare', '--mount', 'sh', '-c', `${mount} && exec "$@"`, 'sh'],
        forceCommand: `exec chroot ${root} /bin/sh -c "$SSH_ORIGINAL_COMMAND"`,
      });
      const { rows } = await sockets(machine('busybox'));
      expect(lasting(rows)).toEqual(lasting((await local([])).rows));
    });
  });

  describe('that have a tsnetstat', () => {
    const own = (name: string, script: string) => {
      const folder = join(zoo.folder, name);
      mkdirSync(folder);
      writeFileSync(join(folder, 'tsnetstat'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      return add(name, { forceCommand: `export PATH=${folder}:$PATH; exec ${asked}` });
    };
    const tcpInfo = { protocols: ['tcp'], tcpInfo: true } as const;
    const established = (rows: readonly Socket[]) =>
      rows.filter((row) => row.state === 'ESTABLISHED');

    it('report what only it knows', async () => {
      await own('has-own', `exec ${quotedCommand(zoo.program)} "$@"`);
      const { rows } = await sockets(machine('has-own'), tcpInfo);
      const infos = established(rows).map((row) => row.protocol === 'tcp' && row.tcpInfo);
      expect(infos.length).toBeGreaterThan(0);
      for (const info of infos) expect(info).toMatchObject({ mss: expect.any(Number) });
    });

    it.each([
      ['another-schema', `echo '{"schemaVersion":99,"platform":"linux","sockets":[]}'`],
      [
        'another-form',
        `echo '{"schemaVersion":1,"platform":"linux","sockets":[{}],"warnings":[]}'`,
      ],
      ['no-json', 'echo hello'],
      ['fails', 'exit 2'],
      ['hangs', "trap '' TERM; while :; do sleep 1; done"],
    ])('are asked for their files where it is of no use: %s', async (name, script) => {
      await own(name, script);
      const { rows, warnings } = await sockets(machine(name, 30_000), tcpInfo);
      const there = await local(['-t']);
      const bare = rows.map((row) => ({ ...row, tcpInfo: undefined }) as unknown as Socket);
      expect(lasting(plain(bare))).toEqual(lasting(there.rows));
      expect(rows.every((row) => row.protocol === 'tcp' && row.tcpInfo === null)).toBe(true);
      expect(warnings.map(({ message }) => message).join()).toContain(
        'they require a tsnetstat that is installed there',
      );
    });
  });

  describe('that do not answer', () => {
    /** What a hostile machine does with the script, of which it has read the token. */
    const hostile = (words: string) =>
      `t=; while [ -z "$t" ]; do read -r t; done; t=$(printf %s "$t" | cut -c3-); ${words}`;

    it.each<readonly [string, Parameters<SshWorld['add']>[1], RegExp]>([
      [
        'refuses the key',
        { refusesKey: true },
        /^refuses-the-key: .*Permission denied \(publickey\)\.$/,
      ],
      [
        'says why',
        { forceCommand: 'echo This account is not available.; exit 1' },
        /^says-why: .*This account is not available\.$/,
      ],
      ['says nothing', { forceCommand: 'true' }, /^says-nothing: it ended without an answer$/],
      [
        'floods',
        { forceCommand: 'cat /dev/zero' },
        /^floods: its answer cannot be read: too much text before it$/,
      ],
      [
        'chatters',
        { forceCommand: 'yes' },
        /^chatters: its answer cannot be read: too much text before it$/,
      ],
      [
        'is no Linux',
        { forceCommand: hostile('echo "$t 1 Darwin"') },
        /^is-no-Linux: not Linux \(Darwin\); only Linux machines can be read over ssh$/,
      ],
      [
        'has no uname',
        { forceCommand: hostile('echo "$t 1 "') },
        /^has-no-uname: its shell does not run uname, .*; is the shell a restricted one\?$/,
      ],
      [
        'escapes',
        { forceCommand: hostile(`printf '%s 1 \\033[2J\\n' "$t"`) },
        /^escapes: not Linux \(\ufffd\[2J\)/,
      ],
      [
        'breaks off',
        { forceCommand: `${asked} | head -c 3000` },
        /^breaks-off: the answer was cut off$/,
      ],
      [
        'sends what nobody wants',
        {
          forceCommand: hostile(
            'echo "$t 1 Linux"; echo "$t files ../../etc/shadow"; printf "$t\\n$t\\nx$t\\n"',
          ),
        },
        /: its answer cannot be read: a file that was not asked for$/,
      ],
      [
        'is of another version',
        { forceCommand: hostile('echo "$t 7 Linux"') },
        /: its answer cannot be read: version 7 of the answer$/,
      ],
    ])('%s: one line reports it', async (name, answer, message) => {
      const alias = name.replaceAll(' ', '-');
      await add(alias, answer);
      await expect(sockets(machine(alias))).rejects.toThrow(message);
    });

    it('are given up in time, and nothing of them is left', async () => {
      await add('sleeps', { forceCommand: 'exec sleep 600' });
      // Time enough to reach it: what ssh itself says of one that it does not reach is another matter.
      await expect(sockets(machine('sleeps', 10_000))).rejects.toThrow(
        /^sleeps: no answer within 10 seconds$/,
      );
      await expect.poll(() => running('sleeps.conf'), inTime).toEqual([]);
    });

    it('are given up at once if no caller waits any more', async () => {
      await add('waits', { forceCommand: 'exec sleep 600' });
      const control = new AbortController();
      const answer = sockets(machine('waits', 60_000, control.signal));
      await expect.poll(() => running('waits.conf').length, inTime).toBeGreaterThan(0);
      control.abort(new Error('enough'));
      await expect(answer).rejects.toThrow('enough');
      await expect.poll(() => running('waits.conf'), inTime).toEqual([]);
    });

    it('are reported if there is no ssh', async () => {
      const parts = { platform: 'linux', env: { PATH: '/nowhere:.' }, procRoot: null };
      const source = remoteSource('web1', { ...parts, timeout: 1000 });
      await expect(sockets(source)).rejects.toThrow(/^web1: there is no ssh in PATH/);
    });
  });

  it('leave nothing running where they have answered', async () => {
    await add('ends');
    await sockets(machine('ends'), { protocols: ['tcp'], owners: null });
    await expect.poll(() => running('ends.conf'), inTime).toEqual([]);
  });

  it('are asked several questions through one connection', async () => {
    const log = join(world.folder, 'logins');
    await add('lasts', { forceCommand: `echo >> ${log}; exec ${asked}` });
    const source = machine('lasts');
    const sink = { warn() {} };
    const few = { protocols: ['tcp'], owners: null } as const;
    const { rows } = await sockets(source, few);
    await source.systemFacts?.(['localPortRange'], sink);
    const routes = source.read({ report: 'routes', families: ['inet'] }, sink);
    for await (const batch of routes.batches) expect(batch.length).toBeGreaterThan(0);
    const again = await sockets(source, few);
    expect(lasting(again.rows)).toEqual(lasting(rows));
    expect(readFileSync(log, 'utf8')).toBe('\n');
  });

  it('answer fifty at once', async () => {
    const names = Array.from({ length: 50 }, (_, at) => `many${at}`);
    await world.add(names, { within: zoo.enter });
    const few = { protocols: ['tcp'], owners: null } as const;
    const { signal } = new AbortController();
    const errors: Error[] = [];
    const tell = (warning: Error) => errors.push(warning);
    process.on('warning', tell);
    const answers = await Promise.all(
      names.map((name) => sockets(machine(name, 300_000, signal), few)),
    );
    process.off('warning', tell);
    expect(errors).toEqual([]);
    const there = await local(['-t']);
    for (const { rows } of answers) {
      expect(lasting(rows).length).toBe(lasting(there.rows).length);
    }
  }, 400_000);
});
