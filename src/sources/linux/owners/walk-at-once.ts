import { errnoOf, isForbidden, type Proc, type Task } from '../proc/proc.ts';
import { ringSockets } from './process-sockets.ts';
import {
  descriptorCollector,
  type HeldSockets,
  noDescriptor,
  type OtherDescriptor,
  type SocketDescriptors,
  type WalkDepth,
} from './socket-descriptors.ts';
import { countError, nothingUnseen, type Unseen } from './unseen-processes.ts';
import type { WalkShare } from './walk-share.ts';

/** So many looks at single files are as long as a slice of a walk. */
const looksAtOnce = 1024;

/**
 * A walk through processes as the kernel tells it at once; null where it does not, and they are to be looked at one by
 * one. What it tells of a process that /proc would not let this user look into does not count, and such processes are
 * counted as a walk counts them, which ends with the last socket that is wanted. `wanted`: these sockets alone;
 * null: all. `areFew`: as AskHeld has it.
 */
export async function walkAtOnce(
  proc: Proc,
  pids: readonly number[],
  depth: WalkDepth,
  wanted: ReadonlySet<number> | null,
  areFew = false,
): Promise<WalkShare | null> {
  const held = (await proc.heldSockets?.()?.(depth, wanted, areFew)) ?? null;
  if (held === null) return null;
  const done = wanted === null ? null : await allFound(proc, pids, held.sockets, wanted);
  if (done !== null) return done;
  const unseen = nothingUnseen();
  const seen = await seenOf(proc, pids, unseen);
  const rings = await inRings(proc, held, seen, unseen);
  const isPlain = wanted === null && rings.length === 0;
  const found =
    isPlain && areAllSeen(held.sockets, seen)
      ? held.sockets
      : chosenOf(held.sockets, seen, wanted, rings);
  return { found, walked: pids.length, unseen, isAtOnce: true };
}

/**
 * A search that ends because each wanted socket has a holder whom this user may look into; null where one has none.
 * No other process is looked at then.
 */
async function allFound(
  proc: Proc,
  pids: readonly number[],
  sockets: SocketDescriptors,
  wanted: ReadonlySet<number>,
): Promise<WalkShare | null> {
  const holders = new Set<number>();
  for (let i = 0; i < sockets.length; i++) {
    if (wanted.has(sockets.inodes[i] as number)) holders.add(sockets.pids[i] as number);
  }
  const unseen = nothingUnseen();
  const seen = await seenOf(
    proc,
    pids.filter((pid) => holders.has(pid)),
    unseen,
  );
  const found = chosenOf(sockets, seen, wanted, []);
  const inodes = new Set(found.inodes.subarray(0, found.length));
  return inodes.size < wanted.size ? null : { found, walked: pids.length, unseen, isAtOnce: true };
}

/** A process and the inode of a socket that it holds without a descriptor. */
type Held = readonly [pid: number, inode: number];

async function inRings(
  proc: Proc,
  { others }: HeldSockets,
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

/** Whether every holder is one of these; they come process by process. */
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
 * Those processes whose descriptors this user may look at: who may read where a process's `exe` leads may read where its
 * descriptors do (fs/proc/base.c, proc_fd_access_allowed).
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
      // A process without a program may have threads that go on, and the kernel's own have none.
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
