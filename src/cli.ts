/** The process edge: the only place that uses arguments, streams, signals and the exit code. */

import { constants, fstatSync, openSync, statSync, writeSync } from 'node:fs';
import { faultText, run } from './commands/run.ts';
import { deadlySignals } from './deadly-signals.ts';
import type { Debugging } from './debug.ts';
import { exitCode } from './errors.ts';
import { blockFor, steadyNow } from './flow/steady-clock.ts';
import type { Host, Output } from './host.ts';
import { readOwn } from './own-file.ts';
import { leavesCodeCache } from './start/leaving.ts';
import { version } from './version.ts';

/** Thrown when the reader has closed the output (`| head -1`): the program ends quietly. */
class OutputClosed extends Error {}

/** Thrown when output cannot be written: the disk is full, or the descriptor is not open for writing. */
class OutputFailed extends Error {}

/** Why output cannot be written; other codes are shown as they are. */
const outputFailures: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be too large',
  EBADF: 'it is not open for writing',
  EIO: 'the device or terminal failed',
};

/**
 * One buffer for all writes to standard output: a new one for each chunk would be 40 MB of garbage for 100,000
 * sockets.
 */
let scratch = Buffer.allocUnsafeSlow(64 * 1024);

function encoded(text: string | Uint8Array): Uint8Array {
  if (typeof text !== 'string') return text;
  const size = Buffer.byteLength(text);
  if (size > scratch.length) scratch = Buffer.allocUnsafeSlow(size * 2);
  return scratch.subarray(0, scratch.write(text));
}

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

/**
 * Standard output between rounds. Ctrl-C is then an ordinary event, which a blocking write would delay. null: still
 * in the first round, where a signal ends the process at once.
 */
let inRounds: { readonly fd: number; readonly waits: boolean } | null = null;

/** Standard output is being written and may block: meanwhile a signal ends the process at once. */
let isBlocking = false;

/** Bytes for which the reader has no room yet, in `scratch` or in the bytes passed to `write`. */
let unwritten: Uint8Array = new Uint8Array(0);

function writeOutput(text: string | Uint8Array): void {
  const before = debug?.enter('write');
  writeNow(text);
  if (before !== undefined) debug?.enter(before);
}

function writeNow(text: string | Uint8Array): void {
  if (unwritten.length > 0) {
    writeAll(1, unwritten);
    unwritten = unwritten.subarray(unwritten.length);
  }
  if (inRounds === null) {
    writeAll(1, encoded(text));
  } else if (inRounds.waits) {
    isBlocking = true;
    catchSignals();
    writeAll(1, encoded(text));
    isBlocking = false;
    catchSignals();
  } else {
    unwritten = writeSome(inRounds.fd, encoded(text));
  }
}

/** Milliseconds before a write to a full reader is tried again; nothing signals that there is room. */
const readerDelay = 10;

async function drained(): Promise<void> {
  const before = debug?.enter('write');
  while (unwritten.length > 0 && inRounds !== null) {
    await new Promise((resolve) => setTimeout(resolve, readerDelay));
    unwritten = writeSome(inRounds.fd, unwritten);
  }
  if (before !== undefined) debug?.enter(before);
}

/**
 * A descriptor for standard output whose writes do not block. On Linux a pipe or a terminal is reopened, for this
 * process alone. Node's stream makes a socket non-blocking, and on other systems a pipe. The rest (a terminal on
 * other systems) blocks.
 */
function nonBlockingOutput(): { readonly fd: number; readonly waits: boolean } {
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

/** Where nothing tells, or it cannot be loaded, the next write does. */
function endWithReader(): void {
  import('./reader-watch.ts').then(
    ({ watchReader }) => watchReader(() => end(closedCode)),
    () => {},
  );
}

/** Only a character device can be a terminal; /dev/null is not one. */
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
  // Creating Node's streams takes as long as the rest of the start.
  const isTerminal = () => canBeTerminal(fd) && stream().isTTY === true;
  return {
    ...(fd === 1
      ? { write: writeOutput, drained, endWithReader }
      : // Not through `scratch`, which may hold bytes that standard output has yet to write.
        { write: (text: string | Uint8Array) => writeAll(fd, Buffer.from(text)) }),
    get isTerminal() {
      return isTerminal();
    },
    get columns() {
      return isTerminal() ? stream().columns || null : null;
    },
  };
}

const host: Host = {
  platform: process.platform,
  env: process.env,
  version,
  stdout: output(1),
  stderr: output(2),
  page: async (text, [program = '', ...options]) => {
    const { spawnSync } = await import('node:child_process');
    // Without -R less prints colour codes as text; -F exits at once if the text fits the screen.
    const env = { LESS: 'FRX', ...process.env };
    const stdio: ['pipe', 'inherit', 'inherit'] = ['pipe', 'inherit', 'inherit'];
    const { error } = spawnSync(program, options, { input: text, stdio, env });
    const { code = null } = (error ?? {}) as NodeJS.ErrnoException;
    // EPIPE: the pager was closed before the end, which is no error.
    return code === 'EPIPE' ? null : code;
  },
  readOwn,
  codeIfClosed: (code) => {
    closedCode = code;
  },
  sleep: async (milliseconds) => {
    const before = debug?.enter('wait');
    beginRounds();
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    if (before !== undefined) debug?.enter(before);
  },
  beforeSignal: (cleanUp) => {
    cleanUps.add(cleanUp);
    catchSignals();
    return () => {
      cleanUps.delete(cleanUp);
      catchSignals();
    };
  },
  ended: () => {
    beginRounds();
    return new Promise((resolve) => {
      onSignal = resolve;
    });
  },
  openScreen: async (events) => {
    const { openScreen } = await import('./screen.ts');
    const isTerminal = canBeTerminal(0) && process.stdin.isTTY && host.stdout.isTerminal;
    if (!isTerminal) return null;
    const { screen, leave } = openScreen(events, { fd: nonBlockingOutput().fd, end, die });
    leaveScreen = leave;
    return screen;
  },
  elapsed: steadyNow,
  onManyRows: (rows) => {
    import('./young-generation.ts').then(
      ({ boundYoungGeneration }) => boundYoungGeneration(rows),
      // It may not be loadable, with no descriptor left; then memory is not bounded.
      () => {},
    );
  },
  compilesForOthers: leavesCodeCache in globalThis,
  get debug() {
    return debug;
  },
};

/** Restores the terminal, if a screen is open. */
let leaveScreen: () => void = () => undefined;

/** To be run before the process ends. */
const cleanUps = new Set<() => void>();

/** Takes the first signal, instead of the program ending. null: the program ends. */
let onSignal: ((code: number) => void) | null = null;

function signalled(code: number): void {
  if (onSignal === null) end(code);
  const notify = onSignal;
  onSignal = null;
  notify(code);
}

const interrupted = () => signalled(exitCode.interrupted);
const terminated = () => signalled(exitCode.terminated);
/** Ends it in any case: a caller that takes the first signal has no terminal left to write to. */
const hungUp = () => end(exitCode.hungUp);

/** Cleans up, then dies of the signal itself: SIGQUIT asks for a core dump. */
function die(signal: NodeJS.Signals): never {
  tidyUp();
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // In case another thread was to take the signal.
  process.exit(signal === 'SIGHUP' ? exitCode.hungUp : exitCode.quit);
}

/** Catches what has to be caught now: all signals if something must be cleaned up, in rounds those that end them. */
function catchSignals(): void {
  const tidies = cleanUps.size > 0;
  const catches = tidies || (inRounds !== null && !isBlocking);
  listen('SIGINT', interrupted, catches);
  listen('SIGTERM', terminated, catches);
  listen('SIGHUP', hungUp, tidies);
  // By default Node would open a debugger, on a port where every user of the machine can run code as this user.
  for (const signal of deadlySignals) listen(signal, die, tidies || signal === 'SIGUSR1');
}

/**
 * Listens to a signal once, or not at all. A listener that stays is left alone: a signal that has come meanwhile would be
 * lost with it.
 */
function listen(signal: NodeJS.Signals, listener: NodeJS.SignalsListener, isOn: boolean): void {
  if (process.listeners(signal).includes(listener) === isOn) return;
  process[isOn ? 'on' : 'off'](signal, listener);
}

/**
 * From the second round on a signal is the normal way to end: with an exit code, not killed by the signal, which
 * the first process of a container would not even be.
 */
function beginRounds(): void {
  if (inRounds !== null) return;
  inRounds = nonBlockingOutput();
  catchSignals();
  void endIfDebugged();
}

/**
 * A SIGUSR1 that comes before it is listened to opens Node's debugger: then the program ends as by a later one, unless its
 * user has asked for the debugger.
 */
async function endIfDebugged(): Promise<void> {
  if (!deadlySignals.includes('SIGUSR1')) return;
  const options = [...process.execArgv, process.env.NODE_OPTIONS ?? ''];
  if (options.some((option) => option.includes('--inspect'))) return;
  const inspector = await import('node:inspector').catch(() => null);
  // Some builds of Node have no debugger.
  if (inspector === null) return;
  const { setTimeout: wait } = await import('node:timers/promises');
  // The debugger opens a little after the signal.
  for (const pause of [0, 1000]) {
    await wait(pause, undefined, { ref: false });
    if (inspector.url() !== undefined) die('SIGUSR1');
  }
}

const args = process.argv.slice(2);

/**
 * `--debug`, which may be shortened like every long option. Read here so that a fault in reading options is shown
 * too.
 */
function asksForDebug(): boolean {
  if (process.env.TSNETSTAT_DEBUG === '1') return true;
  const ended = args.indexOf('--');
  const flags = ended < 0 ? args : args.slice(0, ended);
  return flags.some((word) => word.startsWith('--de') && '--debug'.startsWith(word));
}

const isDebugging = asksForDebug();

/** Set with `--debug`, once loaded. */
let debug: Debugging | undefined;

/** Runs the clean-ups and restores the terminal. */
function tidyUp(): void {
  for (const cleanUp of cleanUps) {
    // Run once only, even if it throws.
    cleanUps.delete(cleanUp);
    cleanUp();
  }
  leaveScreen();
}

/** Ends the process. All output is written by now, and exiting at once spares Node its teardown. */
function end(code: number): never {
  tidyUp();
  if (debug !== undefined) host.stderr.write(debug.report());
  process.exit(code);
}

/** Set by `Host.codeIfClosed`. */
let closedCode: number = exitCode.done;

/** Ends the program on any error, wherever it was thrown. */
function fail(error: unknown): never {
  // Text written to the screen would vanish with it.
  leaveScreen();
  if (error instanceof OutputClosed) end(closedCode);
  const text = error instanceof OutputFailed ? error.message : faultText(error, isDebugging);
  host.stderr.write(`tsnetstat: ${text}\n`);
  debug?.failed(error);
  end(exitCode.trouble);
}

catchSignals();
process.on('uncaughtException', fail);
// The event loop is empty, but `run` has not resolved: it never will.
process.on('beforeExit', () => fail(new Error('ended before its work was done')));

async function runDebugging(): Promise<number> {
  const { debugging } = await import('./debug.ts');
  debug = debugging(() => performance.now());
  debug.enter('other');
  return run(args, host);
}

(isDebugging ? runDebugging() : run(args, host)).then(end, fail);
