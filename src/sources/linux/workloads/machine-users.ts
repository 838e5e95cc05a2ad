import { lazily } from '../../../flow/lazily.ts';
import type { Proc } from '../proc/proc.ts';
import { seesWholeTree } from './whole-tree.ts';

/** A user as the names of cgroups have them, by the UID that files and processes show here; null: not known. */
export type MachineUser = (uid: number | null) => number | null;

/** A line of /proc/PID/uid_map (user_namespaces(7)): UIDs inside, from which UID outside, and how many. */
const mapping = /^\s*(\d+)\s+(\d+)\s+(\d+)\s*$/;

/** Parses a /proc/PID/uid_map: the UID outside of a user namespace of one inside; null: it has none there. */
export function parseUidMap(text: string): (uid: number) => number | null {
  const ranges = text.split('\n').flatMap((line) => {
    const [, inside, outside, count] = mapping.exec(line) ?? [];
    return inside === undefined ? [] : [[inside, outside, count].map(Number)];
  });
  return (uid) => {
    for (const [inside = 0, outside = 0, count = 0] of ranges) {
      if (uid >= inside && uid < inside + count) return outside + uid - inside;
    }
    return null;
  };
}

/**
 * The machine's UIDs. In a user namespace that still shows the machine's cgroups, as `podman unshare` makes, UIDs are
 * others than those in the names of cgroups: the user's own is 0.
 */
export function machineUsers(proc: Proc): MachineUser {
  const isOwn = proc.isLive && proc.isOwn;
  const outside = lazily(() => {
    if (!isOwn || !seesWholeTree(proc)()) return null;
    try {
      return parseUidMap(proc.readFile('self/uid_map').toString('latin1'));
    } catch {
      return null;
    }
  });
  return (uid) => {
    const map = outside();
    return uid === null || map === null ? uid : map(uid);
  };
}
