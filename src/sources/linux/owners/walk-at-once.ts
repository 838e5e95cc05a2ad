import { errnoOf, isForbidden, type Proc, type Task } from '../proc/proc.ts';
import { ringSockets } from './process-sockets.ts';
import {
  descriptorCollector,
  noDescriptor,
  type OtherDescriptor,
  type OwnersAtOnce,
  type SocketDescriptors,
  type WalkDepth,
} from './socket-descriptors.ts';
import { countError, nothingUnseen, type Unseen } from './unseen-processes.ts';
import type { WalkShare } from './walk-share.ts';
import type { WantedSockets } from './wanted-sockets.ts';

/** This many reads of single files take as long as a slice of a walk. */
const looksAtOnce = 1024;

/**
 * Walks all processes by asking the kernel at once; null if it does not answer and they must be looked at one by one.
 * The result is the same as that of a walk: processes that this user may not look at in /proc are left out and counted
 * in `unseen`; a search for one owner each ends with the last wanted socket. `wanted`: only these sockets; null: all.
 * `onlyFitting`: as in AskOwnersAtOnce.
 */
export async function walkAtOnce(
  proc: Proc,
  pids: readonly number[],
  depth: WalkDepth,
  wanted: WantedSockets | null,
  onlyFitting = false,
): Promise<WalkShare | null> {
  const reported = (await proc.ownersAtOnce?.()?.(depth, wanted, onlyFitting)) ?? null;
  if (reported === null) return null;
  if (depth === 'netstat' && wanted !== null) {
    const done = await allFound(proc, pids, reported.sockets, wanted);
    if (done !== null) return done;
  }
  const unseen = nothingUnseen();
  const seen = await seenOf(proc, pids, unseen);
  const rings = await inRings(proc, reported, seen, unseen);
  const isPlain = wanted === null && rings.length === 0;
  const found =
    isPlain && areAllSeen(reported.sockets, seen)
      ? reported.sockets
      : chosenOf(reported.sockets, seen, wanted, rings);
  return { found, walked: pids.length, unseen, isAtOnce: true };
}

/**
 * Returns a search's result if every wanted socket has an owner that this user may look at, so that no other process
 * matters; else null.
 */
async function allFound(
  proc: Proc,
  pids: readonly number[],
  sockets: SocketDescriptors,
  wanted: ReadonlySet<number>,
): Promise<WalkShare | null> {
  const owners = new Set<number>();
  for (let i = 0; i < sockets.length; i++) {
    if (wanted.has(sockets.inodes[i] as number)) owners.add(sockets.pids[i] as number);
  }
  const unseen = nothingUnseen();
  const seen = await seenOf(
    proc,
    pids.filter((pid) => owners.has(pid)),
    unseen,
  );
  const found = chosenOf(sockets, seen, wanted, []);
  const inodes = new Set(found.inodes.subarray(0, found.length));
  return inodes.size < wanted.size ? null : { found, walked: pids.length, unseen, isAtOnce: true };
}

/** A socket that a process holds without a descriptor. */
type Held = readonly [pid: number, inode: number];

async function inRings(
  proc: Proc,
  { others }: OwnersAtOnce,
  seen: ReadonlySet<number>,
  unseen: Unseen,
): Promise<readonly Held[]> {
  const found: Held[] = [];
  for (const [at, other] of others.entries()) {
    if (seen.has(other.pid)) {
      for (const inode of ringSockets(proc, taskOf(other), String(other.fd), unseen)) {
        found.push([other.pid, inode]);
      }
    }
    if (at % looksAtOnce === looksAtOnce - 1) await proc.pause?.();
  }
  return found;
}

/** Whether all owners are in `seen`; the records of a process are adjacent. */
function areAllSeen({ pids, length }: SocketDescriptors, seen: ReadonlySet<number>): boolean {
  let last = 0;
  for (let i = 0; i < length; i++) {
    const pid = pids[i] as number;
    if (pid !== last && !seen.has(pid)) return false;
    last = pid;
  }
  return true;
}

function chosenOf(
  { pids, inodes, fds, length }: SocketDescriptors,
  seen: ReadonlySet<number>,
  wanted: ReadonlySet<number> | null,
  rings: readonly Held[],
): SocketDescriptors {
  const found = descriptorCollector();
  for (let i = 0; i < length; i++) {
    const [pid, inode] = [pids[i] as number, inodes[i] as number];
    if (!seen.has(pid) || wanted?.has(inode) === false) continue;
    found.add(pid, inode, fds[i] as number);
  }
  for (const [pid, inode] of rings) found.add(pid, inode, noDescriptor);
  return found.collected();
}

/**
 * Returns the processes whose descriptors this user may look at. A user who can read the link `exe` of a process can
 * also read its descriptors' links (fs/proc/base.c, proc_fd_access_allowed).
 */
async function seenOf(
  proc: Proc,
  pids: readonly number[],
  unseen: Unseen,
): Promise<ReadonlySet<number>> {
  const seen = new Set<number>();
  for (const [at, pid] of pids.entries()) {
    try {
      proc.readLink(pid, 'exe');
      seen.add(pid);
    } catch (error) {
      // Other errors do not matter: the first thread may have ended while others go on; kernel threads have no `exe`.
      if (isForbidden(errnoOf(error))) countError(error, unseen);
      else seen.add(pid);
    }
    if (at % looksAtOnce === looksAtOnce - 1) await proc.pause?.();
  }
  return seen;
}

function taskOf({ pid, tid }: OtherDescriptor): Task {
  return pid === tid ? pid : `${pid}/task/${tid}`;
}
