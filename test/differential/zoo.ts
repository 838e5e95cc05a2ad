/**
 * Starts the zoo (zoo/zoo.py), a world of its own full of awkward sockets, and runs programs in it.
 *
 * How to run these suites: as root on Linux, with net-tools, iproute2 and python3 installed:
 *
 *     npm run build && npx vitest run --project differential
 *
 * Nothing outside the zoo is touched: it has network, PID and mount namespaces of its own, and its
 * processes end with it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Output, run } from '../support/command.ts';
import { program, programAt, programFiles } from '../support/program.ts';
import { reasonToSkip } from '../support/requirements.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { etcFiles } from './zoo/etc.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Why the suites cannot run here; null when they can. */
export const skipReason = reasonToSkip({
  platforms: ['linux'],
  root: true,
  programs: ['/usr/bin/netstat', '/usr/bin/python3', 'unshare', 'nsenter', 'setpriv', 'ip'],
  files: programFiles,
});

/** What the zoo says when all its sockets are open. Byte strings come as Latin-1. */
interface Ready {
  /** PID and argv[0] of the processes that were given a name. */
  readonly programs: readonly (readonly [number, string])[];
}

export interface Visit {
  /** Shown to the program as /proc: a captured folder. Default: the zoo's own. */
  readonly proc?: string;
  /** Default: root. */
  readonly uid?: number;
  /** Milliseconds after which the program is killed: what hangs, on the busiest machine. Default: 100,000. */
  readonly timeout?: number;
  /** A command that runs the program, to take something from it first. Default: none. */
  readonly under?: readonly string[];
}

export interface Zoo {
  readonly ready: Ready;
  /** A folder that programs in the zoo and tests outside it both see. */
  readonly folder: string;
  /** The program under test, as a command that is good inside only. */
  readonly program: readonly string[];
  /** What is put before a command so that it runs inside. */
  readonly enter: readonly string[];
  /** Runs a command inside. */
  run(command: readonly string[], visit?: Visit): Promise<Output>;
  netstat(args: readonly string[], visit?: Visit): Promise<Output>;
  tsnetstat(args: readonly string[], visit?: Visit): Promise<Output>;
  /**
   * Starts a script of this folder inside, for as long as the zoo is open; its arguments are the zoo's folder and `args`.
   * Waits until there is a file called `ready` in that folder, and returns its text.
   * @throws Error if the script prints anything
   */
  fill(script: string, ready: string, ...args: readonly string[]): Promise<string>;
  /** Copies /proc as it is now; the path is good inside only. */
  freeze(): Promise<string>;
  /** Puts new connections into TIME_WAIT, which lasts a minute. */
  renew(): Promise<void>;
  stop(): Promise<void>;
}

function prepare(): string {
  const folder = temporaryFolder('zoo-');
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'etc'));
  for (const [name, text] of Object.entries(etcFiles)) {
    writeFileSync(join(folder, 'etc', name), text);
  }
  // Bound here, the program can be run by a user who may not enter the folders it lives in.
  mkdirSync(join(folder, 'app'));
  writeFileSync(join(folder, 'program'), '');
  const mounts = [
    [root, join(folder, 'app')],
    [program[0], join(folder, 'program')],
  ];
  writeFileSync(join(folder, 'mounts'), mounts.map((pair) => `${pair.join('\t')}\n`).join(''));
  return folder;
}

/** The PID of the one child of `pid`, as this namespace counts. */
function childOf(pid: number | undefined): number {
  return Number.parseInt(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'), 10);
}

async function nextLine(lines: AsyncIterator<string>, complaint: () => string): Promise<string> {
  const line = await lines.next();
  if (line.done) {
    throw new Error(`the zoo ended: ${complaint()}`);
  }
  return line.value;
}

function linesOf(child: ChildProcess): AsyncIterator<string> {
  const lines: Interface = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  return lines[Symbol.asyncIterator]();
}

/**
 * Opens a zoo. `empty` has the namespaces and nothing in them; in `still` nothing changes by itself;
 * `crowded` is `still` with 20,000 ends of connections.
 */
export async function startZoo(
  profile: 'ordinary' | 'hostile' | 'empty' | 'still' | 'crowded',
): Promise<Zoo> {
  const folder = prepare();
  const script = fileURLToPath(new URL('./zoo/zoo.py', import.meta.url));
  const freezer = fileURLToPath(new URL('./zoo/freeze.py', import.meta.url));
  const unshare = ['--net', '--pid', '--mount', '--fork', '--kill-child', '--mount-proc', '--'];
  const child = spawn('unshare', [...unshare, '/usr/bin/python3', '-B', script, profile, folder], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString('utf8');
  });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const lines = linesOf(child);
  const said = () => nextLine(lines, () => complaint);
  let ready: Ready;
  try {
    ready = JSON.parse(await said()) as Ready;
  } catch (error) {
    child.kill();
    throw error;
  }
  const enter = ['nsenter', `--target=${childOf(child.pid)}`, '--net', '--mount', '--pid', '--'];
  let frozen = 0;

  const zoo: Zoo = {
    ready,
    folder,
    enter,
    program: programAt(join(folder, 'program'), join(folder, 'app')),
    run(command, { proc, uid, timeout, under: taking = [] } = {}) {
      const as =
        uid === undefined
          ? []
          : ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--'];
      const under =
        proc === undefined
          ? []
          : ['unshare', '--mount', 'sh', '-c', 'mount --bind "$0" /proc && exec "$@"', proc];
      // Killing nsenter would leave the program behind: the clock must run inside. `timeout` has to stay
      // and fetch the dead, since nobody else would, and so it begins with a signal that spares itself.
      const limit = ['timeout', '--kill-after=5', `${(timeout ?? 100_000) / 1000}`];
      return run([...enter, ...under, ...as, ...limit, ...taking, ...command]);
    },
    netstat(args, visit) {
      return zoo.run(['/usr/bin/netstat', ...args], visit);
    },
    tsnetstat(args, visit) {
      return zoo.run([...zoo.program, ...args], visit);
    },
    async fill(script, ready, ...args) {
      const path = fileURLToPath(new URL(script, import.meta.url));
      const runner = script.endsWith('.py') ? '/usr/bin/python3 -B' : 'sh';
      const log = join(folder, 'log');
      writeFileSync(log, '');
      const start = `setsid ${runner} "$0" "$@" </dev/null >"$1/log" 2>&1 &`;
      await zoo.run(['sh', '-c', start, path, folder, ...args]);
      for (let tries = 0; !existsSync(join(folder, ready)); tries++) {
        const said = readFileSync(log, 'utf8');
        if (tries > 5000 || said !== '') throw new Error(`${script}: ${said}`);
        await sleep(20);
      }
      return readFileSync(join(folder, ready), 'utf8');
    },
    async freeze() {
      frozen += 1;
      const target = `/mnt/frozen-${frozen}`;
      const copied = await zoo.run(['/usr/bin/python3', '-B', freezer, target]);
      if (copied.code !== 0) {
        throw new Error(`could not copy the zoo's /proc: ${copied.stderr}`);
      }
      return target;
    },
    async renew() {
      child.stdin.write('renew\n');
      await said();
    },
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
  return zoo;
}
