import { readdirSync, statSync } from 'node:fs';
import { type Mount, mountsOf } from '../mounts.ts';

/** Where version 2's hierarchy is mounted, and what of it. */
interface CgroupMount {
  readonly folder: string;
  /** The cgroup that is uppermost there, as a path. */
  readonly top: string;
}

/** As many cgroups are looked at: a user may make any number of them below their own. */
const mostFolders = 100_000;

/**
 * Finds cgroups by the number that the kernel tells of a socket (INET_DIAG_CGROUP_ID), which is that of the
 * cgroup's folder. The folders are listed when the first is asked for; null: there is none of that number,
 * any more or for this user.
 */
export function cgroupFinder(mountInfo = '/proc/self/mountinfo'): (id: number) => string | null {
  let paths: ReadonlyMap<number, string> | null = null;
  return (id) => {
    paths ??= cgroupPathsUnder(mountInfo);
    return paths.get(id) ?? null;
  };
}

/** Units of what starts containers. */
const runtimeUnit =
  /\/(?:(?:snap\.docker\.)?dockerd?|containerd|crio|kubelet|k3s(?:-agent)?|podman)\.service$/;

/**
 * Beside version 1 what starts containers may leave them in its own cgroup of version 2, at the top where it is in
 * none. Such a one does not tell whether a socket is a container's.
 */
function mayHoldContainers(path: string): boolean {
  return path === '' || runtimeUnit.test(path);
}

function cgroupPathsUnder(mountInfo: string): ReadonlyMap<number, string> {
  const paths = new Map<number, string>();
  const mounts = mountsOf(mountInfo);
  const mount = unifiedMount(mounts);
  if (mount === null) return paths;
  const isHybrid = mounts.some(({ filesystem }) => filesystem === 'cgroup');
  const top = Buffer.from(mount.folder);
  const waiting: Buffer[] = [top];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const inode = inodeOf(folder);
    if (inode === null) continue;
    const path = `${mount.top}${folder.toString('utf8', top.length)}`;
    if (!(isHybrid && mayHoldContainers(path))) paths.set(inode, path || '/');
    if (paths.size >= mostFolders) break;
    for (const one of foldersIn(folder)) waiting.push(one);
  }
  return paths;
}

/** The mount of version 2, which may be alone or beside version 1. */
function unifiedMount(mounts: readonly Mount[]): CgroupMount | null {
  const mount = mounts.find(({ filesystem }) => filesystem === 'cgroup2');
  if (mount === undefined) return null;
  // Outside of the reader's own cgroup namespace it is `/..`.
  return { folder: mount.path, top: mount.top.replace(/^(?:\/\.\.)*\/?$/, '') };
}

function inodeOf(folder: Buffer): number | null {
  try {
    return statSync(folder).ino;
  } catch {
    return null;
  }
}

/** The folders in a folder. Names are bytes, and need not be text. */
function foldersIn(folder: Buffer): readonly Buffer[] {
  try {
    const names = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    const texts = names.filter((name) => !name.includes(noText)).map((name) => Buffer.from(name));
    const all = texts.length === names.length ? texts : [...texts, ...namesOfNoText(folder)];
    return all.map((name) => inside(folder, name));
  } catch {
    return [];
  }
}

/** What stands in a text for bytes that are none. */
const noText = '\ufffd';

/** Bun tells either the kinds of entries or the bytes of their names, not both. */
function namesOfNoText(folder: Buffer): readonly Buffer[] {
  return readdirSync(folder, { encoding: 'buffer' }).filter(
    (name) => name.toString().includes(noText) && statSync(inside(folder, name)).isDirectory(),
  );
}

function inside(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, slash, name]);
}

const slash = Buffer.from('/');
