import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InetSocket } from '../../src/library.ts';
import { packSorter } from '../../src/pipeline/sorted-packs.ts';
import { sortKeyNames } from '../../src/select/sort.ts';
import { isExecutable, program } from '../support/program.ts';
import { because, builtProgram, reasonToSkip } from '../support/requirements.ts';

const reason = reasonToSkip({
  platforms: ['linux'],
  root: true,
  programs: ['/usr/bin/netstat', 'unshare', 'nsenter', 'ip', '/usr/bin/python3'],
  files: builtProgram,
});
/** The program as words of a shell. */
const programText = program.map((word) => `'${word}'`).join(' ');
const opener = fileURLToPath(new URL('busy.py', import.meta.url));

/** Enough for threads that read ahead and threads that walk: they begin at 10,000 and 4,096 sockets. */
const connections = 8000;
const processes = 8;
/** Enough for rows that come in several packs: 1024 at a time. */
const fewer = 1200;

/** Not in the files of /proc, or not in a single round: TCP's internals, and rates. */
const beyondFiles: ReadonlySet<string> = new Set([
  ...['rtt', 'cwnd', 'retrans', 'sent', 'received'],
  ...['sentrate', 'recvrate'],
]);

interface Server {
  /** The first of its processes. */
  readonly world: ChildProcessWithoutNullStreams;
  /** Waits until it prints this. */
  until(text: string): Promise<void>;
  /** Runs a program in it. */
  inside(
    command: string,
    ...args: readonly string[]
  ): {
    readonly lines: string[];
    readonly stdout: string;
    readonly stderr: string;
    readonly status: number | null;
  };
}

/** Starts a server with this many connections, in namespaces of its own. */
async function startServer(count: number): Promise<Server> {
  const world = spawn('unshare', [
    ...['--net', '--pid', '--fork', '--kill-child', '--mount-proc'],
    ...['sh', '-c', 'ip link set lo up; exec /usr/bin/python3 "$@"', 'sh'],
    ...[opener, String(count), String(processes)],
  ]);
  let output = '';
  world.stdout.on('data', (data) => {
    output += data;
  });

  const until = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!output.includes(text)) return false;
        output = output.slice(output.indexOf(text) + text.length);
        return true;
      };
      if (look()) return resolve();
      world.stdout.on('data', function onData() {
        if (!look()) return;
        world.stdout.off('data', onData);
        resolve();
      });
      world.once('exit', (code) => reject(new Error(`the world ended with ${code}`)));
    });

  await until('ready');
  const parent = String(world.pid);
  /** Of the world's first process, as its parent's namespace has it. */
  const innerPid = spawnSync('pgrep', ['--parent', parent], { encoding: 'utf8' }).stdout.trim();
  expect(innerPid).toMatch(/^\d+$/);

  const inside: Server['inside'] = (command, ...args) => {
    const { stdout, stderr, status } = spawnSync(
      'nsenter',
      ['--net', '--pid', '--mount', '--target', innerPid, command, ...args],
      { encoding: 'utf8', maxBuffer: 1 << 28 },
    );
    return { lines: stdout.split('\n'), stdout, stderr, status };
  };
  return { world, until, inside };
}

describe.skipIf(reason !== null)(`a busy server${because(reason)}`, () => {
  let server: Server;
  const inside: Server['inside'] = (...command) => server.inside(...command);
  const until = (text: string) => server.until(text);
  beforeAll(async () => {
    server = await startServer(connections);
  });
  afterAll(() => server?.world.kill('SIGKILL'));

  it.each([
    ...['-tuan', '-tuanp', '-tulpn', '-tanpeo', '-tanpW', '-tan6', '-an', '-anp'],
    // Without the kernel's own answers: threads that read ahead, and threads that walk.
    ...[
      '-tuan --source proc',
      '-tuanp --source proc',
      '-tulpn --source proc',
      '-anp --source proc',
    ],
  ])('%s', (line) => {
    const [flags = '', ...others] = line.split(' ');
    const theirs = inside('/usr/bin/netstat', flags);
    const ours = inside(...program, flags, ...others);
    // The order within the table is the kernel's, and both see the same; keep-alive timers move.
    const still = ({ lines }: { lines: string[] }) =>
      lines.map((line) => line.replace(/\(\d+\.\d\d\//, '(0.00/')).join('\n');
    expect(still(ours)).toBe(still(theirs));
    expect([ours.stderr, ours.status]).toEqual(['', 0]);
  });

  /** The keys that packed rows are sorted by, as they come where the kernel is asked over netlink. */
  const packedKeys = sortKeyNames('sockets').filter((key) => packSorter([key], {}) !== null);

  /** Keys of which these sockets have the same value, or none: a further key is compared with each. */
  const isShared = (key: string) =>
    /^(proto|type|assoc|refcount|flags|path|peer.*|container|pod|image)$/.test(key);

  it('-tanpe --sort KEY: rows that come packed are in the order of those that do not', async () => {
    expect(packedKeys).toEqual(expect.arrayContaining(['local', 'rport', 'program', 'rtt']));
    const inFiles = packedKeys.filter((key) => !beyondFiles.has(key));
    const shared = inFiles.filter(isShared);
    const sorts = inFiles
      .filter((key) => !isShared(key))
      .map((key, at) => [...shared.slice(at, at + 1), key].map((one) => `-${one}`).join(','))
      // An executable sorts as the package does.
      .filter((_, at) => !isExecutable || at % 8 === 0);
    expect(sorts.length).toBeGreaterThan(isExecutable ? 2 : shared.length);
    const smaller = await startServer(fewer);
    try {
      for (const [at, keys] of sorts.entries()) {
        const flags = ['-tanpe', '--sort', keys];
        const { inside: within } = at === 0 ? server : smaller;
        const packed = within(...program, ...flags, '--source', 'netlink');
        const others = within(...program, ...flags, '--source', 'proc');
        expect([packed.stderr, packed.status], keys).toEqual(['', 0]);
        expect([others.stderr, others.status], keys).toEqual(['', 0]);
        expect(packed.lines.length, keys).toBeGreaterThan(2 * fewer);
        expect(packed.stdout === others.stdout, keys).toBe(true);
      }
    } finally {
      smaller.world.kill('SIGKILL');
    }
  }, 900_000);

  it.each(['-tuanp', '-tn', '-4tanpeo', '-tanp --sort -recvq'])(
    '%s --peers: those of packed rows are those of others',
    (line) => {
      const flags = [...line.split(' '), '--peers'];
      const packed = inside(...program, ...flags, '--source', 'netlink');
      const others = inside(...program, ...flags, '--source', 'proc');
      expect([packed.stderr, packed.status]).toEqual(['', 0]);
      expect(packed.stdout === others.stdout).toBe(true);
      expect(packed.lines.filter((row) => /\/python3 *$/.test(row)).length).toBeGreaterThan(
        connections,
      );
    },
  );

  it('-tan --sort: the same rows as unsorted', () => {
    const ours = inside(...program, '-tan', '--sort', 'remote,local').lines;
    const theirs = inside('/usr/bin/netstat', '-tan').lines;
    expect(ours.slice(2).toSorted()).toEqual(theirs.slice(2).toSorted());
  });

  it('reports every owner in JSON', () => {
    const { sockets } = JSON.parse(inside(...program, '-tanp', '--json').stdout) as {
      sockets: InetSocket[];
    };
    const connected = sockets.filter(({ state }) => state === 'ESTABLISHED');
    expect(connected.length).toBe(connections * 2);
    expect(connected.every(({ owners }) => owners?.length === 1)).toBe(true);
    expect(new Set(connected.map(({ owners }) => owners?.[0]?.pid)).size).toBe(processes);
  });

  /** What the first rounds of -c print, a text a round. */
  const rounds = (flags: string, count: number) => {
    const { stdout, stderr } = inside(
      ...(['sh', '-c'] as const),
      `${programText} ${flags} -c --interval 0.2 |
        awk '/^Active/ { if (++rounds > ${count}) exit; next } { print rounds, $0 }'`,
    );
    expect(stderr).toBe('');
    const texts = Array<string>(count).fill('');
    for (const line of stdout.split('\n').slice(0, -1)) {
      texts[Number.parseInt(line, 10) - 1] += `${line.slice(line.indexOf(' ') + 1)}\n`;
    }
    return texts;
  };

  it('shows the same in every round of -c, with the owners that it remembers', () => {
    const theirs = inside('/usr/bin/netstat', '-tanp').stdout.split('\n').slice(1).join('\n');
    for (const round of rounds('-tanp', 4)) expect(round).toBe(theirs);
  });

  it('names no wrong owner in a later round either, while connections come and go', async () => {
    server.world.stdin.write('2000\n'.repeat(4));
    const shown = rounds('-tanp', 5);
    for (let churned = 0; churned < 4; churned++) await until('churned');
    for (const round of shown) {
      const owners = new Map<string, Set<string>>();
      const lines = /^tcp +\d+ +\d+ \S+?:(\d+) +\S+?:(\d+) +ESTABLISHED (\d+)\//gm;
      for (const [, local = '', remote = '', pid = ''] of round.matchAll(lines)) {
        const server = [local, remote].find((port) => /^70\d\d$/.test(port));
        if (server === undefined) continue;
        owners.set(server, (owners.get(server) ?? new Set()).add(pid));
      }
      expect([...owners.values()].map((pids) => pids.size)).toEqual(Array(processes).fill(1));
    }
  });

  it('--quiet ends at the first match, threads and all', () => {
    expect(inside(...program, '-tanq').status).toBe(0);
    expect(inside(...program, '-tanpq').status).toBe(0);
  });

  it('a pipe that closes early ends it quietly', () => {
    const { stdout, stderr } = inside('sh', '-c', `${programText} -tan | head -1`);
    expect([stdout, stderr]).toEqual([
      'Active Internet connections (servers and established)\n',
      '',
    ]);
  });

  it('while connections come and go it never names a wrong owner', async () => {
    const holder = (port: number) => port - 7000;
    for (let round = 0; round < 5; round++) {
      server.world.stdin.write('2000\n');
      const { stdout, stderr, status } = inside(...program, '-tanp', '--json');
      expect([status, stderr]).toEqual([0, '']);
      const { sockets } = JSON.parse(stdout) as { sockets: InetSocket[] };
      const owners = new Map<number, Set<number>>();
      for (const socket of sockets) {
        const port = [socket.local.port, socket.remote.port].find((p) => p >= 7000 && p < 7100);
        if (port === undefined || socket.state !== 'ESTABLISHED') continue;
        const pids = owners.get(holder(port)) ?? new Set<number>();
        for (const { pid } of socket.owners ?? []) pids.add(pid);
        owners.set(holder(port), pids);
      }
      // Each server's connections have both ends in one process.
      expect([...owners.values()].map((pids) => pids.size)).toEqual(Array(processes).fill(1));
      await until('churned');
    }
  });
});
