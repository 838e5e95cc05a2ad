import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { NetstatError } from '../../errors.ts';
import { systemFolders, systemPath } from '../../model/system-path.ts';
import { quoted } from './text.ts';

/** How a command is run. */
export interface CommandOptions {
  /** Locale variables to set, on top of a C locale. */
  readonly locale?: Readonly<Record<string, string>>;
}

/**
 * Runs a command to its end. Returns its output.
 * @throws NetstatError `unreadable` if it is missing, fails, prints too much or takes too long; the message names the
 * command.
 */
export type RunCommand = (
  command: string,
  args: readonly string[],
  options?: CommandOptions,
) => Promise<string>;

/** When a command is stopped. */
export interface RunLimits {
  /** Milliseconds until the command is killed. */
  readonly timeout: number;
  /** Bytes of output; a socket takes some 250. */
  readonly maxOutput: number;
}

const defaultLimits: RunLimits = { timeout: 10_000, maxOutput: 256 * 1024 * 1024 };

/** The part of Node's `spawn` that is used here. */
export type StartProcess = (
  command: string,
  args: readonly string[],
  options: {
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly stdio: ['ignore', 'pipe', 'pipe'];
  },
) => ChildProcessByStdio<null, Readable, Readable>;

/**
 * Returns a `RunCommand` that starts real processes: programs from macOS's standard directories, then from the PATH in
 * `env`; without a shell, in the C locale, with an empty standard input.
 */
export function processRunner(
  env: Readonly<Record<string, string | undefined>>,
  limits: Partial<RunLimits> = {},
  start: StartProcess = spawn,
): RunCommand {
  const { timeout, maxOutput } = { ...defaultLimits, ...limits };
  return (command, args, { locale = { LC_ALL: 'C' } } = {}) => {
    const line = [command, ...args].join(' ');
    return new Promise((resolve, reject) => {
      const unable = (error: NodeJS.ErrnoException) =>
        new NetstatError('unreadable', `${line}: ${whyUnable(error)}`, {
          path: command,
          cause: error,
        });
      let child: ReturnType<StartProcess>;
      try {
        const options = { env: commandEnv(env, locale), stdio: pipes };
        child = start(command, args, options);
      } catch (error) {
        // Node throws some errors instead of emitting them, such as EPERM if a sandbox forbids it.
        reject(unable(error as NodeJS.ErrnoException));
        return;
      }
      // If the process has too many open files, there are no pipes.
      if ((child.stdout as unknown) === undefined) {
        child.on('error', (error: NodeJS.ErrnoException) => reject(unable(error)));
        return;
      }
      const output: Buffer[] = [];
      let size = 0;
      let complaint = '';

      // Not spawn's own `timeout`, which waits for all holders of the pipe, including grandchildren.
      const stop = (reason: string) => {
        child.kill('SIGKILL');
        child.stdout.destroy();
        child.stderr.destroy();
        fail(reason);
      };
      const timer = setTimeout(() => stop(`did not finish within ${timeout / 1000} s`), timeout);
      const fail = (reason: string, cause?: unknown) => {
        clearTimeout(timer);
        reject(new NetstatError('unreadable', `${line}: ${reason}`, { path: command, cause }));
      };

      child.stdout.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > maxOutput) stop(`printed more than ${maxOutput} bytes`);
        else output.push(chunk);
      });
      child.stderr.on('data', (chunk: Buffer) => {
        if (complaint.length < 1000) complaint += chunk.toString();
      });
      child.on('error', (error) => fail(whyUnable(error), error));
      child.on('close', (status, signal) => {
        if (status === 0) {
          clearTimeout(timer);
          resolve(Buffer.concat(output).toString());
          return;
        }
        const said = complaint.split('\n', 1)[0]?.trim() ?? '';
        const ending = signal === null ? `exit code ${status}` : `ended by ${signal}`;
        fail(`failed (${ending})${said === '' ? '' : `: ${quoted(said)}`}`);
      });
    });
  };
}

const pipes = ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'];

/** Returns why a command could not be started, in words if the user can do something about it. */
function whyUnable({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
      return `no such command in ${systemFolders.join(', ')} or on PATH`;
    case 'EPERM':
      return 'cannot be run (EPERM): a sandbox may forbid it';
    case 'EMFILE':
      return 'cannot be run (EMFILE): too many open files; raise the limit (ulimit -n)';
    default:
      return `cannot be run (${code ?? message})`;
  }
}

function commandEnv(
  env: Readonly<Record<string, string | undefined>>,
  locale: Readonly<Record<string, string>>,
): Record<string, string | undefined> {
  const { LC_ALL: _, ...rest } = env;
  return { ...rest, LANG: 'C', ...locale, PATH: systemPath(env.PATH) };
}
