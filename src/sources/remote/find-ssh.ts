import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isProgramOfRootAlone, isRoot } from '../../trust/root-alone.ts';
import type { PlatformHost } from '../source.ts';

/**
 * Returns the user's own ssh: the first in PATH, as a shell would find it; null: there is none. Relative directories
 * are skipped, since they depend on the current one; for root also those where other users could have put it.
 */
export function findSsh({ platform, env }: Pick<PlatformHost, 'platform' | 'env'>): string | null {
  const isWindows = platform === 'win32';
  const path = (isWindows ? (env.Path ?? env.PATH) : env.PATH) ?? '';
  const own = isWindows ? [join(env.SystemRoot ?? 'C:\\Windows', 'System32', 'OpenSSH')] : [];
  const forRoot = !isWindows && isRoot();
  for (const folder of [...path.split(isWindows ? ';' : delimiter), ...own]) {
    if (!(isWindows ? /^[A-Za-z]:\\/ : /^\//).test(folder)) continue;
    const file = join(folder, isWindows ? 'ssh.exe' : 'ssh');
    if (isProgram(file) && (!forRoot || isProgramOfRootAlone(file))) return file;
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
