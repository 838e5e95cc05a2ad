import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));
/** The built program, as a user runs it. */
export const bin = `${root}bin/tsnetstat.js`;

if (!existsSync(`${root}dist/cli.js`)) {
  throw new Error('dist/cli.js is not there: run `npm run build` first');
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** An environment in which only what a test says decides; fixtures can be read on any system. */
export function environment(env: RunOptions['env'] = {}): NodeJS.ProcessEnv {
  const { FORCE_COLOR, NO_COLOR, TSNETSTAT_PLATFORM, ...rest } = process.env;
  return { ...rest, ...env };
}

/** Runs the built program to its end. */
export function tsnetstat(
  args: readonly string[],
  { env, cwd }: RunOptions = {},
): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [bin, ...args], {
    encoding: 'utf8',
    env: environment(env),
    cwd: cwd ?? root,
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** Runs a line of the shell in which `tsnetstat` is the built program. */
export function shell(line: string, { env, cwd }: RunOptions = {}): SpawnSyncReturns<string> {
  const program = `tsnetstat() { '${process.execPath}' '${bin}' "$@"; }`;
  return spawnSync('sh', ['-c', `${program}\n${line}`], {
    encoding: 'utf8',
    env: environment(env),
    cwd: cwd ?? root,
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** Reads fixtures of Linux wherever the test runs. */
export const asLinux = { env: { TSNETSTAT_PLATFORM: 'linux' } };
