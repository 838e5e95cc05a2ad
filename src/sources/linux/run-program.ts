import { type ChildProcess, execFile } from 'node:child_process';
import { clearTimeout, setTimeout } from '../../flow/real-time.ts';

/** Runs a command; null: it failed or exceeded the limit, even if it ignores signals. */
export function runProgram(words: readonly string[], limitMs: number): Promise<Buffer | null> {
  const [command = '', ...args] = words;
  return new Promise((resolve) => {
    let child: ChildProcess;
    try {
      child = execFile(
        command,
        args,
        { encoding: 'buffer', maxBuffer: 1 << 28 },
        (error, stdout) => {
          clearTimeout(timer);
          resolve(error === null ? stdout : null);
        },
      );
    } catch {
      // Not even a process could be created.
      resolve(null);
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
