import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { isRoot, openToOthers } from '../../trust/root-alone.ts';
import type { PlatformHost } from '../source.ts';

/** The ssh to run, or why there is none. */
type FoundSsh =
  | { readonly file: string }
  | {
      readonly file: null;
      /** The first that root may not run, and the folder, file or link that others can change; null: there is none. */
      readonly skipped: { readonly file: string; readonly open: string } | null;
    };

/**
 * Returns the user's own ssh: the first in PATH, as a shell would find it. Relative directories are skipped, since they
 * depend on the current one; for root also those where other users could have put it.
 */
export function findSsh({ platform, env }: Pick<PlatformHost, 'platform' | 'env'>): FoundSsh {
  const isWindows = platform === 'win32';
  const path = (isWindows ? (env.Path ?? env.PATH) : env.PATH) ?? '';
  const own = isWindows ? [join(env.SystemRoot ?? 'C:\\Windows', 'System32', 'OpenSSH')] : [];
  const forRoot = !isWindows && isRoot();
  let skipped: { file: string; open: string } | null = null;
  for (const folder of [...path.split(isWindows ? ';' : delimiter), ...own]) {
    if (!(isWindows ? /^[A-Za-z]:\\/ : /^\//).test(folder)) continue;
    const file = join(folder, isWindows ? 'ssh.exe' : 'ssh');
    if (!isProgram(file)) continue;
    const open = forRoot ? openToOthers(file) : null;
    if (open === null) return { file };
    skipped ??= { file, open };
  }
  return { file: null, skipped };
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
