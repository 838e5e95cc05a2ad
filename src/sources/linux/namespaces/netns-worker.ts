import { closeSync, statSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { stale } from '../errno-name.ts';
import { type Libc, loadLibc } from '../libc.ts';
import { awaitChange, signal } from '../threads/signals.ts';
import { threadId } from '../threads/thread-id.ts';
import { type Door, isIn, numbered, openDoor, pathInside } from './door.ts';
import { at, type Desk, type DeskMemory, deskIn, order } from './requests.ts';

/** The thread's first message: whether it can enter network namespaces. */
export type Readiness = 'ready' | 'no calls';

/** The output of a program. */
export interface RunAnswer {
  /** null: it failed, or timed out. */
  readonly output: Uint8Array | null;
}

/** EINVAL of <errno.h>, negated. */
const invalid = -22;

/** The number of the namespace that this thread is certainly in; null: it has entered none. */
let current: number | null = null;

/** Its original namespace, to return to: a thread keeps the namespace that it is in alive. */
const home: Door = {
  file: '/proc/self/ns/net',
  inode: statSync('/proc/thread-self/ns/net').ino,
};

/** Enters a namespace: 0; negative: an errno, negated. `stale`: the file now leads to another one. */
function enter(libc: Libc, door: Door): number {
  if (current === door.inode) return 0;
  const fd = openDoor(door);
  if (fd < 0) return fd;
  try {
    current = null;
    const entered = libc.enterNetwork(fd);
    if (entered < 0) return entered;
    if (!isIn(door.inode)) return stale;
    current = door.inode;
    return 0;
  } finally {
    closeSync(fd);
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
      return libc.openFile(pathInside(words[2] ?? ''));
    default:
      return invalid;
  }
}

/** A child starts in its thread's namespace, but under Bun not necessarily: that is tested first. */
async function run(command: readonly string[], limit: number): Promise<RunAnswer> {
  const { spawnSync } = await import('node:child_process');
  const outputOf = ([program = '', ...args]: readonly string[]) => {
    const { status, stdout } = spawnSync(program, args, {
      timeout: limit,
      killSignal: 'SIGKILL',
      maxBuffer: 1 << 28,
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

/** Serves a desk until it is stopped. */
async function serve(libc: Libc, { control, text }: Desk): Promise<void> {
  for (let last = 0; ; ) {
    awaitChange(control, at.asked, last);
    last = Atomics.load(control, at.asked);
    const what = control[at.order] as number;
    if (what === order.stop) return;
    const words = text.toString('utf8', 0, control[at.length]).split('\0');
    const [file = '', inode = ''] = words;
    const entered = numbered(() => enter(libc, { file, inode: Number(inode) }));
    const argument = control[at.argument] as number;
    const answer = entered < 0 ? entered : numbered(() => answered(libc, what, argument, words));
    control[at.answer] = answer;
    signal(control, at.answered, last);
    if (what === order.run && answer >= 0) {
      parentPort?.postMessage(await run(JSON.parse(words[2] ?? '[]'), argument));
    }
  }
}

/** The message when it is ready for another desk. */
export type Idle = 'idle';

async function begin(memory: DeskMemory): Promise<void> {
  const desk = deskIn(memory);
  signal(desk.control, at.thread, thread);
  parentPort?.postMessage((libc === null ? 'no calls' : 'ready') satisfies Readiness);
  if (libc === null) return end();
  await serve(libc, desk);
  if (current !== null && numbered(() => enter(libc, home)) < 0) return end();
  parentPort?.postMessage('idle' satisfies Idle);
}

/** Stops waiting for messages. */
function end(): void {
  parentPort?.close();
}

const libc = loadLibc();
// Throws if the kernel does not report it: then the thread ends.
const thread = threadId();
parentPort?.on('message', (memory: DeskMemory) => void begin(memory));
void begin(workerData as DeskMemory);
