/**
 * Memory shared by the thread that enters network namespaces and its caller: one request at a time, and its answer.
 * The caller waits for the answer, the thread for the next request.
 */
export interface Desk {
  readonly control: Int32Array;
  /** The words of a request, in UTF-8, separated by NUL bytes. */
  readonly text: Buffer;
}

/** A desk's memory as it is sent to the thread. */
export interface DeskMemory {
  readonly control: SharedArrayBuffer;
  readonly text: SharedArrayBuffer;
}

/** The indexes of the fields in `control`. */
export const at = {
  /** The thread's ID, once it has loaded libc. */
  thread: 0,
  /** The number of the last request. */
  asked: 1,
  /** The number of the last request that was answered. */
  answered: 2,
  /** The request: one of `order`. */
  order: 3,
  /** The request's argument. */
  argument: 4,
  /** The length of the text in bytes. */
  length: 5,
  /** The result; negative: an errno, negated. */
  answer: 6,
} as const;

/** The kinds of requests. */
export const order = {
  /** Enter the namespace only. */
  enter: 0,
  /** Open a sock_diag socket; argument: its receive timeout in milliseconds. */
  sockDiag: 1,
  /** Open a file; the text's third word: its path under /proc/thread-self. */
  file: 2,
  /**
   * Run a program; the text's further words: the command, as JSON; argument: the timeout in milliseconds. Its
   * output is sent as a message.
   */
  run: 3,
  /** End the thread's loop. */
  stop: 4,
  /**
   * Open a socket for messages of destroyed sockets (`Libc.openDestroyed`); argument: the groups; the text's third
   * word: the buffer size.
   */
  destroyed: 5,
} as const;

/** Twice PATH_MAX of <linux/limits.h>. */
const textSize = 8192;

/** Memory for a desk, all zeros: no request yet. */
export function deskMemory(): DeskMemory {
  return {
    control: new SharedArrayBuffer(7 * Int32Array.BYTES_PER_ELEMENT),
    text: new SharedArrayBuffer(textSize),
  };
}

/** A view of a desk, for either side. */
export function deskIn({ control, text }: DeskMemory): Desk {
  return { control: new Int32Array(control), text: Buffer.from(text) };
}
