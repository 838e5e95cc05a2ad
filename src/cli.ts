/** The process edge: arguments, streams, signals and the exit code are used here and nowhere else. */

import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs';
import { faultText, run } from './commands/run.ts';
import { deadlySignals } from './deadly-signals.ts';
import type { Debugging } from './debug.ts';
import { exitCode } from './errors.ts';
import type { Host, Output } from './host.ts';
import { steadyNow } from './model/steady-clock.ts';
import { leavesCodeCache } from './start/leaving.ts';
import { version } from './version.ts';

/** Thrown where nobody reads the output any more (`| head -1`): the program ends quietly. */
class OutputClosed extends Error {}

/** Thrown where output cannot be written: the disk is full, the descriptor is not open for writing. */
class OutputFailed extends Error {}

const retryDelay = new Int32Array(new SharedArrayBuffer(4));

/** One buffer for all that is written: one a chunk would be 40 MB of garbage for 100,000 sockets. */
let scratch = Buffer.allocUnsafeSlow(64 * 1024);

function encoded(text: string | Uint8Array): Uint8Array {
  if (typeof text !== 'string') return text;
  const size = Buffer.byteLength(text);
  if (size > scratch.length) scratch = Buffer.allocUnsafeSlow(size * 2);
  return scratch.subarray(0, scratch.write(text));
}

/** Writes what there is room for now, and returns the rest. */
function writeSome(fd: number, bytes: Uint8Array): Uint8Array {
  let rest = bytes;
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(fd, rest));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN') return rest;
    // There is no other place to tell it.
    if (fd === 2) return rest.subarray(rest.length);
    if (code === 'EPIPE' || code === 'EOF') throw new OutputClosed();
    throw new OutputFailed(`standard output: cannot be written (${code})`);
  }
  return rest;
}

/** Writes everything, whatever the descriptor is: a file, a terminal, a pipe that is full. */
function writeAll(fd: number, bytes: Uint8Array): void {
  for (let rest = writeSome(fd, bytes); rest.length > 0; rest = writeSome(fd, rest)) {
    Atomics.wait(retryDelay, 0, 0, 1);
  }
}

/**
 * Standard output between rounds, when Ctrl-C is an event like others: a write that waits would delay
 * it. null: it is still the first round, and a signal ends the process at once.
 */
let inRounds: { readonly fd: number; readonly waits: boolean } | null = null;

/** What the reader has left no room for yet; it stands in `scratch`, or in the bytes that were given. */
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
    catchSignals('off');
    writeAll(1, encoded(text));
    catchSignals('on');
  } else {
    unwritten = writeSome(inRounds.fd, encoded(text));
  }
}

/** How long to leave a reader that has no room, in milliseconds: nothing tells when it has. */
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
 * A descriptor for standard output that never waits for the reader. Linux opens a pipe or a terminal
 * anew, for this process alone. Node's stream makes a socket, and elsewhere a pipe, such that it does
 * not wait. What is left (a terminal elsewhere) waits.
 */
function unwaiting(): { readonly fd: number; readonly waits: boolean } {
  let target: ReturnType<typeof fstatSync>;
  try {
    target = fstatSync(1);
  } catch {
    return { fd: 1, waits: false };
  }
  // A file has always room.
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
  // To make the stream is what does it.
  return { fd: 1, waits: !process.stdout.writable };
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
  // Node's streams take as long as the rest of a start.
  const isTerminal = () => canBeTerminal(fd) && stream().isTTY === true;
  return {
    ...(fd === 1
      ? { write: writeOutput, drained }
      : { write: (text: string | Uint8Array) => writeAll(fd, encoded(text)) }),
    get isTerminal() {
      return isTerminal();
    },
    get columns() {
      return isTerminal() ? stream().columns || null : null;
    },
  };
}

/** So much of a file of options is read. */
const mostOwn = 64 * 1024;

/**
 * Nothing but a plain file is read, and only if nobody else could have written it. A secret nobody else may
 * read; what is root's a group may, which is how systemd's credentials look that an ACL opens to a service.
 */
function readOwn(path: string, isSecret = false): ReturnType<NonNullable<Host['readOwn']>> {
  const { O_RDONLY, O_NONBLOCK = 0 } = constants;
  let fd: number;
  try {
    fd = openSync(path, O_RDONLY | O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? null : { text: null, refusal: `${code}` };
  }
  try {
    const file = fstatSync(fd);
    if (!file.isFile()) return { text: null, refusal: 'it is no plain file' };
    if (file.size > mostOwn) return { text: null, refusal: 'it is too long' };
    const user = process.geteuid?.();
    // Windows has no such owners and modes: there the folder's own rights decide.
    if (user !== undefined && (file.mode & 0o022) !== 0) {
      return { text: null, refusal: 'others can write it (chmod go-w)' };
    }
    if (user !== undefined && file.uid !== user && file.uid !== 0) {
      return { text: null, refusal: "it is another user's" };
    }
    const shared = file.uid === 0 && user !== 0 ? 0o007 : 0o077;
    if (user !== undefined && isSecret && (file.mode & shared) !== 0) {
      return { text: null, refusal: 'others can read it (chmod 600)' };
    }
    return { text: readFileSync(fd, 'utf8') };
  } catch (error) {
    return { text: null, refusal: `${(error as NodeJS.ErrnoException).code}` };
  } finally {
    closeSync(fd);
  }
}

const host: Host = {
  platform: process.platform,
  env: process.env,
  version,
  stdout: output(1),
  stderr: output(2),
  page: async (text, [program = '', ...options]) => {
    const { spawnSync } = await import('node:child_process');
    // Without -R less shows colours as letters; F: what fits the screen needs no key.
    const env = { LESS: 'FRX', ...process.env };
    const stdio: ['pipe', 'inherit', 'inherit'] = ['pipe', 'inherit', 'inherit'];
    const { error } = spawnSync(program, options, { input: text, stdio, env });
    const { code = null } = (error ?? {}) as NodeJS.ErrnoException;
    // Whoever leaves before the end has read enough.
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
    if (cleanUps.size === 0) catchAll('on');
    cleanUps.add(cleanUp);
    return () => {
      cleanUps.delete(cleanUp);
      if (cleanUps.size === 0) catchAll('off');
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
    const { screen, leave } = openScreen(events, { fd: unwaiting().fd, end, die });
    leaveScreen = leave;
    return screen;
  },
  elapsed: steadyNow,
  onManyRows: (rows) => {
    import('./young-generation.ts').then(({ boundYoungGeneration }) => boundYoungGeneration(rows));
  },
  compilesForOthers: leavesCodeCache in globalThis,
  get debug() {
    return debug;
  },
};

/** Gives the terminal back, where a screen has it. */
let leaveScreen: () => void = () => undefined;

/** What is to be done before the process ends. */
const cleanUps = new Set<() => void>();

/** Who is told of the first signal in place of the program's end; null: nobody. */
let onSignal: ((code: number) => void) | null = null;

function signalled(code: number): void {
  if (onSignal === null) end(code);
  const tell = onSignal;
  onSignal = null;
  tell(code);
}

const interrupted = () => signalled(exitCode.interrupted);
const terminated = () => signalled(exitCode.terminated);
const hungUp = () => signalled(exitCode.hungUp);

/** Dies of a signal itself, once nothing is left behind: SIGQUIT asks for an image of the process. */
function die(signal: NodeJS.Signals): never {
  tidyUp();
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // Where another thread was to take it.
  process.exit(signal === 'SIGHUP' ? exitCode.hungUp : exitCode.quit);
}

function catchSignals(on: 'on' | 'off'): void {
  process[on]('SIGINT', interrupted);
  process[on]('SIGTERM', terminated);
}

function catchAll(on: 'on' | 'off'): void {
  catchSignals(on);
  process[on]('SIGHUP', hungUp);
  for (const signal of deadlySignals) process[on](signal, die);
}

/**
 * Between rounds a signal is the way to end: an exit code rather than a death by signal, which the first
 * process of a container would not even die of.
 */
function beginRounds(): void {
  if (inRounds !== null) return;
  inRounds = unwaiting();
  catchSignals('on');
}

const args = process.argv.slice(2);

/** `--debug`, which may be shortened as every long option. A fault in reading options is to be seen too. */
function asksForDebug(): boolean {
  if (process.env.TSNETSTAT_DEBUG === '1') return true;
  const ended = args.indexOf('--');
  const flags = ended < 0 ? args : args.slice(0, ended);
  return flags.some((word) => word.startsWith('--de') && '--debug'.startsWith(word));
}

const isDebugging = asksForDebug();

/** With `--debug`, once it is loaded. */
let debug: Debugging | undefined;

/** Leaves nothing half done, and the terminal as it was. */
function tidyUp(): void {
  for (const cleanUp of cleanUps) {
    // Once, even where it fails.
    cleanUps.delete(cleanUp);
    cleanUp();
  }
  leaveScreen();
}

/**
 * Ends the process. All is written by now, and to end at once spares Node the work of taking itself
 * apart.
 */
function end(code: number): never {
  tidyUp();
  if (debug !== undefined) host.stderr.write(debug.report());
  process.exit(code);
}

/** As `Host.codeIfClosed` sets it. */
let closedCode: number = exitCode.done;

/** Ends on whatever was thrown, from wherever. */
function fail(error: unknown): never {
  // What is told on a screen would go with it.
  leaveScreen();
  if (error instanceof OutputClosed) end(closedCode);
  const text = error instanceof OutputFailed ? error.message : faultText(error, isDebugging);
  host.stderr.write(`tsnetstat: ${text}\n`);
  debug?.failed(error);
  end(exitCode.trouble);
}

// Node would open a debugger, at a port where every user of the machine may run what they like as this one.
if (deadlySignals.includes('SIGUSR1')) process.on('SIGUSR1', die);
process.on('uncaughtException', fail);
// Nothing is left that could still happen, and `run` has not ended: its answer never came.
process.on('beforeExit', () => fail(new Error('ended before its work was done')));

async function runDebugging(): Promise<number> {
  const { debugging } = await import('./debug.ts');
  debug = debugging(() => performance.now());
  debug.enter('other');
  return run(args, host);
}

(isDebugging ? runDebugging() : run(args, host)).then(end, fail);
