/**
 * A program that a test waits for without letting anything else run is ended if it takes forever: that test fails, where
 * otherwise all suites would stop, as no time limit of Vitest's can interrupt such a wait.
 */
import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';

/** How long, in milliseconds, a program may take: far longer than any does, on a busy machine too. */
const longest = 200_000;

type Waiting = 'spawnSync' | 'execFileSync' | 'execSync';
type Options = { readonly timeout?: number };

/** @throws Error if the program was ended for taking too long */
function bound(name: Waiting): void {
  const wait = childProcess[name] as (...args: unknown[]) => unknown;
  const bounded = (...args: unknown[]): unknown => {
    const last = args.at(-1);
    const hasOptions = args.length > 1 && typeof last === 'object' && !Array.isArray(last);
    const given = hasOptions ? (last as Options) : {};
    if (given.timeout !== undefined) return wait(...args);
    const options = { ...given, timeout: longest, killSignal: 'SIGKILL' };
    const command = hasOptions ? args.slice(0, -1) : args;
    let result: unknown;
    try {
      result = wait(...command, options);
    } catch (error) {
      throw isTimeout(error) ? tooLong(command, error) : error;
    }
    const { error } = Object(result) as { error?: unknown };
    if (isTimeout(error)) throw tooLong(command, error);
    return result;
  };
  Object.assign(childProcess, { [name]: bounded });
}

function isTimeout(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT';
}

function tooLong(command: readonly unknown[], cause: unknown): Error {
  const text = command.flat().join(' ');
  return new Error(`a program has not ended within ${longest / 1000} s: ${text}`, { cause });
}

// Files that share a process share its modules, and this is run before each.
const done = Symbol.for('tsnetstat.bounded-programs');
if (!(done in childProcess)) {
  Object.assign(childProcess, { [done]: true });
  bound('spawnSync');
  bound('execFileSync');
  bound('execSync');
  syncBuiltinESMExports();
}
