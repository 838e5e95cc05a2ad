import { statSync } from 'node:fs';
import type { Netns } from '../../../model/machine/netns.ts';
import { compareText } from '../../../text/compare-text.ts';
import { isLinuxEntry } from '../proc/kernel-files.ts';
import type { Proc, Task } from '../proc/proc.ts';
import { type HeldNamespace, heldNamespaces, isMadeUp, mayLeadTo } from './held.ts';

/** A network namespace, and how to reach it. */
export interface Namespace {
  readonly netns: Netns;
  /** It is the one whose tables this /proc shows by default. */
  readonly isBase: boolean;
  /** The inode number of PID/net/dev, which everybody may read; null: not read. */
  readonly key: number | null;
  /** Processes in it, ascending; those whose namespace number this user may not read come last. */
  readonly pids: readonly number[];
  /** Files that keep it alive. */
  readonly files: readonly string[];
}

/** The result of a search for network namespaces. */
export interface FoundNamespaces {
  /** Without repeats: the base, then by name, then by number. */
  readonly namespaces: readonly Namespace[];
  /** Some processes are hidden (hidepid), and may be in further namespaces. */
  readonly areSomeHidden: boolean;
  /**
   * Of some only the key is known, or only a file that keeps it alive: so one without a number may be the same as one
   * without a name.
   */
  readonly areSomeNumberless: boolean;
}

/** A namespace by both of its numbers, with all that is known of it. */
interface Group {
  readonly inode: number | null;
  key: number | null;
  readonly pids: number[];
  readonly files: string[];
  readonly names: string[];
}

/** What is known of a namespace before it has a name. */
type KnownNamespace = Pick<Namespace, 'key' | 'pids' | 'files'> & Pick<Netns, 'inode'>;

/** The namespace number of a process; null: access denied, or it has ended. */
export function inodeOfProcess(root: string, of: Task): number | null {
  return inodeOfFile(`${root}/${of}/ns/net`);
}

/**
 * The inode number of PID/net/dev: the kernel has one such file for each network namespace, and everybody may stat
 * it. null: the process has ended, or this is not Linux's own /proc, whose numbers may mean nothing.
 */
export function keyOfProcess(root: string, of: Task): number | null {
  try {
    const file = statSync(`${root}/${of}/net/dev`);
    return isLinuxEntry(file, file.dev) ? file.ino : null;
  } catch {
    return null;
  }
}

/** How the namespaces of a mounted /proc are identified, and which of them is the base. */
export interface NetnsPlace {
  /** As in `FoundNamespaces`. */
  readonly held: readonly HeldNamespace[];
  describe(group: KnownNamespace, names: readonly string[]): Namespace;
  /** The one whose tables this /proc shows by default. */
  base(): Namespace;
}

/** Collects what is cheap to know: the own namespace, and the files that keep namespaces alive. */
export function netnsPlace({ root, isOwn }: Proc): NetnsPlace {
  // Another machine's /proc shows the network of its first process.
  const base: Task = isOwn ? 'self' : 1;
  const held = heldNamespaces(`${root}/${base}`, isOwn ? '' : `${root}/1/root`);
  const baseInode = inodeOfProcess(root, base);
  const baseKey = keyOfProcess(root, base);
  const own = isOwn ? baseInode : inodeOfProcess('/proc', 'self');
  const ownKey = isOwn ? baseKey : keyOfProcess('/proc', 'self');
  const isOne = (inode: number | null, key: number | null, of: KnownNamespace) =>
    of.inode === null || inode === null ? of.key !== null && of.key === key : of.inode === inode;
  const described = (group: KnownNamespace, names: readonly string[]): Namespace => {
    const { inode, key, pids, files } = group;
    const name = names.find((one) => !isMadeUp(one)) ?? names[0] ?? null;
    return {
      netns: { inode, name, own: isOne(own, ownKey, group) },
      isBase: isOne(baseInode, baseKey, group),
      key,
      pids,
      files,
    };
  };
  return {
    held,
    describe: described,
    base() {
      const names = held.flatMap(({ inode, name }) =>
        inode !== null && inode === baseInode && name !== null ? [name] : [],
      );
      const group = { inode: baseInode, key: baseKey, pids: [], files: [] };
      const base = described(group, names);
      return { ...base, netns: { ...base.netns, own: isOwn || base.netns.own }, isBase: true };
    },
  };
}

/**
 * Every network namespace that a process lives in or a file keeps alive. One that only a descriptor keeps alive is
 * not found: it has no name.
 */
export function findNamespaces(proc: Proc): FoundNamespaces {
  const { root } = proc;
  const place = netnsPlace(proc);
  const byInode = new Map<number, Group>();
  const ofInode = (inode: number): Group => {
    let group = byInode.get(inode);
    if (group === undefined) {
      group = { inode, key: null, pids: [], files: [], names: [] };
      byInode.set(inode, group);
    }
    return group;
  };
  const pids = proc.processIds();
  const forbidden: number[] = [];
  for (const pid of pids) {
    const inode = inodeOfProcess(root, pid);
    if (inode === null) forbidden.push(pid);
    else ofInode(inode).pids.push(pid);
  }
  const closed: Group[] = [];
  for (const { inode, file, name } of place.held) {
    if (inode === null) {
      closed.push({
        inode,
        key: null,
        pids: [],
        files: [file],
        names: name === null ? [] : [name],
      });
      continue;
    }
    const group = ofInode(inode);
    group.files.push(file);
    if (name !== null) group.names.push(name);
  }
  const byKey = groupsByKey(root, [...byInode.values()], forbidden);
  const numberless = byKey.filter(({ inode }) => inode === null);
  const groups = [...byInode.values(), ...numberless, ...closed];
  const namespaces = groups.map((group) => place.describe(group, group.names));
  if (!namespaces.some(({ isBase }) => isBase)) namespaces.push(place.base());
  return {
    namespaces: namespaces.sort(inOrder),
    areSomeHidden: proc.hidesProcesses(pids),
    areSomeNumberless:
      numberless.length > 0 ||
      (closed.length > 0 && namespaces.some((one) => one.netns.inode !== null && isNameless(one))),
  };
}

/**
 * Groups processes whose namespace number this user may not read by their keys. A namespace whose number is known
 * from another process has both.
 */
function groupsByKey(
  root: string,
  known: readonly Group[],
  forbidden: readonly number[],
): readonly Group[] {
  if (forbidden.length === 0) return [];
  const byKey = new Map<number, Group>();
  for (const group of known) {
    const [pid] = group.pids;
    group.key = pid === undefined ? null : keyOfProcess(root, pid);
    if (group.key !== null) byKey.set(group.key, group);
  }
  for (const pid of forbidden) {
    const key = keyOfProcess(root, pid);
    if (key === null) continue;
    const group = byKey.get(key);
    if (group !== undefined) group.pids.push(pid);
    else byKey.set(key, { inode: null, key, pids: [pid], files: [], names: [] });
  }
  return [...byKey.values()];
}

/** Whether it is another than the base, and has no name. */
function isNameless({ isBase, netns }: Namespace): boolean {
  return !isBase && netns.name === null;
}

/** The base, then by name, then by number. */
export function inOrder(one: Namespace, other: Namespace): number {
  if (one.isBase !== other.isBase) return one.isBase ? -1 : 1;
  const [a, b] = [one.netns.name, other.netns.name];
  if (a !== b && a !== null && b !== null) return compareText(a, b);
  if (a !== b) return a === null ? 1 : -1;
  return (one.netns.inode ?? one.key ?? 0) - (other.netns.inode ?? other.key ?? 0);
}

/** Whether a process still lives in a namespace. */
export function livesIn(root: string, pid: Task, { netns, key }: Namespace): boolean {
  if (key !== null) return keyOfProcess(root, pid) === key;
  return netns.inode !== null && inodeOfProcess(root, pid) === netns.inode;
}

/** Whether anything still leads to a namespace. */
export function isThere(root: string, namespace: Namespace): boolean {
  const { netns, files, pids } = namespace;
  return (
    pids.some((pid) => livesIn(root, pid, namespace)) ||
    // What a file leads to that may not be examined is not known to have ended.
    files.some((file) => netns.inode === null || mayLeadTo(netns.inode, file))
  );
}

/** The inode number of a file; null: it cannot be read. */
export function inodeOfFile(path: string): number | null {
  try {
    return statSync(path).ino;
  } catch {
    return null;
  }
}
