import { closeSync, constants, fstatSync, openSync, readlinkSync, statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { type Libc, loadLibc } from '../netlink/libc.ts';
import { errnoOf } from '../proc/proc.ts';
import { at, type Desk, type DeskMemory, deskIn, order } from './requests.ts';

/** What a thread that enters network namespaces says once, when it is ready: whether it can. */
export type Readiness = 'ready' | 'no calls';

/** What a program wrote, and how it ended. */
export interface RunAnswer {
  /** null: it failed, or took too long. */
  readonly output: Uint8Array | null;
}

/** EINVAL, EIO of <errno.h>, negated. */
const [invalid, ioError] = [-22, -5];
/** ESTALE: what was to be entered is another namespace by now. */
const stale = -116;

/** The number of the namespace that this thread is in for certain; null: it has entered none. */
let current: string | null = null;

/** Where it began, to go back to: a namespace lives as long as a thread is in it. */
const home = { file: '/proc/self/ns/net', inode: String(statSync('/proc/thread-self/ns/net').ino) };

function enter(libc: Libc, file: string, inode: string): number {
  if (current === inode) return 0;
  // What lies at a path may have been exchanged: nothing is waited for.
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (String(fstatSync(fd).ino) !== inode) return stale;
    current = null;
    const entered = libc.enterNetwork(fd);
    if (entered < 0) return entered;
    if (String(statSync('/proc/thread-self/ns/net').ino) !== inode) return stale;
    current = inode;
    return 0;
  } finally {
    closeSync(fd);
  }
}

function numbered(task: () => number): number {
  try {
    return task();
  } catch (error) {
    const { errno } = error as { errno?: unknown };
    return errnoOf(error) !== '' && typeof errno === 'number' && errno < 0 ? errno : ioError;
  }
}

function answered(libc: Libc, what: number, argument: number, words: readonly string[]): number {
  switch (what) {
    case order.enter:
    case order.run:
      return 0;
    case order.sockDiag:
      return libc.openSockDiag(argument);
    case order.destroyed:
      return libc.openDestroyed(argument, Number(words[2]));
    case order.file:
      return openSync(placeOf(words[2] ?? ''), 'r');
    default:
      return invalid;
  }
}

/** Settings of a network are shown to each thread as those of the namespace that it is in. */
function placeOf(path: string): string {
  return path.startsWith('sys/') ? `/proc/${path}` : `/proc/thread-self/${path}`;
}

/** A child is in the namespace of the thread that made it, which Bun need not be: there it is tried out. */
async function run(command: readonly string[], limit: number): Promise<RunAnswer> {
  const { spawnSync } = await import('node:child_process');
  const outputOf = ([program = '', ...args]: readonly string[]) => {
    const { status, stdout } = spawnSync(program, args, {
      ...{ timeout: limit, killSignal: 'SIGKILL', maxBuffer: 1 << 28 },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return status === 0 ? stdout : null;
  };
  if (process.versions.bun !== undefined) {
    const child = outputOf(['/usr/bin/readlink', '/proc/self/ns/net'])?.toString().trim();
    if (child !== `net:[${current}]`) return { output: null };
  }
  const output = outputOf(command);
  return { output: output === null ? null : new Uint8Array(output) };
}

/** Serves a desk until it is told to stop. */
async function serve(libc: Libc, { control, text }: Desk): Promise<void> {
  for (let last = 0; ; ) {
    Atomics.wait(control, at.asked, last);
    last = Atomics.load(control, at.asked);
    const what = control[at.order] as number;
    if (what === order.stop) return;
    const words = text.toString('utf8', 0, control[at.length]).split('\0');
    const [file = '', inode = ''] = words;
    const entered = numbered(() => enter(libc, file, inode));
    const argument = control[at.argument] as number;
    const answer = entered < 0 ? entered : numbered(() => answered(libc, what, argument, words));
    control[at.answer] = answer;
    Atomics.store(control, at.answered, last);
    Atomics.notify(control, at.answered);
    if (what === order.run && answer >= 0) {
      parentPort?.postMessage(await run(JSON.parse(words[2] ?? '[]'), argument));
    }
  }
}

/** What it says when it may have another desk. */
export type Idle = 'idle';

async function begin(memory: DeskMemory): Promise<void> {
  const desk = deskIn(memory);
  desk.control[at.thread] = thread;
  parentPort?.postMessage((libc === null ? 'no calls' : 'ready') satisfies Readiness);
  if (libc === null) return end();
  await serve(libc, desk);
  if (current !== null && numbered(() => enter(libc, home.file, home.inode)) < 0) return end();
  parentPort?.postMessage('idle' satisfies Idle);
}

/** Nothing is waited for any more. */
function end(): void {
  parentPort?.close();
}

const libc = loadLibc();
// Where the kernel does not tell it (before Linux 3.17) this throws, and the thread ends.
const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
parentPort?.on('message', (memory: DeskMemory) => void begin(memory));
void begin(workerData as DeskMemory);
