import { lstatSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { groupWrites, othersWrite, replacersIn } from './modes.ts';

/** Whether we are root, so that programs of other users must not be run. Windows has no such user. */
export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

/** Whether root alone can have put a program where it is. `file`: an absolute path. */
export function isProgramOfRootAlone(file: string): boolean {
  return isOfRootAlone(dirname(file)) && isOfRootAlone(file);
}

/**
 * Whether root alone decides what is in the file or folder that an absolute path leads to: it is root's, nobody else
 * can write it, and nobody else can put another in its place, or in that of a folder or link on the way.
 */
export function isOfRootAlone(path: string): boolean {
  try {
    const end = endOfRootsWay(path);
    return end !== null && end.uid === 0 && (end.mode & (groupWrites | othersWrite)) === 0;
  } catch {
    // It is not there: others may be able to make it.
    return false;
  }
}

/** More than these the kernel does not follow: path_resolution(7). */
const mostLinks = 40;

/** What is at the end of a path; null: somebody else than root decides where it leads. */
function endOfRootsWay(path: string): Status | null {
  const top = lstatSync('/');
  let [folder, status] = ['/', top];
  const names = path.split('/');
  let links = 0;
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    if (name === '' || name === '.') continue;
    if (!keepsWhatIsRoots(status)) return null;
    const entry = join(folder, name);
    const found = lstatSync(entry);
    if (!found.isSymbolicLink()) {
      [folder, status] = [entry, found];
      continue;
    }
    // Its owner can make it lead elsewhere, even in a folder of root's.
    if (found.uid !== 0 || ++links > mostLinks) return null;
    const target = readlinkSync(entry);
    names.unshift(...target.split('/'));
    if (target.startsWith('/')) [folder, status] = ['/', top];
  }
  return status;
}

interface Status {
  readonly uid: number;
  readonly mode: number;
}

/** Whether others can neither rename nor remove what root has in a folder. */
function keepsWhatIsRoots({ uid, mode }: Status): boolean {
  return uid === 0 && replacersIn(mode) === 0;
}
