import { readdirSync, statSync } from 'node:fs';
import { type Mount, mountsOf } from '../mounts.ts';

/** A mount of version 2's hierarchy. */
interface CgroupMount {
  readonly folder: string;
  /** The path of the cgroup that is mounted there. */
  readonly top: string;
}

/** The most cgroups that are read: a user may create any number below their own. */
const mostFolders = 100_000;

/**
 * Finds a cgroup's path by the number that the kernel reports for a socket (INET_DIAG_CGROUP_ID), the inode of the
 * cgroup's folder. The folders are listed at the first call; null: there is none, any more or for this user.
 */
export function cgroupFinder(mountInfo = '/proc/self/mountinfo'): (id: number) => string | null {
  let paths: ReadonlyMap<number, string> | null = null;
  return (id) => {
    paths ??= cgroupPathsUnder(mountInfo);
    return paths.get(id) ?? null;
  };
}

/** Units of container runtimes. */
const runtimeUnit =
  /\/(?:(?:snap\.docker\.)?dockerd?|containerd|crio|kubelet|k3s(?:-agent)?|podman)\.service$/;

/**
 * Whether a cgroup may have containers that it does not name: with version 1, a runtime may leave them in its own
 * cgroup of version 2, or at the top if it is in none.
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

/** The mount of version 2, alone or beside version 1. */
function unifiedMount(mounts: readonly Mount[]): CgroupMount | null {
  const mount = mounts.find(({ filesystem }) => filesystem === 'cgroup2');
  if (mount === undefined) return null;
  // Outside the reader's own cgroup namespace it is `/..`.
  return { folder: mount.path, top: mount.top.replace(/^(?:\/\.\.)*\/?$/, '') };
}

function inodeOf(folder: Buffer): number | null {
  try {
    return statSync(folder).ino;
  } catch {
    return null;
  }
}

/** The folders in a folder. Names are bytes, not necessarily text. */
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

/** The replacement for invalid bytes in text. */
const noText = '\ufffd';

/** Under Bun either the kinds of entries or the bytes of their names are available, not both. */
function namesOfNoText(folder: Buffer): readonly Buffer[] {
  return readdirSync(folder, { encoding: 'buffer' }).filter(
    (name) => name.toString().includes(noText) && statSync(inside(folder, name)).isDirectory(),
  );
}

function inside(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, slash, name]);
}

const slash = Buffer.from('/');
