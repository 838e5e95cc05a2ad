import { spawn, spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Cgroup, canMakeCgroup, makeCgroup } from '../support/cgroup.ts';
import { programAt } from '../support/program.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { copyPackage, environment } from './support/built-bin.ts';

/** So many that a thread reads the table ahead, and threads share the walk through all processes. */
const sockets = 11_000;

const holder = `
import resource, socket, sys
count = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_NOFILE, (count + 100, count + 100))
held = []
for i in range(count):
    s = socket.socket()
    s.bind(('127.9.%d.%d' % (i >> 8 & 255, i & 255), 6000))
    s.listen(1)
    held.append(s)
print('ready', flush=True)
sys.stdin.read()
`;

const reason = reasonToSkip({
  platforms: ['linux'],
  root: true,
  programs: ['/usr/bin/python3', 'unshare', 'nsenter', 'ip', 'prlimit', 'setpriv'],
  abilities: { 'control groups that count tasks': () => canMakeCgroup('pids') },
});
const because = (why: string | null) => (why === null ? '' : `: ${why}`);

function isRemoved(group: Cgroup): boolean {
  try {
    group.remove();
    return true;
  } catch {
    return false;
  }
}

/**
 * Who nobody is, nor another run of this test on the machine: what counts against this user's limit is only what the
 * test runs.
 */
const stranger = 20_000 + (process.pid % 40_000);

interface Limited {
  readonly end: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How an answer differs from the one that is expected; null: not at all. */
function difference(found: Limited, expected: Limited): string | null {
  if (found.end === 0 && found.stdout === expected.stdout) return null;
  const [lines, others] = [found.stdout.split('\n'), expected.stdout.split('\n')];
  const first = others.findIndex((line, at) => line !== lines[at]);
  const output =
    found.stdout === expected.stdout
      ? 'the same output'
      : `${lines.length} lines for ${others.length}, line ${first + 1} is ${JSON.stringify(lines[first])} for ${JSON.stringify(others[first])}`;
  return `end ${found.end}; ${output}; stderr ${JSON.stringify(found.stderr.slice(0, 500))}`;
}

describe.skipIf(reason !== null)(`where no thread can be had${because(reason)}`, () => {
  let group: Cgroup;
  let folder = '';
  let world: ReturnType<typeof spawn>;
  /** What a stranger may read as well. */
  let copied: readonly string[] = [];

  beforeAll(async () => {
    group = makeCgroup('pids');
    folder = temporaryFolder('scarce-');
    chmodSync(folder, 0o755);
    copyPackage(folder);
    copied = programAt(process.execPath, folder);
    const inWorld = `ip link set lo up && exec /usr/bin/python3 -c "$0" ${sockets}`;
    world = spawn('unshare', ['--net', 'sh', '-c', inWorld, holder], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => world.stdout?.once('data', resolve));
  });
  afterAll(async () => {
    world?.kill('SIGKILL');
    // What ran in it may not have left yet.
    while (!isRemoved(group)) await sleep(50);
  });

  /** Runs a command among the sockets. */
  function run(words: readonly string[], timeout = 600_000): Limited {
    const { status, signal, stdout, stderr } = spawnSync(
      'nsenter',
      ['--net', '-t', String(world.pid), '--', ...words],
      { encoding: 'utf8', env: environment(), maxBuffer: 1 << 28, timeout, killSignal: 'SIGKILL' },
    );
    return { end: status ?? signal, stdout, stderr };
  }

  /** Ways to let a command have so many tasks at most; the command takes the place of what sets the limit. */
  const ways = {
    'a control group': (tasks: number, words: readonly string[]) => {
      group.limit(tasks);
      return [...group.under, ...words];
    },
    "a user's limit": (tasks: number, words: readonly string[]) => [
      'setpriv',
      `--reuid=${stranger}`,
      `--regid=${stranger}`,
      '--clear-groups',
      'prlimit',
      `--nproc=${tasks}`,
      ...words,
    ],
  } as const;

  describe.each(Object.keys(ways) as (keyof typeof ways)[])('%s', (name) => {
    const way = ways[name];
    let least = 0;

    beforeAll(() => {
      // Without one of its own threads Node may also hang: what it needs is sought from above. Where it
      // is merely slow, fewer limits are tried.
      least = 16;
      const starts = (tasks: number) => run(way(tasks, [process.execPath, '-e', '0']), 5000);
      while (least > 2 && starts(least - 1).end === 0) least--;
    });

    it.each([
      ['all connections', '-tuan', sockets],
      ['listeners and their owners', '-tlnp', sockets],
      ['names of hosts and users', '-tle --local 127.9.0.0/27 --resolve-timeout 50', 32],
    ])('leaves all as it is: %s', { timeout: 900_000 }, (_, flags, atLeast) => {
      const words = [...copied, ...flags.split(' ')];
      const plenty = run(way(1000, words));
      expect(difference(plenty, plenty)).toBeNull();
      const lines = plenty.stdout.split('\n').length;
      expect(lines).toBeGreaterThan(atLeast);
      const others = Array.from({ length: 13 }, (_, more) => least + more).flatMap((tasks) => {
        const differs = difference(run(way(tasks, words)), plenty);
        return differs === null ? [] : [`${tasks} tasks of ${least} and more: ${differs}`];
      });
      expect(others).toEqual([]);
    });
  });
});
