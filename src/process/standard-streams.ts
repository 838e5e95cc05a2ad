/** Standard output and standard error: writes to any kind of descriptor, to a slow reader, and to one that is gone. */

import { constants, fstatSync, openSync, statSync, writeSync } from 'node:fs';
import { blockFor } from '../flow/steady-clock.ts';

/** Thrown when the reader has closed the output (`| head -1`): the program ends quietly. */
export class OutputClosed extends Error {}

/** Thrown when output cannot be written: the disk is full, or the descriptor is not open for writing. */
export class OutputFailed extends Error {}

/** Why output cannot be written; other codes are shown as they are. */
const outputFailures: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be too large',
  EBADF: 'it is not open for writing',
  EIO: 'the device or terminal failed',
};

/** Milliseconds before a write to a full reader is tried again; nothing signals that there is room. */
const readerDelay = 10;

/** Writes as much as fits now and returns the rest. */
function writeSome(fd: number, bytes: Uint8Array): Uint8Array {
  let rest = bytes;
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN') return rest;
    // Standard error itself failed: there is nowhere left to report it.
    if (fd === 2) return rest.subarray(rest.length);
    if (code === 'EPIPE' || code === 'EOF') throw new OutputClosed();
    const reason = outputFailures[code ?? ''] ?? `it cannot be written (${code})`;
    throw new OutputFailed(`standard output: ${reason}`);
  }
  return rest;
}

/** Writes everything, to any kind of descriptor: a file, a terminal, a pipe that is full. */
function writeAll(fd: number, bytes: Uint8Array): void {
  for (let rest = writeSome(fd, bytes); rest.length > 0; rest = writeSome(fd, rest)) {
    blockFor(1);
  }
}

/** Writes to standard error; a failure has nowhere to be reported. */
export function writeError(text: string | Uint8Array): void {
  writeAll(2, Buffer.from(text));
}

/** A descriptor of standard output, and whether writes to it wait for room. */
interface Descriptor {
  readonly fd: number;
  readonly waits: boolean;
}

/**
 * A descriptor for standard output whose writes do not block. On Linux a pipe or a terminal is reopened, for this
 * process alone. Node's stream makes a socket non-blocking, and on other systems a pipe. The rest (a terminal on
 * other systems) blocks.
 */
export function nonBlockingOutput(): Descriptor {
  let target: ReturnType<typeof fstatSync>;
  try {
    target = fstatSync(1);
  } catch {
    return { fd: 1, waits: false };
  }
  // A file always has room.
  if (target.isFile()) return { fd: 1, waits: false };
  if (process.platform === 'linux' && !target.isSocket()) {
    const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
    try {
      return { fd: openSync('/proc/self/fd/1', O_WRONLY | O_NONBLOCK | O_NOCTTY), waits: false };
    } catch {
      // No /proc, or another user's terminal.
    }
  }
  if (process.platform === 'win32' || target.isCharacterDevice()) return { fd: 1, waits: true };
  // Accessing the stream makes the descriptor non-blocking.
  return { fd: 1, waits: !process.stdout.writable };
}

/** Only a character device can be a terminal; /dev/null is not one. */
export function canBeTerminal(fd: number): boolean {
  try {
    const target = fstatSync(fd);
    return (
      target.isCharacterDevice() &&
      target.rdev !== statSync('/dev/null', { throwIfNoEntry: false })?.rdev
    );
  } catch {
    return false;
  }
}

/** Standard output. */
export interface StandardOutput {
  /** As `Output` has it. In the first round everything is written before it returns. */
  write(text: string | Uint8Array): void;
  /** As `Output` has it. */
  drained(): Promise<void>;
  /** From now on a write does not block if that is possible, so that a signal is an event. */
  beginRounds(): void;
}

/** @param blocking called before and after each write that may block once rounds have begun */
export function standardOutput(blocking: (isBlocking: boolean) => void): StandardOutput {
  /** One buffer for all writes: a new one for each chunk would be 40 MB of garbage for 100,000 sockets. */
  let scratch = Buffer.allocUnsafeSlow(64 * 1024);
  /** null: rounds have not begun, and a signal ends the process at once. */
  let inRounds: Descriptor | null = null;
  /** Bytes for which the reader has no room yet, in `scratch` or in the bytes passed to `write`. */
  let unwritten: Uint8Array = new Uint8Array(0);

  function encoded(text: string | Uint8Array): Uint8Array {
    if (typeof text !== 'string') return text;
    const size = Buffer.byteLength(text);
    if (size > scratch.length) scratch = Buffer.allocUnsafeSlow(size * 2);
    return scratch.subarray(0, scratch.write(text));
  }

  return {
    write(text) {
      if (unwritten.length > 0) {
        writeAll(1, unwritten);
        unwritten = unwritten.subarray(unwritten.length);
      }
      if (inRounds === null) {
        writeAll(1, encoded(text));
      } else if (inRounds.waits) {
        blocking(true);
        writeAll(1, encoded(text));
        blocking(false);
      } else {
        unwritten = writeSome(inRounds.fd, encoded(text));
      }
    },
    async drained() {
      while (unwritten.length > 0 && inRounds !== null) {
        await new Promise((resolve) => setTimeout(resolve, readerDelay));
        unwritten = writeSome(inRounds.fd, unwritten);
      }
    },
    beginRounds() {
      inRounds ??= nonBlockingOutput();
    },
  };
}
