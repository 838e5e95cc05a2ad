import { accessSync, constants } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** For `files`: the built program, whatever its parts are called. */
export const builtProgram: Readonly<Record<string, string>> = {
  [fileURLToPath(new URL('../../dist', import.meta.url))]: 'run `npm run build` first',
};

/** What a suite needs. */
export interface Requirements {
  /** Node's `process.platform` values that it runs on. */
  readonly platforms: readonly NodeJS.Platform[];
  readonly root?: boolean;
  /** An interface that is up and has 127.0.0.1: an empty network namespace has none. */
  readonly loopback?: boolean;
  /** Programs: absolute paths, or names to find in PATH. */
  readonly programs?: readonly string[];
  /** Other files that must exist, with what to do if they are missing. */
  readonly files?: Readonly<Record<string, string>>;
  /** What else the machine must allow, by its name in the message. */
  readonly abilities?: Readonly<Record<string, () => boolean>>;
}

function present(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

function installed(program: string): boolean {
  const folders = program.startsWith('/') ? [''] : (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => present(join(folder, program), constants.X_OK));
}

function hasLoopback(): boolean {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.some(({ address }) => address === '127.0.0.1');
}

function firstUnmet(needed: Requirements): string | null {
  if (!needed.platforms.includes(process.platform)) {
    return `runs on ${needed.platforms.join(', ')}, this is ${process.platform}`;
  }
  if (needed.root && process.getuid?.() !== 0) {
    return 'needs root';
  }
  if (needed.loopback && !hasLoopback()) {
    return 'needs a loopback interface that is up';
  }
  const program = needed.programs?.find((name) => !installed(name));
  if (program !== undefined) {
    return `needs ${program}`;
  }
  const file = Object.keys(needed.files ?? {}).find((path) => !present(path, constants.F_OK));
  if (file !== undefined) return `needs ${file}: ${needed.files?.[file]}`;
  const lacking = Object.entries(needed.abilities ?? {}).find(([, isThere]) => !isThere());
  return lacking === undefined ? null : `needs ${lacking[0]}`;
}

/**
 * Returns why a suite cannot run here, as the reason for skipping it; null if it can. In CI (the variable CI is set)
 * nothing may be skipped unnoticed, so it throws instead.
 */
export function reasonToSkip(needed: Requirements): string | null {
  const reason = firstUnmet(needed);
  if (reason !== null && process.env.CI) {
    throw new Error(`a suite that CI must run cannot run: ${reason}`);
  }
  return reason;
}

/** Returns a reason to skip as the end of a suite's name; empty if there is none. */
export function because(reason: string | null): string {
  return reason === null ? '' : `: ${reason}`;
}
