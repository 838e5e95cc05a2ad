import { realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Whether we are root, so that programs of other users must not be run. Windows has no such user. */
export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

/** Whether root alone can have put a program where it is. `file`: an absolute path. */
export function isProgramOfRootAlone(file: string): boolean {
  return isOfRootAlone(dirname(file)) && isOfRootAlone(file);
}

/**
 * Whether root alone decides what is in a file or folder: it is root's, nobody else can write it, and nobody else can put
 * another in its place, at the absolute path as given and without links.
 */
export function isOfRootAlone(path: string): boolean {
  try {
    return [path, realpathSync(path)].every(
      (one) => isRoots(statSync(one)) && foldersAbove(one).every(keepsWhatIsRoots),
    );
  } catch {
    // It is not there: others may be able to make it.
    return false;
  }
}

/** The folders above a path, the nearest first. */
export function foldersAbove(path: string): readonly string[] {
  const folders: string[] = [];
  for (let at = path; dirname(at) !== at; ) {
    at = dirname(at);
    folders.push(at);
  }
  return folders;
}

/** Bits of a mode: others can write; but in a folder only owners can rename or remove. inode(7) */
const [writableByOthers, sticky] = [0o022, 0o1000];

interface Status {
  readonly uid: number;
  readonly mode: number;
}

function isRoots({ uid, mode }: Status): boolean {
  return uid === 0 && (mode & writableByOthers) === 0;
}

/** Whether others can neither rename nor remove what root has in a folder. */
function keepsWhatIsRoots(folder: string): boolean {
  const { uid, mode } = statSync(folder);
  return isRoots({ uid, mode: (mode & sticky) === 0 ? mode : mode & ~writableByOthers });
}
