/** The process edge: the only user of `process` beside the start. Arguments, streams, signals and exit code live here. */

import { fstatSync, statSync, writeSync } from 'node:fs';
import { exitCode } from './errors.js';
import type { Host, Output } from './host.js';
import { run } from './run.js';

declare const __VERSION__: string;

/** Thrown where nobody reads the output any more (`| head -1`): the program ends quietly. */
class OutputClosed extends Error {}

/** Thrown where output cannot be written: the disk is full, the descriptor is not open for writing. */
class OutputFailed extends Error {}

const retryDelay = new Int32Array(new SharedArrayBuffer(4));

/** One buffer for all that is written: one a chunk would be 40 MB of garbage for 100,000 sockets. */
let scratch = Buffer.allocUnsafeSlow(64 * 1024);

function encoded(text: string): Uint8Array {
  const size = Buffer.byteLength(text);
  if (size > scratch.length) scratch = Buffer.allocUnsafeSlow(size * 2);
  return scratch.subarray(0, scratch.write(text));
}

/** Writes everything, whatever the descriptor is: a file, a terminal, a pipe that is full. */
function writeAll(fd: number, text: string): void {
  let bytes = encoded(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(fd, bytes));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') {
        Atomics.wait(retryDelay, 0, 0, 1);
        continue;
      }
      // Nowhere is left to complain to.
      if (fd === 2) return;
      if (code === 'EPIPE' || code === 'EOF') throw new OutputClosed();
      throw new OutputFailed(`standard output: cannot be written (${code})`);
    }
  }
}

/** Only a device can be a terminal; the one that swallows everything is none. */
function canBeTerminal(fd: number): boolean {
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

function output(fd: 1 | 2): Output {
  const stream = () => (fd === 1 ? process.stdout : process.stderr);
  // Node's streams cost as much as the rest of a start-up.
  const isTerminal = () => canBeTerminal(fd) && stream().isTTY === true;
  return {
    write: (text) => writeAll(fd, text),
    get isTerminal() {
      return isTerminal();
    },
    get columns() {
      return isTerminal() ? (stream().columns ?? null) : null;
    },
  };
}

const host: Host = {
  platform: process.platform,
  env: process.env,
  version: __VERSION__,
  stdout: output(1),
  stderr: output(2),
  sleep: (milliseconds) => {
    beginRounds();
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
  },
};

let inRounds = false;

/** Between rounds Ctrl-C is the way to end: an exit code rather than a death by signal. */
function beginRounds(): void {
  if (inRounds) return;
  inRounds = true;
  process.once('SIGINT', () => process.exit(exitCode.interrupted));
}

// All is written by now; to end at once spares Node to take itself apart.
run(process.argv.slice(2), host).then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (error instanceof OutputClosed) process.exit(exitCode.done);
    if (!(error instanceof OutputFailed)) throw error;
    host.stderr.write(`tsnetstat: ${error.message}\n`);
    process.exit(exitCode.trouble);
  },
);
