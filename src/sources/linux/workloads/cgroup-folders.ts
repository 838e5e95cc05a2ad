import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';

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

/**
 * Units of what starts containers. Beside version 1 they may leave these in their own cgroup of version 2, which
 * then does not tell whether a socket is theirs or a container's.
 */
const runtimeUnit =
  /\/(?:(?:snap\.docker\.)?dockerd?|containerd|crio|kubelet|k3s(?:-agent)?)\.service$/;

function cgroupPathsUnder(mountInfo: string): ReadonlyMap<number, string> {
  const paths = new Map<number, string>();
  const text = textOf(mountInfo);
  const mount = cgroupMountIn(text);
  if (mount === null) return paths;
  const isHybrid = text.includes(' - cgroup ');
  const waiting = [''];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const folder = `${mount.folder}${path}`;
    const inode = inodeOf(folder);
    if (inode === null) continue;
    if (!(isHybrid && runtimeUnit.test(path))) paths.set(inode, `${mount.top}${path}` || '/');
    if (paths.size >= mostFolders) break;
    for (const entry of foldersIn(folder)) waiting.push(`${path}/${entry.name}`);
  }
  return paths;
}

/** The mount of version 2 in /proc/PID/mountinfo (proc_pid_mountinfo(5)), where it is alone or beside version 1. */
export function cgroupMountIn(text: string): CgroupMount | null {
  for (const line of text.split('\n')) {
    const [mount = '', filesystem = ''] = line.split(' - ');
    if (!filesystem.startsWith('cgroup2 ')) continue;
    const [, , , top, folder] = mount.split(' ');
    if (top === undefined || folder === undefined) continue;
    // Outside of the reader's own cgroup namespace it is `/..`.
    return { folder: unescaped(folder), top: unescaped(top).replace(/^(?:\/\.\.)*\/?$/, '') };
  }
  return null;
}

/** `\040` is a blank. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 8)),
  );
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function inodeOf(folder: string): number | null {
  try {
    return statSync(folder).ino;
  } catch {
    return null;
  }
}

function foldersIn(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  } catch {
    return [];
  }
}
