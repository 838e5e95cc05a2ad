import { lstatSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { groupWrites, othersWrite, replacersIn } from './modes.ts';

/** Whether we are root, so that programs of other users must not be run. Windows has no such user. */
export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

/**
 * The folder, file or link by which others than root could have put a program where it is; null: root alone can have.
 * `file`: an absolute path.
 */
export function openToOthers(file: string): string | null {
  return changeableAt(dirname(file)) ?? changeableAt(file);
}

/**
 * Whether root alone decides what is in the file or folder that an absolute path leads to: it is root's, nobody else
 * can write it, and nobody else can put another in its place, or in that of a folder or link on the way.
 */
export function isOfRootAlone(path: string): boolean {
  return changeableAt(path) === null;
}

/** What others than root can change of a path, or on the way of its links; null: nothing. */
function changeableAt(path: string): string | null {
  try {
    const { at, status, isRoots } = endOfRootsWay(path);
    const isOwn = isRoots && status.uid === 0 && (status.mode & (groupWrites | othersWrite)) === 0;
    return isOwn ? null : at;
  } catch {
    // It is not there: others may be able to make it.
    return path;
  }
}

/** More than these the kernel does not follow: path_resolution(7). */
const mostLinks = 40;

/** What a path leads to. `isRoots` is false if it is only on the way, and others than root decide where that leads. */
interface End {
  readonly at: string;
  readonly status: Status;
  readonly isRoots: boolean;
}

function endOfRootsWay(path: string): End {
  const top = lstatSync('/');
  let [folder, status] = ['/', top];
  const names = path.split('/');
  let links = 0;
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    if (name === '' || name === '.') continue;
    if (!keepsWhatIsRoots(status)) return { at: folder, status, isRoots: false };
    const entry = join(folder, name);
    const found = lstatSync(entry);
    if (!found.isSymbolicLink()) {
      [folder, status] = [entry, found];
      continue;
    }
    // Its owner can make it lead elsewhere, even in a folder of root's.
    if (found.uid !== 0 || ++links > mostLinks) {
      return { at: entry, status: found, isRoots: false };
    }
    const target = readlinkSync(entry);
    names.unshift(...target.split('/'));
    if (target.startsWith('/')) [folder, status] = ['/', top];
  }
  return { at: folder, status, isRoots: true };
}

interface Status {
  readonly uid: number;
  readonly mode: number;
}

/** Whether others can neither rename nor remove what root has in a folder. */
function keepsWhatIsRoots({ uid, mode }: Status): boolean {
  return uid === 0 && replacersIn(mode) === 0;
}
