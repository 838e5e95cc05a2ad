import { readdirSync, statSync } from 'node:fs';
import { type Mount, mountsOf } from '../mounts.ts';

/** A file that holds a network namespace, whether or not a process lives in it. */
export interface HeldNamespace {
  readonly file: string;
  /** The number of the namespace. */
  readonly inode: number;
  /** What `ip netns` calls it; null where that has no name for it. */
  readonly name: string | null;
}

/** Where `ip netns` keeps its names: ip-netns(8). */
const namesFolder = '/run/netns';
/** Where Docker keeps what holds its namespaces; the names there are numbers of its own. */
const dockerFolder = '/var/run/docker/netns';

/** Names that Podman, CRI-O and the plugins of CNI make up for the namespaces of containers. */
const madeUp = /^(?:netns-|cni-)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a name of `ip netns` was made up by what starts containers, so that it tells nobody anything. */
export function isMadeUp(name: string): boolean {
  return madeUp.test(name);
}

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
  for (const path of mountedIn(mountsOf(`${processFolder}/mountinfo`))) {
    const isNamed = path.startsWith(`${namesFolder}/`) || path.startsWith(`/var${namesFolder}/`);
    if (!isNamed) add(path, null);
  }
  return [...held.values()];
}

/** Where network namespaces are mounted. */
export function mountedIn(mounts: readonly Mount[]): readonly string[] {
  return mounts
    .filter(({ filesystem, top }) => filesystem === 'nsfs' && top.startsWith('net:['))
    .map(({ path }) => path);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
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
