import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { NetstatError } from '../../errors.ts';
import { sshDestination } from '../../model/remote-name.ts';
import { masked } from '../../text/sanitize.ts';
import { shortened } from '../../text/shortened.ts';
import { findSsh } from './find-ssh.ts';
import type { RemoteParts } from './parts.ts';

/** One question to a machine, and what takes the answer. */
export interface Dialogue {
  /** What its shell is given. */
  readonly script: string;
  /**
   * Takes bytes of standard output: `done` where nothing more is wanted; a text that is to be sent; null: more has
   * to come. What it throws ends the session.
   */
  take(chunk: Buffer): 'done' | { readonly send: string } | null;
  /** What is to be said where the machine has ended and `take` was never done: in a few words. */
  brokenOff(): string;
  /** What it has said in place of an answer, in a line; null: nothing, or the answer has begun. */
  said(): string | null;
}

/** A shell on a machine, through ssh: it takes one question after another. */
export interface Session {
  /**
   * Asks a question, unless another is under way.
   * @throws NetstatError `unreadable`, in one line that begins with the machine's name, after which there is no session
   */
  ask(dialogue: Dialogue): Promise<void>;
  /** It has ended, or is about to. */
  readonly hasEnded: boolean;
  /** It has said something to the question that failed. */
  readonly hasSpoken: boolean;
  /** The question that failed got no answer in time. */
  readonly isLate: boolean;
}

/** As much of standard error is kept, from its end on. */
const keptErrors = 8192;

/**
 * How long a session is kept for the next question, in milliseconds: that of a round which follows, or of a command
 * that asks several.
 */
const idleTime = 2500;

/** How long ssh may take to end by itself once nothing more is wanted, in milliseconds. */
const patience = 1000;

/**
 * What ssh is told beyond the user's own configuration: never to ask anybody anything, and nothing but the command.
 * What stands on its command line wins over every configuration.
 */
function optionsFor(timeout: number): readonly string[] {
  const seconds = Math.max(1, Math.ceil(timeout / 1000));
  return [
    ...['BatchMode=yes', `ConnectTimeout=${seconds}`, 'LogLevel=ERROR'],
    ...['ForwardAgent=no', 'ForwardX11=no', 'ClearAllForwardings=yes'],
    ...['PermitLocalCommand=no', 'RemoteCommand=none', 'RequestTTY=no'],
  ].flatMap((option) => ['-o', option]);
}

/** Whatever shell a user has there, it has POSIX's read scripts from standard input. */
const remoteCommand = 'exec sh -s';

/**
 * Starts ssh to `name`.
 * @throws NetstatError `unreadable` where there is none; the signal's reason where it is aborted
 */
export function openSession(name: string, parts: RemoteParts): Session {
  const { timeout, signal } = parts;
  // Its event has been: nothing would end what is started now.
  signal?.throwIfAborted();
  const child = startSsh(name, parts);
  let errors = Buffer.alloc(0);
  let question: Question | null = null;
  let hasEnded = false;
  let hasSpoken = false;
  let isLate = false;
  let idle: NodeJS.Timeout | null = null;
  let end: NodeJS.Timeout | null = null;

  /** The question that is under way has its end. */
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
    const told = lastLine(errors) ?? (said === null ? null : `it said: ${said}`);
    fail(failure(name, whyLate(timeout, told)));
  }
  /** Its shell ends as it has nothing more to read, and ssh with it: else it is killed, before this process ends. */
  function leave(): void {
    hasEnded = true;
    child.stdin.end();
    end = setTimeout(() => endGroup(child), patience);
  }

  if (signal !== undefined) {
    // Each of many machines listens to the same one.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', abort, { once: true });
  }
  child.stderr.on('data', (chunk: Buffer) => {
    errors = Buffer.concat([errors, chunk]).subarray(-keptErrors);
  });
  child.stdout.on('data', (chunk: Buffer) => {
    // What comes unasked is an end of what was asked before.
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
  // It may have ended without reading what it was sent.
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

/** @throws NetstatError `unreadable` where it cannot be */
function startSsh(name: string, parts: RemoteParts): ChildProcessWithoutNullStreams {
  const { timeout, platform, env } = parts;
  const ssh = findSsh(parts);
  if (ssh === null) {
    throw failure(
      name,
      "there is no ssh in PATH: OpenSSH's client (openssh-client) asks other machines",
    );
  }
  let child: ChildProcessWithoutNullStreams;
  try {
    child = spawn(ssh, [...optionsFor(timeout), '-T', ...sshDestination(name), remoteCommand], {
      stdio: 'pipe',
      env: { ...env },
      // A session of its own, so that what ssh starts (ProxyCommand) ends with it, and no key of a terminal reaches it.
      detached: platform !== 'win32',
      windowsHide: true,
    });
  } catch (error) {
    // Some errors Node throws and does not emit, such as EPERM: a sandbox lets nobody run it.
    throw failure(name, `ssh cannot be started (${codeOf(error as Error)})`, error);
  }
  // Where a process may open no more files there are not even the pipes.
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

/** Of ssh's own failures it says why itself; else what it `said` stands beside what is `broken`. */
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

/** A question that is under way. */
interface Question extends Dialogue {
  resolve(): void;
  reject(error: unknown): void;
  readonly timer: NodeJS.Timeout;
}

/** Whether the process is kept alive by it. */
function hold(child: ChildProcessWithoutNullStreams, holds: boolean): void {
  const streams = [child.stdin, child.stdout, child.stderr] as unknown as readonly Held[];
  for (const one of [child, ...streams] as readonly Held[]) {
    if (holds) one.ref?.();
    else one.unref?.();
  }
}

/** What may keep the process alive: pipes are sockets. */
interface Held {
  ref?(): void;
  unref?(): void;
}

function codeOf(error: Error): string {
  return String((error as NodeJS.ErrnoException).code ?? error.message);
}

/** The last line that says something, safe to quote; null: there is none. */
export function lastLine(bytes: Buffer): string | null {
  return quotable(linesOf(bytes).at(-1));
}

/** The first line with words in it, safe to quote; null: there is none. What echoes a script goes on with that. */
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

/** Ends ssh, and what it started. */
function endGroup(child: ChildProcessWithoutNullStreams): void {
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  child.unref();
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (process.platform === 'win32') child.kill();
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended in the meantime.
  }
}
