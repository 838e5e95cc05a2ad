import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { errorNaming, type NetstatError } from '../../errors.ts';
import { clearTimeout, setTimeout } from '../../flow/real-time.ts';
import { sshDestination } from '../../model/request/remote-name.ts';
import { findSsh } from './find-ssh.ts';
import type { RemoteParts } from './parts.ts';
import { lastLine } from './printed.ts';

/** A running ssh, and a shell on the machine. */
export interface SshProcess {
  /** Sends input to the shell. */
  send(text: string): void;
  /** Returns the last line of standard error, safe to quote; null: none. */
  lastError(): string | null;
  /** Sets whether it keeps this process alive. */
  hold(holds: boolean): void;
  /** Ends the shell's input, and ssh with it; one that does not end is killed, before this process ends. */
  finish(): void;
  /** Kills ssh and the processes it started. */
  kill(): void;
}

/** Receives what happens to a running ssh. */
export interface SshEvents {
  /** Takes bytes of standard output. */
  output(chunk: Buffer): void;
  /** It could not be started. */
  failed(error: NetstatError): void;
  /** It has ended, with a status or by a signal. */
  ended(status: number | null, signal: NodeJS.Signals | null): void;
}

/** The number of last bytes of standard error that are kept. */
const keptErrors = 8192;

/** How long ssh may take to end by itself, in milliseconds, before it is killed. */
const patience = 1000;

/**
 * How long to wait for standard error after ssh and its standard output have ended, in milliseconds: what ssh started,
 * such as a master for further connections, may keep it open.
 */
const lastWords = 300;

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
 * @throws NetstatError `unsupported` if there is no ssh, `unreadable` if it cannot be started
 */
export function startSsh(name: string, parts: RemoteParts, events: SshEvents): SshProcess {
  const child = spawnSsh(name, parts);
  let errors = Buffer.alloc(0);
  let end: NodeJS.Timeout | null = null;
  let isOver = false;

  child.stdout.on('data', events.output);
  child.stderr.on('data', (chunk: Buffer) => {
    errors = Buffer.concat([errors, chunk]).subarray(-keptErrors);
  });
  child.on('error', (error) => events.failed(cannotStart(name, error)));
  // It may have ended without reading its input.
  child.stdin.on('error', () => {});
  child.on('close', ended);
  void Promise.all([once(child, 'exit'), once(child.stdout, 'end')]).then(
    () => setTimeout(ended, lastWords, child.exitCode, child.signalCode).unref(),
    () => {},
  );

  function ended(status: number | null, signal: NodeJS.Signals | null): void {
    if (isOver) return;
    isOver = true;
    events.ended(status, signal);
  }

  function kill(): void {
    if (end !== null) clearTimeout(end);
    endGroup(child);
  }
  return {
    send: (text) => void child.stdin.write(text),
    lastError: () => lastLine(errors),
    hold: (holds) => hold(child, holds),
    finish() {
      child.stdin.end();
      end = setTimeout(kill, patience);
    },
    kill,
  };
}

/** What brings ssh is called so: the package of Debian's, or the part of Windows. */
function clientCalled(platform: string): string {
  return platform === 'win32' ? 'an optional feature of Windows' : 'openssh-client';
}

function spawnSsh(name: string, parts: RemoteParts): ChildProcessWithoutNullStreams {
  const { timeout, platform, env } = parts;
  const ssh = findSsh(parts);
  if (ssh.file === null) {
    const { skipped } = ssh;
    const why =
      skipped === null
        ? `there is no ssh in PATH; reading other machines requires OpenSSH's client (${clientCalled(platform)})`
        : `${skipped.file} is not run as root, since others can change ${skipped.open}; there is no other ssh in PATH`;
    throw errorNaming('unsupported', name, why);
  }
  let child: ChildProcessWithoutNullStreams;
  try {
    child = spawn(
      ssh.file,
      [...optionsFor(timeout), '-T', ...sshDestination(name), remoteCommand],
      {
        stdio: 'pipe',
        env: { ...env },
        // In its own session, so that processes started by ssh (ProxyCommand) can be killed with it, and no key of the
        // terminal reaches them.
        detached: platform !== 'win32',
        windowsHide: true,
      },
    );
  } catch (error) {
    // Node throws some errors instead of emitting them, such as EPERM if a sandbox forbids it.
    throw cannotStart(name, error as Error);
  }
  // If the process has too many open files, there are no pipes.
  if ((child.stdin as unknown) === undefined) {
    child.on('error', () => {});
    throw sshFailure(
      name,
      'ssh cannot be started: too many open files; raise the limit (ulimit -n)',
    );
  }
  return child;
}

/** The error of a machine that gives no answer. */
export function sshFailure(name: string, what: string, cause?: unknown): NetstatError {
  return errorNaming('unreadable', name, what, { cause });
}

function cannotStart(name: string, error: Error): NetstatError {
  const code = String((error as NodeJS.ErrnoException).code ?? error.message);
  return sshFailure(name, `ssh cannot be started (${code})`, error);
}

/** What can keep the process alive: the child, and its pipes, which are sockets. */
interface Held {
  ref?(): void;
  unref?(): void;
}

function hold(child: ChildProcessWithoutNullStreams, holds: boolean): void {
  const streams = [child.stdin, child.stdout, child.stderr] as unknown as readonly Held[];
  for (const one of [child, ...streams] as readonly Held[]) {
    if (holds) one.ref?.();
    else one.unref?.();
  }
}

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
