import { readdirSync, readFileSync, statSync } from 'node:fs';
import { lazily } from '../../../flow/lazily.ts';
import { type Mount, mountsOf } from '../mounts.ts';
import { type MountView, viewsOf } from './cgroup-mounts.ts';

/** A mount of version 2's hierarchy. */
interface CgroupMount {
  readonly folder: string;
  /** The path of the cgroup that is mounted there. */
  readonly top: string;
}

/** The most cgroups that are read: a user may create any number below their own. */
const mostFolders = 100_000;

/**
 * Cgroups by the number that the kernel reports for a socket (INET_DIAG_CGROUP_ID), the inode of the cgroup's folder.
 */
export interface CgroupFolders {
  /** A cgroup's path; null: there is none, any more or for this user. */
  pathOf(id: number): string | null;
  /** The processes directly in it, also those of other users; none if that cannot be read. */
  processesIn(id: number): readonly number[];
}

/** Finds cgroups, in the first of these views that has them; their folders are listed when first needed. */
export function cgroupFolders(views = viewsOf('/proc')): CgroupFolders {
  const all = lazily(() => cgroupsIn(views));
  return {
    pathOf(id) {
      const { folders, top, length } = all();
      const folder = folders.get(id);
      return folder === undefined ? null : `${top}${folder.toString('utf8', length)}` || '/';
    },
    processesIn(id) {
      const folder = all().folders.get(id);
      if (folder === undefined) return [];
      try {
        const text = readFileSync(inside(folder, Buffer.from('cgroup.procs')), 'latin1');
        // Those of other PID namespaces are 0.
        return text
          .split('\n')
          .map(Number)
          .filter((pid) => pid > 0);
      } catch {
        return [];
      }
    },
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

interface Cgroups {
  /** By their inodes. */
  readonly folders: ReadonlyMap<number, Buffer>;
  /** What paths have in the place of the first `length` bytes of folders. */
  readonly top: string;
  readonly length: number;
}

function cgroupsIn(views: readonly MountView[]): Cgroups {
  for (const { mountInfo, root } of views) {
    const mounts = mountsOf(mountInfo);
    const mount = unifiedMount(mounts);
    if (mount === null) continue;
    const isHybrid = mounts.some(({ filesystem }) => filesystem === 'cgroup');
    return cgroupsUnder({ ...mount, folder: root + mount.folder }, isHybrid);
  }
  return { folders: new Map(), top: '', length: 0 };
}

/** `isHybrid`: version 1 is mounted too. */
function cgroupsUnder({ folder, top }: CgroupMount, isHybrid: boolean): Cgroups {
  const folders = new Map<number, Buffer>();
  const first = Buffer.from(folder);
  const { length } = first;
  const waiting: Buffer[] = [first];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const inode = inodeOf(folder);
    if (inode === null) continue;
    const path = `${top}${folder.toString('utf8', length)}`;
    if (!(isHybrid && mayHoldContainers(path))) folders.set(inode, folder);
    if (folders.size >= mostFolders) break;
    for (const one of foldersIn(folder)) waiting.push(one);
  }
  return { folders, top, length };
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
