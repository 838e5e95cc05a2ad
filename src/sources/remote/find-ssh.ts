import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { PlatformHost } from '../source.ts';

/**
 * Returns the user's own ssh: the first in PATH, as a shell would find it; null: there is none. Relative directories
 * are skipped, since they depend on the current one; for root also those where other users could have put it.
 */
export function findSsh({ platform, env }: Pick<PlatformHost, 'platform' | 'env'>): string | null {
  const isWindows = platform === 'win32';
  const path = (isWindows ? (env.Path ?? env.PATH) : env.PATH) ?? '';
  const own = isWindows ? [join(env.SystemRoot ?? 'C:\\Windows', 'System32', 'OpenSSH')] : [];
  const isRoot = !isWindows && process.geteuid?.() === 0;
  for (const folder of [...path.split(isWindows ? ';' : delimiter), ...own]) {
    if (!(isWindows ? /^[A-Za-z]:\\/ : /^\//).test(folder)) continue;
    const file = join(folder, isWindows ? 'ssh.exe' : 'ssh');
    if (isProgram(file) && (!isRoot || isOfRootAlone(file))) return file;
  }
  return null;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Whether only root can have put it there. */
function isOfRootAlone(file: string): boolean {
  return [file, dirname(file)].every((path) => {
    const { uid, mode } = statSync(path);
    return uid === 0 && (mode & 0o022) === 0;
  });
}
