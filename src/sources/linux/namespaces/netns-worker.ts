import { closeSync, constants, fstatSync, openSync, readlinkSync, statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { type Libc, loadLibc } from '../netlink/libc.ts';
import { errnoOf } from '../proc/proc.ts';
import { at, type DeskMemory, deskIn, order } from './requests.ts';

/** What a thread that enters network namespaces says once, when it is ready: whether it can. */
export type Readiness = 'ready' | 'no calls';

/** What a program wrote, and how it ended. */
export interface RunAnswer {
  /** null: it failed, or took too long. */
  readonly output: Uint8Array | null;
}

const { control, text } = deskIn(workerData as DeskMemory);

/** EINVAL, EIO of <errno.h>, negated. */
const [invalid, ioError] = [-22, -5];
/** ESTALE: what was to be entered is another namespace by now. */
const stale = -116;

/** The number of the namespace that this thread is in for certain; null: it has entered none. */
let current: string | null = null;

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
    case order.file:
      return openSync(`/proc/thread-self/${words[2]}`, 'r');
    default:
      return invalid;
  }
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

async function serve(libc: Libc): Promise<void> {
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

const libc = loadLibc();
// Where the kernel does not tell it (before Linux 3.17) this throws, and the thread ends.
control[at.thread] = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
parentPort?.postMessage((libc === null ? 'no calls' : 'ready') satisfies Readiness);
if (libc !== null) void serve(libc);
