import { existsSync, readFileSync } from 'node:fs';
import { lazilyFor } from '../../../flow/lazily.ts';
import type { FrozenCgroup } from '../../../model/machine/system-facts.ts';
import { type Mount, mountsOf } from '../mounts.ts';
import { errnoOf, isGone } from '../proc/proc.ts';
import type { MountView } from '../workloads/cgroup-mounts.ts';
import { cgroupLine } from '../workloads/cgroup-path.ts';
import { managerOf } from './cgroup-manager.ts';

/**
 * Whether the freezer holds a process, by its /proc/PID/cgroup: the cgroup that is frozen; null: none is; `unknown`:
 * that cannot be seen from here.
 */
export type Freezer = (cgroups: Buffer) => FrozenCgroup | 'unknown' | null;

/** A version of cgroups: where it says what is frozen (cgroups(7), cgroup-v2.rst). */
interface Version {
  readonly number: FrozenCgroup['version'];
  isMount(mount: Mount): boolean;
  /** Whether a line of /proc/PID/cgroup is that of its hierarchy. */
  isLine(id: string, controllers: string): boolean;
  /** Says whether all processes of a cgroup are frozen, by its own setting or that of one above. */
  readonly stateFile: string;
  isFrozen(state: string): boolean;
  /** Says whether the cgroup's own setting freezes it. */
  readonly settingFile: string;
}

const versions: readonly Version[] = [
  {
    number: 2,
    isMount: ({ filesystem }) => filesystem === 'cgroup2',
    isLine: (id) => id === '0',
    stateFile: 'cgroup.events',
    isFrozen: (state) => /^frozen 1$/m.test(state),
    settingFile: 'cgroup.freeze',
  },
  {
    number: 1,
    isMount: ({ filesystem, options }) =>
      filesystem === 'cgroup' && options.split(',').includes('freezer'),
    isLine: (_, controllers) => controllers.split(',').includes('freezer'),
    stateFile: 'freezer.state',
    isFrozen: (state) => state.trim() === 'FROZEN',
    settingFile: 'freezer.self_freezing',
  },
];

/** Finds what is frozen, in the first of these views that has cgroups; null: there are no cgroups that can be. */
export function cgroupFreezer(views: readonly MountView[]): Freezer | null {
  const hierarchies = versions.flatMap((version) => {
    const mounts = mountsIn(version, views);
    return mounts === null ? [] : [{ version, holderAt: holderFinder(version, mounts) }];
  });
  if (hierarchies.length === 0) return null;
  return (cgroups) => {
    let isUnknown = false;
    for (const line of cgroups.toString('latin1').split('\n')) {
      const [, id = '', controllers = '', path] = cgroupLine.exec(line) ?? [];
      if (path === undefined) continue;
      for (const { version, holderAt } of hierarchies) {
        if (!version.isLine(id, controllers)) continue;
        const holder = holderAt(path);
        if (holder === 'unknown') isUnknown = true;
        else if (holder !== null) return holder;
      }
    }
    return isUnknown ? 'unknown' : null;
  };
}

/** A mounted hierarchy, or a part of it; bytes as Latin-1. */
interface CgroupMount {
  readonly folder: string;
  /** The path of the cgroup that is mounted there. */
  readonly top: string;
}

/** Where a version's hierarchy can be looked at: nowhere if that is empty; null: it is not mounted. */
function mountsIn(version: Version, views: readonly MountView[]): readonly CgroupMount[] | null {
  let isMounted = false;
  for (const { mountInfo, root } of views) {
    const listed = mountsOf(mountInfo).filter((mount) => version.isMount(mount));
    isMounted ||= listed.length > 0;
    const mounts = listed
      .map(({ path, top }) => ({ folder: bytesOf(root + path), top: bytesOf(top) }))
      // Another mount may cover it, or the process's root be closed to us.
      .filter(({ folder }) => isThere(`${folder}/cgroup.procs`));
    if (mounts.length > 0) return mounts;
  }
  return isMounted ? [] : null;
}

/** Finds the frozen cgroup of a path; each path is examined once. */
function holderFinder(version: Version, mounts: readonly CgroupMount[]) {
  const isFrozenAt = lazilyFor((folder: string) => {
    const state = textAt(`${folder}/${version.stateFile}`);
    return state === 'unknown' ? state : version.isFrozen(state);
  });
  return lazilyFor((path: string): ReturnType<Freezer> => {
    for (const { folder, top } of mounts) {
      const below = pathBelow(top, path);
      if (below === null) continue;
      const isFrozen = isFrozenAt(folder + below);
      if (isFrozen === 'unknown') return 'unknown';
      return isFrozen ? frozenCgroup(version, folder, top, below) : null;
    }
    return 'unknown';
  });
}

/** The innermost cgroup whose own setting freezes the one at `below`; that one itself if none can be seen. */
function frozenCgroup(version: Version, folder: string, top: string, below: string): FrozenCgroup {
  const names = below.split('/');
  const chain = names.map((_, above) => names.slice(0, names.length - above).join('/'));
  const holder =
    chain.find((one) => textAt(`${folder}${one}/${version.settingFile}`).trim() === '1') ?? below;
  const path = textOf(`${top === '/' ? '' : top}${holder}`) || '/';
  return {
    ...{ version: version.number, folder: textOf(folder + holder) },
    ...{ path, manager: managerOf(path) },
  };
}

/** The rest of a path below the mounted cgroup, empty or beginning with `/`; null: it is elsewhere. */
function pathBelow(top: string, path: string): string | null {
  const start = top === '/' ? '' : top;
  // Outside of the reader's own cgroup namespace.
  if (/^\/\.\.(?:\/|$)/.test(path.slice(start.length))) return null;
  if (path === top) return '';
  return path.startsWith(`${start}/`) ? path.slice(start.length) : null;
}

/** The content of a file; empty if there is none, as at the top, which cannot be frozen. */
function textAt(path: string): string {
  try {
    return readFileSync(Buffer.from(path, 'latin1'), 'latin1');
  } catch (error) {
    return isGone(errnoOf(error)) ? '' : 'unknown';
  }
}

function isThere(path: string): boolean {
  try {
    return existsSync(Buffer.from(path, 'latin1'));
  } catch {
    return false;
  }
}

function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function textOf(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
