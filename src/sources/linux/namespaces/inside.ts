import type { Worker } from 'node:worker_threads';
import { type LastingThreads, lastingThreads } from '../lasting-threads.ts';
import { failure } from '../netlink/diag-file.ts';
import { isThread } from '../reader/read-thread.ts';
import { signal } from '../reader/ring.ts';
import { workerFile } from '../worker-file.ts';
import type { Idle, Readiness, RunAnswer } from './netns-worker.ts';
import { at, type Desk, type DeskMemory, deskIn, deskMemory, order } from './requests.ts';

/** A file that leads to a network namespace, and the number that the namespace must have. */
export interface Door {
  readonly file: string;
  readonly inode: number;
}

/**
 * A thread that opens things in other network namespaces. What it opens belongs to the whole process, which
 * reads it; the namespace of every other thread stays what it is. It never opens anything where it is not
 * certain to be: it compares the number of the namespace after it entered.
 */
export interface Inside {
  /** Enters, and no more: 0; below zero: why not, an errno, negated. */
  enter(door: Door): number;
  /**
   * A descriptor of a socket of sock_diag that waits so many milliseconds for an answer; below zero: an errno,
   * negated.
   */
  openSockDiag(door: Door, timeout: number): number;
  /** As `Libc.openDestroyed`, in a namespace. */
  openDestroyed(door: Door, groups: number, room: number): number;
  /**
   * A descriptor of a file under /proc/thread-self, or of a setting under /proc/sys.
   * @throws an error with a `code` where it cannot be entered or opened
   */
  openFile(door: Door, path: string): number;
  /** What a program writes that runs there; null where it fails or takes longer. */
  run(door: Door, command: readonly string[], limit: number): Promise<Buffer | null>;
  /** The thread died: nothing can be opened any more. */
  readonly isLost: boolean;
  /** Nothing more is asked: the thread goes back to where it began. */
  end(): void;
}

/** Why no other network namespace can be entered: no right to, no native part, no thread. */
export type Outside = 'rights' | 'native' | 'thread';

/** How long to wait, in milliseconds, before another look at whether the thread is still there. */
const betweenLooks = 1000;

/** Starts the thread, and waits until it can be asked. */
export async function startInside(name = 'netns-worker'): Promise<Inside | Outside> {
  const here = import.meta.url;
  // What bundlers make of a module in CommonJS does not know where it lies.
  if (here === undefined) return 'thread';
  const memory = deskMemory();
  let worker: Worker;
  try {
    const { Worker } = await import('node:worker_threads');
    let kind = threads.get(name);
    if (kind === undefined) {
      kind = lastingThreads((workerData) => {
        const made = new Worker(workerFile(name, here), {
          workerData,
          // What it opens is closed by whoever asked for it, not with the thread.
          trackUnmanagedFds: false,
          resourceLimits: { maxYoungGenerationSizeMb: 1 },
        });
        made.on('message', (word: Readiness | Idle | RunAnswer) => {
          if (word === 'idle') threads.get(name)?.giveBack(made);
        });
        made.on('error', () => {});
        return made;
      });
      threads.set(name, kind);
    }
    worker = kind.start(memory);
  } catch {
    return 'thread';
  }
  const readiness = await firstWord(worker);
  if (readiness !== 'ready') return readiness === 'no calls' ? 'native' : 'thread';
  worker.unref();
  return insideOf(deskIn(memory), isThread, () => nextAnswer(worker));
}

/** Those that wait, by the name of their file. */
const threads = new Map<string, LastingThreads<DeskMemory>>();

/** What the thread says of itself; null: it could not start. */
function firstWord(worker: Worker): Promise<Readiness | null> {
  return new Promise((resolve) => {
    const settle = (word: Readiness | null) => {
      worker.off('message', settle).off('exit', fail);
      resolve(word);
    };
    const fail = () => settle(null);
    worker.on('message', settle).on('exit', fail);
  });
}

/** What a program wrote that the thread runs. */
function nextAnswer(worker: Worker): Promise<RunAnswer> {
  return new Promise((resolve) => {
    worker.ref();
    const settle = (answer: RunAnswer) => {
      worker.off('message', settle);
      worker.off('exit', fail);
      worker.unref();
      resolve(answer);
    };
    const fail = () => settle({ output: null });
    worker.on('message', settle);
    worker.on('exit', fail);
  });
}

/**
 * The asking side of a desk. An answer may take as long as it takes: it is waited for as long as `isAlive` says
 * so of the thread's ID. `nextAnswer`: what the next program that runs will have written.
 */
export function insideOf(
  { control, text }: Desk,
  isAlive: (thread: number) => boolean,
  nextAnswer: () => Promise<RunAnswer>,
  pause = betweenLooks,
): Inside {
  let number = 0;
  let isLost = false;

  /** False where the thread died before it answered. */
  const isAnswered = (): boolean => {
    for (;;) {
      const answered = Atomics.load(control, at.answered);
      if (answered === number) return true;
      if (Atomics.wait(control, at.answered, answered, pause) !== 'timed-out') continue;
      if (isAlive(Atomics.load(control, at.thread))) continue;
      return Atomics.load(control, at.answered) === number;
    }
  };

  /** A number; below zero an errno, negated. */
  const ask = (what: number, { file, inode }: Door, argument: number, word = ''): number => {
    if (isLost) return ioError;
    const words = `${file}\0${inode}\0${word}`;
    if (Buffer.byteLength(words) > text.length) return tooLong;
    control[at.length] = text.write(words);
    control[at.order] = what;
    control[at.argument] = argument;
    number++;
    signal(control, at.asked, number);
    isLost = !isAnswered();
    return isLost ? ioError : (control[at.answer] as number);
  };

  return {
    enter: (door) => ask(order.enter, door, 0),
    openSockDiag: (door, timeout) => ask(order.sockDiag, door, timeout),
    openDestroyed: (door, groups, room) => ask(order.destroyed, door, groups, String(room)),
    openFile(door, path) {
      const fd = ask(order.file, door, 0, path);
      if (fd < 0) throw failure(fd);
      return fd;
    },
    async run(door, command, limit) {
      if (ask(order.run, door, limit, JSON.stringify(command)) < 0) return null;
      const { output } = await nextAnswer();
      return output === null ? null : Buffer.from(output);
    },
    get isLost() {
      return isLost;
    },
    end() {
      control[at.order] = order.stop;
      signal(control, at.asked, number + 1);
    },
  };
}

/** EIO and ENAMETOOLONG of <errno.h>, negated. */
const [ioError, tooLong] = [-5, -36];
