import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programFiles, programOn, quotedCommand } from '../../support/program.ts';

/** The project's folder. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

for (const [file, remedy] of Object.entries(programFiles)) {
  if (!existsSync(file)) throw new Error(`${file} is not there: ${remedy}`);
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What Node says this is, where it is to be another platform. */
  readonly platform?: string;
}

/** An environment in which only what a test says decides; fixtures can be read on any system. */
export function environment(env: RunOptions['env'] = {}): NodeJS.ProcessEnv {
  const { FORCE_COLOR, NO_COLOR, ...rest } = process.env;
  return { ...rest, ...env };
}

/** Runs the program under test to its end. */
export function tsnetstat(
  args: readonly string[],
  { env, cwd, platform = process.platform }: RunOptions = {},
): SpawnSyncReturns<string> {
  const [first, ...rest] = programOn(platform);
  return spawnSync(first, [...rest, ...args], {
    encoding: 'utf8',
    env: environment(env),
    cwd: cwd ?? root,
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** Runs a line of the shell in which `tsnetstat` is the program under test. */
export function shell(
  line: string,
  { env, cwd, platform = process.platform }: RunOptions = {},
): SpawnSyncReturns<string> {
  const named = `tsnetstat() { ${quotedCommand(programOn(platform))} "$@"; }`;
  return spawnSync('sh', ['-c', `${named}\n${line}`], {
    encoding: 'utf8',
    env: environment(env),
    cwd: cwd ?? root,
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** Reads fixtures of Linux wherever the test runs. */
export const asLinux = { platform: 'linux' } as const;

/** Copies the package, but what another start of it has just begun to leave behind: that may be gone by then. */
export function copyPackage(folder: string): void {
  const filter = (path: string) => !/\.code-cache\.\d+$/.test(path);
  for (const part of ['bin', 'dist', 'package.json']) {
    cpSync(join(root, part), join(folder, part), { recursive: true, filter });
  }
}
