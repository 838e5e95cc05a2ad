import { readdirSync, readFileSync, statSync } from 'node:fs';

/** A file that holds a network namespace, whether or not a process lives in it. */
export interface HeldNamespace {
  readonly file: string;
  /** The number of the namespace. */
  readonly inode: number;
  /** What `ip netns` calls it; null where that has no name for it. */
  readonly name: string | null;
}

/** Where `ip netns` keeps its names: ip-netns(8). */
export const namesFolder = '/run/netns';
/** Where Docker keeps what holds its namespaces; the names there are numbers of its own. */
const dockerFolder = '/var/run/docker/netns';

/**
 * The files that hold network namespaces, those that `ip netns` knows first: of its folder, of Docker's, and
 * whatever else is mounted. `processFolder`: of whose mounts. `root`: what stands before a path for whoever
 * has another root folder.
 */
export function heldNamespaces(processFolder: string, root = ''): readonly HeldNamespace[] {
  const device = deviceOf(`${processFolder}/ns/net`);
  if (device === null) return [];
  const held = new Map<string, HeldNamespace>();
  const add = (path: string, name: string | null) => {
    const file = `${root}${path}`;
    const inode = inodeOn(device, file);
    if (inode !== null && !held.has(file)) held.set(file, { file, inode, name });
  };
  for (const name of namesIn(`${root}${namesFolder}`)) add(`${namesFolder}/${name}`, name);
  for (const name of namesIn(`${root}${dockerFolder}`)) add(`${dockerFolder}/${name}`, null);
  for (const path of mountedIn(textOf(`${processFolder}/mountinfo`))) {
    const isNamed = path.startsWith(`${namesFolder}/`) || path.startsWith(`/var${namesFolder}/`);
    if (!isNamed) add(path, null);
  }
  return [...held.values()];
}

/** Where network namespaces are mounted, by /proc/PID/mountinfo (proc_pid_mountinfo(5)). */
export function mountedIn(mountinfo: string): readonly string[] {
  if (!mountinfo.includes(' nsfs ')) return [];
  return mountinfo.split('\n').flatMap((line) => {
    const [mount = '', source = ''] = line.split(' - ');
    const [, , , what = '', path = ''] = mount.split(' ');
    return source.startsWith('nsfs ') && what.startsWith('net:[') ? [unescaped(path)] : [];
  });
}

/** Blanks, tabs, line breaks and backslashes stand there as three octal digits. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The device that all namespaces lie on. */
function deviceOf(path: string): number | null {
  try {
    return statSync(path).dev;
  } catch {
    return null;
  }
}

/** A name whose mount is gone is a plain file of another device. */
function inodeOn(device: number, path: string): number | null {
  try {
    const { dev, ino } = statSync(path);
    return dev === device ? ino : null;
  } catch {
    return null;
  }
}
