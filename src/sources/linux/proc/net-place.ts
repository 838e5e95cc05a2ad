import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { errorNaming } from '../../../errors.ts';
import type { Warning } from '../../../model/report/snapshot.ts';
import { pathExists } from '../path-exists.ts';

/** Where this machine's /proc is mounted. */
export const ownProc = '/proc';

/** Where to find the tables of a mounted /proc. */
export interface NetPlace {
  /** The folder that is read as `net`. */
  readonly folder: string;
  /** Whether it shows the network of this process. */
  readonly isOwn: boolean;
  readonly warnings: readonly Warning[];
}

/** `net` of this process, also if /proc shows only processes (the mount option subset=pid). */
export function ownNet(root: string): NetPlace {
  const folder = pathExists(`${root}/net`) ? `${root}/net` : `${root}/self/net`;
  return { folder, isOwn: true, warnings: [] };
}

/** PROC_ROOT_INO of <linux/proc_fs.h>: the inode of a procfs's top folder. */
const rootInode = 1;

/** Whether a folder of a procfs is its top folder, not a process's. Other kernels use other numbers. */
export function isWholeProc(root: string): boolean {
  try {
    return isSameFolder(root, ownProc) || statSync(root).ino === rootInode;
  } catch {
    return false;
  }
}

/**
 * Where the tables of the procfs at `root` are. Its `net` shows the network of the reading process, which is right for
 * this process's own /proc. For a host's /proc mounted in a container, the host's network is wanted, which is that of
 * its first process. Which of the two applies depends on the mount, not on the path.
 * @throws NetstatError `unreadable` if the first process is hidden
 */
export function netPlace(root: string): NetPlace {
  if (isSameFolder(root, ownProc)) return ownNet(root);
  // The folder of one process: the network of that process.
  if (!isWholeProc(root)) {
    return { folder: `${root}/net`, isOwn: false, warnings: [] };
  }
  if (isOfOwnPids(root)) return { ...ownNet(root), warnings: otherFirst(root) };
  const folder = `${root}/1/net`;
  if (!isFolder(folder)) {
    throw errorNaming(
      'unreadable',
      folder,
      `process 1 is hidden from this user (hidepid), so the network of the machine that ${root} belongs to cannot be read; run as its root, or mount it without hidepid`,
    );
  }
  return { folder, isOwn: false, warnings: [] };
}

/** Whether two paths lead to the same folder. */
export function isSameFolder(one: string, other: string): boolean {
  try {
    const [a, b] = [statSync(one), statSync(other)];
    return a.dev === b.dev && a.ino === b.ino;
  } catch {
    return false;
  }
}

/** Whether a folder exists at `path`. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Whether processes have the same PIDs there as for this process. */
export function isOfOwnPids(root: string): boolean {
  try {
    const namespaces = pidNamespaces(readFileSync(`${root}/self/status`, 'latin1'));
    return namespaces === null
      ? readlinkSync(`${root}/self`) === String(process.pid)
      : namespaces === 1;
  } catch {
    // It does not show this process.
    return false;
  }
}

/**
 * The number of PID namespaces in which a process has a PID, from that of the procfs down to its own (`NSpid` of
 * /proc/PID/status, since Linux 4.1); null: not reported.
 */
export function pidNamespaces(status: string): number | null {
  const numbers = /^NSpid:((?:\s+\d+)+)$/m.exec(status)?.[1];
  return numbers === undefined ? null : numbers.trim().split(/\s+/).length;
}

/** A warning: in a container that shares its host's PID namespace, the host's /proc looks like its own. */
function otherFirst(root: string): Warning[] {
  if (isSameNetwork(`${root}/1`, `${root}/self`)) return [];
  return [
    {
      code: 'uncertain',
      message: `${root}: it belongs to the PID namespace of this process, so this process's network is shown, not that of process 1 (--proc-root ${root}/1 shows that)`,
      source: root,
    },
  ];
}

/**
 * Whether two processes are in the same network namespace: by their links or, if those are forbidden, by what is in
 * it.
 */
function isSameNetwork(one: string, other: string): boolean {
  try {
    return readlinkSync(`${one}/ns/net`) === readlinkSync(`${other}/ns/net`);
  } catch {
    const [signs, others] = [signsOfNetwork(one), signsOfNetwork(other)];
    return signs === null || others === null || signs === others;
  }
}

/** Its interfaces and addresses, which are hardly the same in two networks. null: hidden. */
function signsOfNetwork(process: string): string | null {
  try {
    const text = (name: string) => readFileSync(`${process}/net/${name}`, 'latin1');
    const names = [...text('dev').matchAll(/^ *(\S+):/gm)].map(([, name]) => name);
    return `${names.join(' ')} ${text('fib_trie')}`;
  } catch {
    return null;
  }
}
