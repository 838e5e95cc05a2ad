import type { Worker } from 'node:worker_threads';
import { isThread } from '../files/read-thread.ts';
import { failure } from '../netlink/diag-file.ts';
import { exitAfterLoading } from '../threads/exit-after.ts';
import { type LastingThreads, lastingThreads } from '../threads/lasting-threads.ts';
import { awaitChange, signal } from '../threads/signals.ts';
import { workerFile } from '../threads/worker-file.ts';
import { type Door, ioError } from './door.ts';
import type { Idle, Readiness, RunAnswer } from './netns-worker.ts';
import { at, type Desk, type DeskMemory, deskIn, deskMemory, order } from './requests.ts';

/**
 * Opens things in other network namespaces. Their descriptors belong to the whole process, which reads them. Nothing is
 * opened unless it is certainly the right namespace: its number is compared.
 */
export interface Inside {
  /** Enters only. 0; negative: an errno, negated. */
  enter(door: Door): number;
  /** The descriptor of a sock_diag socket with a receive timeout in milliseconds; negative: an errno, negated. */
  openSockDiag(door: Door, timeout: number): number;
  /** As `Libc.openDestroyed`, in a namespace. */
  openDestroyed(door: Door, groups: number, room: number): number;
  /**
   * The descriptor of a file under /proc/thread-self, or of a setting under /proc/sys.
   * @throws an error with a `code` if it cannot be entered or opened
   */
  openFile(door: Door, path: string): number;
  /** The output of a program run there; null: it failed or timed out. */
  run(door: Door, command: readonly string[], limit: number): Promise<Buffer | null>;
  /** The thread that enters died: nothing can be opened any more. */
  readonly isLost: boolean;
  /** No more requests: a thread that is inside returns to its original namespace. */
  end(): void;
}

/** Why no other network namespace can be entered: no permission, no native part, or no thread. */
export type Outside = 'rights' | 'native' | 'thread';

/** How often to check whether the thread is still alive while waiting, in milliseconds. */
const betweenLooks = 1000;

/** Starts a thread that enters namespaces, while all others stay in theirs, and waits until it is ready. */
export async function startInside(name = 'netns-worker'): Promise<Inside | Outside> {
  const memory = deskMemory();
  let worker: Worker;
  try {
    const { Worker } = await import('node:worker_threads');
    let kind = threads.get(name);
    if (kind === undefined) {
      kind = lastingThreads((workerData) => {
        const made = new Worker(workerFile(`namespaces/${name}`), {
          workerData,
          // The caller closes what the thread opened; it must stay open when the thread ends.
          trackUnmanagedFds: false,
          resourceLimits: { maxYoungGenerationSizeMb: 1 },
        });
        made.on('message', (word: Readiness | Idle | RunAnswer) => {
          if (word === 'idle') threads.get(name)?.giveBack(made);
        });
        return made;
      });
      threads.set(name, kind);
    }
    worker = kind.start(memory);
  } catch {
    return 'thread';
  }
  const loaded = exitAfterLoading(deskIn(memory).control, at.thread);
  const readiness = await firstWord(worker).finally(loaded);
  if (readiness !== 'ready') return readiness === 'no calls' ? 'native' : 'thread';
  worker.unref();
  return insideOf(deskIn(memory), isThread, () => nextAnswer(worker));
}

/** Idle threads, by the name of their file. */
const threads = new Map<string, LastingThreads<DeskMemory>>();

/** The thread's first message; null: it could not start. */
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

/** The output of the program that the thread runs. */
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
 * The requesting side of a desk. It waits for an answer as long as `isAlive` says that the thread lives.
 * `nextAnswer`: the output of the next program that the thread runs.
 */
export function insideOf(
  { control, text }: Desk,
  isAlive: (thread: number) => boolean,
  nextAnswer: () => Promise<RunAnswer>,
  pause = betweenLooks,
): Inside {
  let number = 0;
  let isLost = false;

  /** False if the thread died before it answered. */
  const isAnswered = (): boolean => {
    for (;;) {
      const answered = Atomics.load(control, at.answered);
      if (answered === number) return true;
      const goesOn = () => isAlive(Atomics.load(control, at.thread));
      if (!awaitChange(control, at.answered, answered, pause, goesOn)) return false;
    }
  };

  /** Sends a request and returns the answer; negative: an errno, negated. */
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

/** ENAMETOOLONG of <errno.h>, negated. */
const tooLong = -36;
