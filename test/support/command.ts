import { spawn } from 'node:child_process';

/** The result of a program that has ended. */
export interface Output {
  readonly stdout: Buffer;
  readonly stderr: string;
  /** null: a signal ended it. */
  readonly code: number | null;
}

/** Runs a program to its end, with standard input closed. */
export function run(command: readonly string[]): Promise<Output> {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr).toString('utf8'),
        code,
      });
    });
  });
}
