import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { groupWrites, hasOwners, othersWrite, replacersIn } from './modes.ts';

/**
 * The real path of a package's file that is installed for the program with the real path `program`; null: none is. It
 * is looked for where Node looks from there (the `node_modules` beside each folder above it, which every layout of npm,
 * pnpm and yarn but PnP has), not where Node looks besides: HOME and NODE_PATH may be another user's. A
 * `node_modules` further up may be another user's too: it is skipped if anybody but us and root can change the file
 * who cannot change the program.
 */
export function installedFile(program: string, path: string): string | null {
  const writers = writersOf(program);
  for (const folder of foldersAbove(program)) {
    // On Windows everybody can make folders in that of a drive.
    if (!hasOwners && dirname(folder) === folder) continue;
    const modules = basename(folder) === 'node_modules' ? folder : join(folder, 'node_modules');
    const file = fileOf(writers, join(modules, path));
    if (file !== null) return file;
  }
  return null;
}

/**
 * The real path of a file that may be run by the program with the real path `program`; null: there is none with that
 * name, or somebody else than us and root can change it who cannot change the program.
 */
export function fileLike(program: string, path: string): string | null {
  return fileOf(writersOf(program), path);
}

/** Whether nobody but us and root can change a file. */
export function isOursAlone(file: string): boolean {
  return !hasOwners || isOfNobodyElse(file, rootAndUs());
}

/** The real path of a file that nobody can change but these; null: there is none. */
function fileOf(writers: Writers, path: string): string | null {
  const file = realFile(path);
  // A link with another name may lead to anything that Node runs.
  if (file === null || basename(file) !== basename(path)) return null;
  return !hasOwners || isOfNobodyElse(file, writers) ? file : null;
}

/** Who can change a file, by replacing it or a folder above it too. */
interface Writers {
  readonly uids: ReadonlySet<number>;
  readonly gids: ReadonlySet<number>;
  readonly isAnybody: boolean;
}

/** The status of a file and of each folder above it. */
function statusOfAll(file: string) {
  return [file, ...foldersAbove(file)].map((path) => {
    const status = statSync(path);
    const { uid, gid, mode } = status;
    const writers = status.isDirectory() ? replacersIn(mode) : mode;
    return {
      uid,
      gid,
      group: (writers & groupWrites) !== 0,
      others: (writers & othersWrite) !== 0,
    };
  });
}

/** The folders above a path, the nearest first. */
function foldersAbove(path: string): readonly string[] {
  const folders: string[] = [];
  for (let at = path; dirname(at) !== at; ) {
    at = dirname(at);
    folders.push(at);
  }
  return folders;
}

/** Root and us. */
function rootAndUs(): Writers {
  return { uids: new Set([0, process.geteuid?.() ?? 0]), gids: new Set(), isAnybody: false };
}

/** Also who can change the program. */
function writersOf(program: string): Writers {
  const all = statusOfAll(program);
  return {
    uids: new Set([...rootAndUs().uids, ...all.map(({ uid }) => uid)]),
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
