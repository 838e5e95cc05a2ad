/**
 * What the thread that enters network namespaces and whoever sends it there share: one request at a time, and
 * its answer. Whoever asks waits for the answer, the thread for the next request.
 */
export interface Desk {
  readonly control: Int32Array;
  /** The words of a request, in UTF-8, a NUL byte between them. */
  readonly text: Buffer;
}

/** As it is handed to the thread. */
export interface DeskMemory {
  readonly control: SharedArrayBuffer;
  readonly text: SharedArrayBuffer;
}

/** Where in `control` what stands. */
export const at = {
  /** The thread's ID. */
  thread: 0,
  /** The number of the last request. */
  asked: 1,
  /** The number of the last one that was answered. */
  answered: 2,
  /** What is asked: one of `order`. */
  order: 3,
  /** A number that belongs to it. */
  argument: 4,
  /** Of the text, bytes. */
  length: 5,
  /** What was asked for, or below zero an errno, negated. */
  answer: 6,
} as const;

/** What may be asked. */
export const order = {
  /** To be in the namespace, and no more. */
  enter: 0,
  /** A socket of sock_diag; argument: milliseconds that it waits for an answer. */
  sockDiag: 1,
  /** A descriptor of a file; the text's third word: under /proc/thread-self. */
  file: 2,
  /**
   * To run a program; the text's further words: the command, as JSON; argument: for so many milliseconds. What
   * it writes comes as a message.
   */
  run: 3,
  /** To end. */
  stop: 4,
  /**
   * A socket that hears of destroyed sockets (`Libc.openDestroyed`); argument: the groups; the text's third
   * word: room.
   */
  destroyed: 5,
} as const;

/** PATH_MAX of <linux/limits.h>, twice. */
const textSize = 8192;

/** Memory for a desk, all zeros: nothing asked. */
export function deskMemory(): DeskMemory {
  return {
    control: new SharedArrayBuffer(7 * Int32Array.BYTES_PER_ELEMENT),
    text: new SharedArrayBuffer(textSize),
  };
}

/** Either side's view of a desk. */
export function deskIn({ control, text }: DeskMemory): Desk {
  return { control: new Int32Array(control), text: Buffer.from(text) };
}
