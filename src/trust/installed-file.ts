import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { foldersAbove } from './root-alone.ts';

/** Windows has no such owners and modes; there the folders' permissions decide. */
const hasOwners = process.platform !== 'win32';

/**
 * The real path of a package's file that is installed for the program with the real path `program`; null: none is. It
 * is looked for where Node looks from there (the `node_modules` beside each folder above it, which every layout of npm,
 * pnpm and yarn but PnP has), not where Node looks besides: HOME and NODE_PATH may be another user's. Nor may a
 * `node_modules` above be: one is skipped if somebody can change the file who cannot change the program, unless it is us
 * or root.
 */
export function installedFile(program: string, path: string): string | null {
  const writers = writersOf(program);
  for (const folder of foldersAbove(program)) {
    // On Windows everybody can make folders in that of a drive.
    if (!hasOwners && dirname(folder) === folder) continue;
    const modules = basename(folder) === 'node_modules' ? folder : join(folder, 'node_modules');
    const file = realFile(join(modules, path));
    // A link with another name may lead to anything that Node runs.
    if (file === null || basename(file) !== basename(path)) continue;
    if (!hasOwners || isOfNobodyElse(file, writers)) return file;
  }
  return null;
}

/** Who can change a file, by replacing it or a folder above it too. */
interface Writers {
  readonly uids: ReadonlySet<number>;
  readonly gids: ReadonlySet<number>;
  readonly isAnybody: boolean;
}

/** Bits of a mode: inode(7). */
const [groupWrites, othersWrite, sticky] = [0o020, 0o002, 0o1000];

/** The status of a file and of each folder above it. Only owners rename what is in a sticky folder, as /tmp. */
function statusOfAll(file: string) {
  return [file, ...foldersAbove(file)].map((path) => {
    const { uid, gid, mode } = statSync(path);
    const writes = (bit: number) => (mode & bit) !== 0 && (mode & sticky) === 0;
    return { uid, gid, group: writes(groupWrites), others: writes(othersWrite) };
  });
}

function writersOf(program: string): Writers {
  const all = statusOfAll(program);
  return {
    uids: new Set([0, process.geteuid?.() ?? 0, ...all.map(({ uid }) => uid)]),
    gids: new Set(all.filter(({ group }) => group).map(({ gid }) => gid)),
    isAnybody: all.some(({ others }) => others),
  };
}

/** Whether nobody but these can change a file. A group with the number of its user is that user's own. */
function isOfNobodyElse(file: string, { uids, gids, isAnybody }: Writers): boolean {
  return statusOfAll(file).every(
    ({ uid, gid, group, others }) =>
      uids.has(uid) && (!group || gid === uid || gids.has(gid)) && (!others || isAnybody),
  );
}

/** The real path of a regular file; null if there is none. */
function realFile(path: string): string | null {
  try {
    const real = realpathSync(path);
    return statSync(real).isFile() ? real : null;
  } catch {
    return null;
  }
}
