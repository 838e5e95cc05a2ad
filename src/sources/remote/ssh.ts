import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { NetstatError } from '../../errors.ts';
import { sshDestination } from '../../model/remote-name.ts';
import { masked } from '../../text/sanitize.ts';
import { shortened } from '../../text/shortened.ts';
import { findSsh } from './find-ssh.ts';
import type { RemoteParts } from './parts.ts';

/** One request to a machine, and the receiver of the answer. */
export interface Dialogue {
  /** Input for its shell. */
  readonly script: string;
  /**
   * Takes bytes of standard output. Returns `done` at the end of the answer, text to send, or null if more is needed.
   * If it throws, the session ends.
   */
  take(chunk: Buffer): 'done' | { readonly send: string } | null;
  /** Returns a few words for the error if the session ends before `take` returned `done`. */
  brokenOff(): string;
  /** Returns, in one line, what the machine printed instead of an answer; null: nothing, or the answer has begun. */
  said(): string | null;
}

/** A shell on a machine, over ssh, which takes one request after another. */
export interface Session {
  /**
   * Sends a request; only one at a time.
   * @throws NetstatError `unreadable`, with one line that begins with the machine's name; the session is then over
   */
  ask(dialogue: Dialogue): Promise<void>;
  /** It has ended, or is about to. */
  readonly hasEnded: boolean;
  /** There was output for the request that failed. */
  readonly hasSpoken: boolean;
  /** The request that failed had a timeout. */
  readonly isLate: boolean;
}

/** The number of last bytes of standard error that are kept. */
const keptErrors = 8192;

/**
 * How long a session is kept open for another request, in milliseconds: for the next round, or a command with several
 * requests.
 */
const idleTime = 2500;

/** How long ssh may take to end by itself, in milliseconds, before it is killed. */
const patience = 1000;

/**
 * Options for ssh beyond the user's own configuration: never prompt, and run only the command. Options on the command
 * line take precedence over all configuration files.
 */
function optionsFor(timeout: number): readonly string[] {
  const seconds = Math.max(1, Math.ceil(timeout / 1000));
  return [
    ...['BatchMode=yes', `ConnectTimeout=${seconds}`, 'LogLevel=ERROR'],
    ...['ForwardAgent=no', 'ForwardX11=no', 'ClearAllForwardings=yes'],
    ...['PermitLocalCommand=no', 'RemoteCommand=none', 'RequestTTY=no'],
  ].flatMap((option) => ['-o', option]);
}

/** Any login shell can run this; POSIX's sh reads a script from standard input. */
const remoteCommand = 'exec sh -s';

/**
 * Starts ssh to `name`.
 * @throws NetstatError `unreadable` if there is none; the signal's reason if it is aborted
 */
export function openSession(name: string, parts: RemoteParts): Session {
  const { timeout, signal } = parts;
  // If the signal was aborted before, its event will not stop ssh.
  signal?.throwIfAborted();
  const child = startSsh(name, parts);
  let errors = Buffer.alloc(0);
  let question: Question | null = null;
  let hasEnded = false;
  let hasSpoken = false;
  let isLate = false;
  let idle: NodeJS.Timeout | null = null;
  let end: NodeJS.Timeout | null = null;

  /** Ends the current request. */
  function settle(): Question | null {
    const settled = question;
    if (settled === null) return null;
    question = null;
    clearTimeout(settled.timer);
    return settled;
  }
  function fail(error: unknown): void {
    hasEnded = true;
    if (end !== null) clearTimeout(end);
    endGroup(child);
    signal?.removeEventListener('abort', abort);
    settle()?.reject(error);
  }
  const abort = () => fail(signal?.reason);
  function late(): void {
    isLate = true;
    const said = question?.said() ?? null;
    const reason = lastLine(errors) ?? (said === null ? null : `it said: ${said}`);
    fail(failure(name, whyLate(timeout, reason)));
  }
  /** The shell ends at the end of its input, and ssh with it; otherwise it is killed, before this process ends. */
  function leave(): void {
    hasEnded = true;
    child.stdin.end();
    end = setTimeout(() => endGroup(child), patience);
  }

  if (signal !== undefined) {
    // There may be many machines, all listening to this signal.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', abort, { once: true });
  }
  child.stderr.on('data', (chunk: Buffer) => {
    errors = Buffer.concat([errors, chunk]).subarray(-keptErrors);
  });
  child.stdout.on('data', (chunk: Buffer) => {
    // Output without a request belongs to an earlier one.
    if (question === null) return;
    hasSpoken = true;
    try {
      const next = question.take(chunk);
      if (next === null) return;
      if (next !== 'done') {
        child.stdin.write(next.send);
        return;
      }
    } catch (error) {
      fail(error);
      return;
    }
    idle = setTimeout(leave, idleTime);
    idle.unref();
    hold(child, false);
    settle()?.resolve();
  });
  child.on('error', (error) => {
    fail(failure(name, `ssh cannot be started (${codeOf(error)})`, error));
  });
  // It may have ended without reading its input.
  child.stdin.on('error', () => {});
  child.on('close', (code, killed) => {
    const broken = question?.brokenOff() ?? '';
    fail(failure(name, whyEnded(code, killed, lastLine(errors), broken)));
  });

  return {
    get hasEnded() {
      return hasEnded;
    },
    get hasSpoken() {
      return hasSpoken;
    },
    get isLate() {
      return isLate;
    },
    ask(dialogue) {
      if (signal?.aborted) return Promise.reject(signal.reason);
      if (idle !== null) clearTimeout(idle);
      hasSpoken = false;
      hold(child, true);
      return new Promise((resolve, reject) => {
        question = { ...dialogue, resolve, reject, timer: setTimeout(late, timeout) };
        child.stdin.write(dialogue.script);
      });
    },
  };
}

function failure(name: string, what: string, cause?: unknown): NetstatError {
  return new NetstatError('unreadable', `${name}: ${what}`, { path: name, cause });
}

/** @throws NetstatError `unsupported` if there is no ssh, `unreadable` if it cannot be started */
function startSsh(name: string, parts: RemoteParts): ChildProcessWithoutNullStreams {
  const { timeout, platform, env } = parts;
  const ssh = findSsh(parts);
  if (ssh === null) {
    throw new NetstatError(
      'unsupported',
      `${name}: there is no ssh in PATH; reading other machines requires OpenSSH's client (openssh-client)`,
      { path: name },
    );
  }
  let child: ChildProcessWithoutNullStreams;
  try {
    child = spawn(ssh, [...optionsFor(timeout), '-T', ...sshDestination(name), remoteCommand], {
      stdio: 'pipe',
      env: { ...env },
      // In its own session, so that processes started by ssh (ProxyCommand) can be killed with it, and no key of the
      // terminal reaches them.
      detached: platform !== 'win32',
      windowsHide: true,
    });
  } catch (error) {
    // Node throws some errors instead of emitting them, such as EPERM if a sandbox forbids it.
    throw failure(name, `ssh cannot be started (${codeOf(error as Error)})`, error);
  }
  // If the process has too many open files, there are no pipes.
  if ((child.stdin as unknown) === undefined) {
    child.on('error', () => {});
    throw failure(name, 'ssh cannot be started: too many open files; raise the limit (ulimit -n)');
  }
  return child;
}

function whyLate(timeout: number, said: string | null): string {
  const seconds = `${timeout / 1000} second${timeout === 1000 ? '' : 's'}`;
  return `no answer within ${seconds}${said === null ? '' : ` (${said})`}`;
}

/** Returns why a session ended: ssh's own message if ssh failed; otherwise `broken`, with what the machine `said`. */
function whyEnded(
  code: number | null,
  killed: NodeJS.Signals | null,
  said: string | null,
  broken: string,
): string {
  const isOfSsh = code === 255 || code === null;
  if (isOfSsh) return said ?? `ssh ended (${killed ?? `status ${code}`})`;
  return said === null ? broken : `${broken} (${said})`;
}

/** The current request. */
interface Question extends Dialogue {
  resolve(): void;
  reject(error: unknown): void;
  readonly timer: NodeJS.Timeout;
}

/** Sets whether the child keeps this process alive. */
function hold(child: ChildProcessWithoutNullStreams, holds: boolean): void {
  const streams = [child.stdin, child.stdout, child.stderr] as unknown as readonly Held[];
  for (const one of [child, ...streams] as readonly Held[]) {
    if (holds) one.ref?.();
    else one.unref?.();
  }
}

/** What can keep the process alive: the child, and its pipes, which are sockets. */
interface Held {
  ref?(): void;
  unref?(): void;
}

function codeOf(error: Error): string {
  return String((error as NodeJS.ErrnoException).code ?? error.message);
}

/** Returns the last non-empty line, safe to quote; null: none. */
export function lastLine(bytes: Buffer): string | null {
  return quotable(linesOf(bytes).at(-1));
}

/**
 * Returns the first line with words, safe to quote; null: none. The last line would be part of the script if a device
 * echoes it.
 */
export function firstWords(bytes: Buffer): string | null {
  return quotable(linesOf(bytes).find((line) => /[\p{L}\p{N}]/u.test(line)));
}

function linesOf(bytes: Buffer): readonly string[] {
  return bytes
    .toString('utf8')
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function quotable(line: string | undefined): string | null {
  return line === undefined ? null : masked(shortened(line));
}

/** Kills ssh and the processes it started. */
function endGroup(child: ChildProcessWithoutNullStreams): void {
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  child.unref();
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (process.platform === 'win32') child.kill();
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has already ended.
  }
}
