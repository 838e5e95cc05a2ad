import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { NetstatError } from '../../errors.ts';
import { clearTimeout, setTimeout } from '../../flow/real-time.ts';
import { steadyNow } from '../../flow/steady-clock.ts';
import { quotedLine } from '../../text/quoted-line.ts';
import { systemFolders, systemPath } from '../../trust/system-path.ts';

/** How a command is run. */
interface CommandOptions {
  /** Locale variables to set, on top of a C locale. */
  readonly locale?: Readonly<Record<string, string>>;
  /**
   * Is called behind the output of a command that complained on standard error although its exit code is 0. Apple's
   * netstat goes on without a table that the kernel refuses (`warn("sysctl: …"); return;` in inet.c and unix.c).
   */
  readonly complained?: (complaint: NetstatError) => void;
}

/**
 * Runs a command, once its output is asked for. Yields the output as it comes; whoever stops early ends the command.
 * @throws NetstatError `unreadable` if it is missing, fails, prints too much or takes too long; the message names the
 * command. Some output may have been yielded before.
 */
export type RunCommand = (
  command: string,
  args: readonly string[],
  options?: CommandOptions,
) => AsyncGenerator<Buffer, void>;

/** When a command is stopped. */
export interface RunLimits {
  /** Milliseconds that it is waited for before it is killed; the time that the caller takes does not count. */
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
  return async function* (command, args, { locale = { LC_ALL: 'C' }, complained } = {}) {
    const line = [command, ...args].join(' ');
    const failure = (reason: string, cause?: unknown) =>
      new NetstatError('unreadable', `${line}: ${reason}`, { path: command, cause });
    const unable = (error: NodeJS.ErrnoException) => failure(whyUnable(error), error);

    let child: ReturnType<StartProcess>;
    try {
      child = start(command, args, { env: commandEnv(env, locale), stdio: pipes });
    } catch (error) {
      // Node throws some errors instead of emitting them, such as EPERM if a sandbox forbids it.
      throw unable(error as NodeJS.ErrnoException);
    }
    const failed = new Promise<never>((_, reject) => {
      child.on('error', (error: NodeJS.ErrnoException) => reject(unable(error)));
    });
    // It is awaited with each answer, but may come between two.
    failed.catch(() => {});
    // If the process has too many open files, there are no pipes.
    if ((child.stdout as unknown) === undefined) return await failed;

    const ended = new Promise<{ status: number | null; signal: string | null }>((resolve) => {
      child.on('close', (status, signal) => resolve({ status, signal }));
    });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => {
      if (complaint.length < 1000) complaint += chunk.toString();
    });
    const late = () => failure(`did not finish within ${timeout / 1000} s`);
    const inTime = timeLimit(timeout, late);
    const answer = <T>(promise: Promise<T>) => inTime(Promise.race([failed, promise]));
    const chunks: AsyncIterator<Buffer> = child.stdout[Symbol.asyncIterator]();
    try {
      let size = 0;
      for (;;) {
        const next = await answer(chunks.next());
        if (next.done) break;
        size += next.value.length;
        if (size > maxOutput) throw failure(`printed more than ${maxOutput} bytes`);
        yield next.value;
      }
      const { status, signal } = await answer(ended);
      if (status === 0) {
        const own = ownComplaint(complaint, command);
        if (own !== undefined) complained?.(failure(`complained: ${quotedLine(own)}`));
        return;
      }
      const said = complaint.split('\n', 1)[0]?.trim() ?? '';
      const how = signal === null ? `exit code ${status}` : `ended by ${signal}`;
      throw failure(`failed (${how})${said === '' ? '' : `: ${quotedLine(said)}`}`);
    } finally {
      // Not spawn's own `timeout`, which waits for all holders of the pipe, including grandchildren.
      child.kill('SIGKILL');
      child.stdout.destroy();
      child.stderr.destroy();
    }
  };
}

/**
 * Returns the first line that a command says about itself: warn(3) begins it with the program's name. Others come from
 * what is loaded with it (`netstat(123) MallocStackLogging: …`, `objc[123]: …`), and say nothing about its output.
 */
function ownComplaint(text: string, command: string): string | undefined {
  return text
    .split('\n')
    .find((line) => line.startsWith(`${command}: `))
    ?.trim();
}

/** Returns a function that waits for answers, altogether at most for `limit` milliseconds; then it throws `late()`. */
function timeLimit(limit: number, late: () => Error): <T>(answer: Promise<T>) => Promise<T> {
  let left = limit;
  return async (answer) => {
    const since = steadyNow();
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(late()), left);
    });
    try {
      return await Promise.race([answer, expired]);
    } finally {
      clearTimeout(timer);
      left = Math.max(0, left - (steadyNow() - since));
    }
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
