import { spawn } from 'node:child_process';
import { NetstatError } from '../../errors.ts';
import { systemFolders, systemPath } from '../../model/system-path.ts';
import { quoted } from './text.ts';

/** How a command is run. */
export interface CommandOptions {
  /** Locale variables to set, on top of a C locale. */
  readonly locale?: Readonly<Record<string, string>>;
}

/**
 * Runs a command to its end and gives what it printed.
 * @throws NetstatError `unreadable` when it is missing, fails, prints too much or takes too long;
 * the message names the command.
 */
export type RunCommand = (
  command: string,
  args: readonly string[],
  options?: CommandOptions,
) => Promise<string>;

/** When a command is given up. */
export interface RunLimits {
  /** Milliseconds until the command is killed. */
  readonly timeout: number;
  /** Bytes of output; some 250 a socket. */
  readonly maxOutput: number;
}

const defaultLimits: RunLimits = { timeout: 10_000, maxOutput: 256 * 1024 * 1024 };

/**
 * A `RunCommand` that starts real processes: found where macOS keeps them and then on `env`'s PATH,
 * without a shell, in the C locale, with nothing on standard input.
 */
export function processRunner(
  env: Readonly<Record<string, string | undefined>>,
  limits: Partial<RunLimits> = {},
): RunCommand {
  const { timeout, maxOutput } = { ...defaultLimits, ...limits };
  return (command, args, { locale = { LC_ALL: 'C' } } = {}) => {
    const line = [command, ...args].join(' ');
    return new Promise((resolve, reject) => {
      const child = spawn(command, args, {
        env: commandEnv(env, locale),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const output: Buffer[] = [];
      let size = 0;
      let complaint = '';

      // Not spawn's own `timeout`: it waits for every holder of the pipe, so for grandchildren too.
      const stop = (reason: string) => {
        child.kill('SIGKILL');
        child.stdout.destroy();
        child.stderr.destroy();
        fail(reason);
      };
      const timer = setTimeout(
        () => stop(`gave no whole answer within ${timeout / 1000} s`),
        timeout,
      );
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
      child.on('error', (error: NodeJS.ErrnoException) => {
        fail(
          error.code === 'ENOENT'
            ? `no such command in ${systemFolders.join(', ')} or on PATH`
            : `cannot be run (${error.code ?? error.message})`,
          error,
        );
      });
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

function commandEnv(
  env: Readonly<Record<string, string | undefined>>,
  locale: Readonly<Record<string, string>>,
): Record<string, string | undefined> {
  const { LC_ALL: _, ...rest } = env;
  return { ...rest, LANG: 'C', ...locale, PATH: systemPath(env.PATH) };
}
