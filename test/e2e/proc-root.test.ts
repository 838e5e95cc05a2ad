import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isExecutable, program, programAt } from '../support/program.ts';
import { because, reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { copyPackage, environment, tsnetstat } from './support/built-bin.ts';

const reason = reasonToSkip({
  platforms: ['linux'],
  root: true,
  programs: ['unshare', 'mount', 'sh', 'mkfifo', 'truncate'],
});

/** What a run of the program in another namespace gave. */
interface Result {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Run {
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly uid?: number;
}

const inside = fileURLToPath(new URL('support/proc-mounts.js', import.meta.url));
const nobody = 65534;
const host = ['--mount', '--pid', '--fork', '--mount-proc', '--kill-child'];
/** Of the network inside; the machine's own listens elsewhere. */
const innerPort = 7999;

describe.skipIf(reason !== null)(`/proc by what is mounted${because(reason)}`, () => {
  let folder = '';
  let server: Server;
  let outerPort = 0;
  /** A copy of the program where everybody can read it. */
  let app: readonly string[] = [];

  beforeAll(async () => {
    folder = temporaryFolder('mounts-');
    chmodSync(folder, 0o755);
    copyPackage(join(folder, 'app'));
    if (isExecutable) cpSync(program[0], join(folder, 'program'));
    app = programAt(isExecutable ? join(folder, 'program') : program[0], join(folder, 'app'));
    for (const name of ['bound', 'again', 'alone', 'hidden', 'host']) mkdirSync(join(folder, name));
    symlinkSync('/proc', join(folder, 'link'));
    server = createServer().listen(0, '0.0.0.0');
    await new Promise((resolve) => server.once('listening', resolve));
    outerPort = (server.address() as { port: number }).port;
  });
  afterAll(() => {
    server.close();
  });

  /**
   * Runs the program in namespaces of its own, after `mounts`, with a listener in its network. The shell
   * that mounts is the first process of their host, which has this test's network.
   */
  function runs(namespaces: string, mounts: string, list: readonly Run[]): Result[] {
    const command = `${mounts}\nunshare ${namespaces} "$@"\nexit`;
    const { stdout, stderr } = spawnSync(
      'unshare',
      [...host, 'sh', '-ec', command, 'sh', process.execPath, inside],
      {
        encoding: 'utf8',
        input: JSON.stringify({ port: innerPort, program: app, runs: list }),
        env: environment(),
        cwd: folder,
      },
    );
    expect(stderr).toBe('');
    return JSON.parse(stdout) as Result[];
  }

  const listening = (procRoot: string, ...more: string[]): Run => ({
    args: ['-tln', ...more, '--proc-root', procRoot],
  });
  const portsIn = ({ stdout }: Result) =>
    [innerPort, outerPort].map((port) => stdout.includes(` 0.0.0.0:${port} `));
  const inner = [true, false];
  const outer = [false, true];

  it('the own /proc shows the own network, however it is spelled or mounted', () => {
    const at = (name: string) => join(folder, name);
    const spellings = ['/proc', '/proc/', '/proc/.', '//proc', '/proc/self/root/proc', at('link')];
    const list = [
      ...[...spellings, at('bound'), at('again'), at('alone')].map((path) => listening(path)),
      { ...listening('proc'), cwd: '/' },
      { ...listening('../proc'), cwd: '/tmp' },
    ];
    const results = runs(
      '--net',
      `mount --bind /proc bound
       mount -t proc proc again
       mount -t proc -o subset=pid proc alone`,
      list,
    );
    for (const [at, result] of results.entries()) {
      expect([list[at]?.args.at(-1), result.status, ...portsIn(result)]).toEqual([
        list[at]?.args.at(-1),
        0,
        ...inner,
      ]);
    }
    // With a mount of its own, a container in its host's PID namespace looks the same: it is told.
    const warned = results.map(({ stderr }) => stderr !== '');
    expect(warned).toEqual(list.map(({ args }) => /again|alone/.test(args.at(-1) as string)));
    expect(results[7]?.stderr).toMatch(
      /^tsnetstat: warning: \S+again: it belongs to the PID namespace of this process, so this process's network is shown[^\n]*\n$/,
    );
  });

  it('the interfaces of the own /proc are complete at any mount', () => {
    const [usual, elsewhere] = runs('--net', 'mount --bind /proc bound', [
      { args: ['-ai'] },
      { args: ['-ai', '--proc-root', join(folder, 'bound')] },
    ]);
    expect(usual?.stdout).toMatch(/^lo +65536 /m);
    expect(elsewhere).toEqual(usual);
  });

  it('/proc that shows processes alone (subset=pid) has everything', () => {
    const list = [['-tlnp'], ['-rn'], ['-i'], ['-g'], ['-s']].map((args) => ({ args }));
    const results = runs('--net', 'mount -t proc -o subset=pid proc /proc', list);
    expect(results.map(({ status, stderr }) => [status, stderr])).toEqual(list.map(() => [0, '']));
    expect(results[0]?.stdout).toMatch(/0\.0\.0\.0:7999 .* LISTEN +\d+\/node/);
  });

  describe('a container that was given its host’s /proc', () => {
    const container = '--net --pid --fork --mount-proc';

    it('shows the host’s network there, and its own in its own', () => {
      const mounted = join(folder, 'host');
      const list = [
        { args: ['-tln'] },
        listening('/proc'),
        listening(mounted),
        listening(`${mounted}/`),
        { ...listening(mounted), uid: nobody },
      ];
      const results = runs(container, 'mount --rbind /proc host', list);
      expect(results.map(portsIn)).toEqual([inner, inner, outer, outer, outer]);
      expect(results.map(({ stderr }) => stderr)).toEqual(list.map(() => ''));
    });

    it.each(['hidepid=1', 'hidepid=2'])(
      'is reported if the host hides its first process (%s)',
      (option) => {
        const hidden = join(folder, 'hidden');
        const list = [
          ...[['-tln'], ['-rn'], ['-tln', '--json']].map((args) => ({
            args: [...args, '--proc-root', hidden],
            uid: nobody,
          })),
          listening(hidden),
        ];
        const results = runs(container, `mount -t proc -o ${option} proc hidden`, list);
        for (const { status, stdout, stderr } of results.slice(0, -1)) {
          expect([status, stdout]).toEqual([2, '']);
          expect(stderr).toMatch(/^tsnetstat: \S+hidden\/1\/net: process 1 is hidden[^\n]*\n$/);
        }
        expect(portsIn(results.at(-1) as Result)).toEqual(outer);
      },
    );
  });

  // An executable does not start without a /proc of its own.
  it.each(isExecutable ? [] : [[]])(
    'what was mounted over /proc is read to its end, whatever it counts',
    () => {
      const net = join(folder, 'covered/net');
      mkdirSync(net, { recursive: true });
      const row = (port: string, remote: string, state: string) =>
        `   0: 0100007F:${port} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 1 1 0000000000000000\n`;
      writeFileSync(
        join(net, 'tcp'),
        `header\n${row('0050', '0100007F:0060', '01')}${row('0051', '00000000:0000', '0A')}`,
      );
      writeFileSync(join(net, 'sockstat'), 'TCP: inuse 0 orphan 0 tw 0 alloc 0 mem 0\n');
      const { stdout } = spawnSync(
        'unshare',
        ['--mount', 'sh', '-ec', 'mount --bind covered /proc\nexec "$@"', 'sh', ...app, '-tln4H'],
        { encoding: 'utf8', env: environment(), cwd: folder },
      );
      expect(stdout.match(/127\.0\.0\.1:\d+/g)).toEqual(['127.0.0.1:81']);
    },
  );

  // 3 GB are read, on a machine that may be busy.
  describe('a folder that anybody may have made', { timeout: 900_000 }, () => {
    it('with a FIFO, a device and a line without end is read without waiting or growing', () => {
      const net = join(folder, 'odd/net');
      mkdirSync(net, { recursive: true });
      const made = spawnSync(
        'sh',
        ['-ec', 'mkfifo tcp route dev\nln -s /dev/zero udp\ntruncate -s 1600M raw unix'],
        { cwd: net, encoding: 'utf8' },
      );
      expect(made.stderr).toBe('');
      const path = join(folder, 'odd');
      for (const [flags, status, message] of [
        ['-tan', 2, /tcp: a FIFO; of a captured/],
        ['-uan', 2, /udp: a device; of a captured/],
        ['-wan', 0, /raw: line 1 skipped/],
        ['-xan', 0, /unix: line 1 skipped/],
        ['-rn', 2, /route: a FIFO; of a captured/],
        ['-i', 2, /dev: a FIFO; of a captured/],
      ] as const) {
        // Less than the files are, and more than Node itself sets aside (24 and 26: over 500 MB).
        const peak = spawnSync(
          'sh',
          [
            '-c',
            'ulimit -d 800000; exec timeout 600 "$@"',
            'sh',
            ...program,
            flags,
            '--proc-root',
            path,
          ],
          { encoding: 'utf8', env: environment() },
        );
        expect([flags, peak.status]).toEqual([flags, status]);
        expect(peak.stderr).toMatch(message);
        expect(peak.stderr.split('\n')).toHaveLength(2);
      }
    });

    it('that is a FIFO itself is refused in one line', () => {
      const path = join(folder, 'fifo');
      expect(spawnSync('mkfifo', [path]).status).toBe(0);
      const { status, stdout, stderr } = tsnetstat(['-tan', '--proc-root', path]);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(
        /^tsnetstat: \S+fifo: a FIFO, not a folder; --proc-root takes[^\n]*\n$/,
      );
    });
  });
});
