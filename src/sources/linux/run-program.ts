import { type ChildProcess, execFile } from 'node:child_process';
import { clearTimeout, setTimeout } from '../../flow/real-time.ts';
import { errnoOf } from './proc/proc.ts';

/** Errors because the system lacked something to start a program. */
const lacks: readonly string[] = ['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM'];

/**
 * Runs a command; null: it failed or exceeded the limit, even if it ignores signals.
 * @param lacking called with the error if the system, not the command, is the reason that it did not run
 */
export function runProgram(
  words: readonly string[],
  limitMs: number,
  lacking?: (error: unknown) => void,
): Promise<Buffer | null> {
  const [command = '', ...args] = words;
  const failed = (error: unknown) => {
    if (lacks.includes(errnoOf(error))) lacking?.(error);
    return null;
  };
  return new Promise((resolve) => {
    let child: ChildProcess;
    try {
      child = execFile(
        command,
        args,
        { encoding: 'buffer', maxBuffer: 1 << 28 },
        (error, stdout) => {
          clearTimeout(timer);
          resolve(error === null ? stdout : failed(error));
        },
      );
    } catch (error) {
      // Not even a process could be created.
      resolve(failed(error));
      return;
    }
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.unref();
      resolve(null);
    }, limitMs);
  });
}
