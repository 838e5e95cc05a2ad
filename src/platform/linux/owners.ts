import type { NoOwner, Owner } from '../../model/owner.js';
import type { Socket } from '../../model/socket.js';
import type { Notes, OwnerQuery } from '../backend.js';
import { errnoOf, isForbidden, type Proc } from './proc.js';
import { executableOf, processNames, seesEveryProcess } from './process.js';

/** What a walk of /proc/PID/fd found. */
export interface Walk {
  /** The owners of each wanted inode that has any, by PID. */
  readonly owners: ReadonlyMap<number, readonly Owner[]>;
  /** Processes whose descriptors may not be looked at. */
  readonly denied: number;
}

/**
 * Finds who holds the sockets whose inodes are `wanted`, by the links in /proc/PID/fd (proc(5):
 * `socket:[inode]`). Links are read, never followed: what they lead to may hang.
 */
export function walkOwners(proc: Proc, wanted: ReadonlySet<number>, query: OwnerQuery): Walk {
  const owners = new Map<number, Owner[]>();
  let denied = 0;
  const everyOwner = query.depth === 'all';
  if (wanted.size === 0) return { owners, denied };

  for (const pid of proc.processIds()) {
    let descriptors: readonly string[];
    try {
      descriptors = proc.descriptors(pid);
    } catch (error) {
      if (isForbidden(errnoOf(error))) denied++;
      continue;
    }
    const owner = ownerMaker(proc, pid, query);
    for (const name of descriptors) {
      const inode = socketInode(proc, pid, name);
      if (inode === 0 || !wanted.has(inode)) continue;
      const known = owners.get(inode);
      if (known === undefined) owners.set(inode, owner.list(name));
      else if (everyOwner && known[known.length - 1]?.pid !== pid) known.push(owner.one(name));
      if (!everyOwner && owners.size === wanted.size) return { owners, denied };
    }
  }
  return { owners, denied };
}

/** Makes one process's entries; reads its names only when it turns out to own something. */
function ownerMaker(proc: Proc, pid: number, query: OwnerQuery) {
  let base: Omit<Owner, 'fd'> | null = null;
  /** Without every owner there are no descriptors to tell apart, so one list serves them all. */
  let shared: Owner[] | null = null;
  const one = (name: string): Owner => {
    if (base === null) {
      const { program, commandLine } = processNames(proc, pid);
      base = {
        pid,
        program,
        commandLine: query.details ? commandLine : null,
        executable: query.details ? executableOf(proc, pid) : null,
      };
    }
    return { ...base, fd: query.depth === 'all' ? Number(name) : null };
  };
  const list = (name: string): Owner[] => {
    if (query.depth === 'all') return [one(name)];
    shared ??= [one(name)];
    return shared;
  };
  return { one, list };
}

/** The inode of the socket that a descriptor is; 0 when it is none, or gone. */
function socketInode(proc: Proc, pid: number, name: string): number {
  let target: string;
  try {
    target = proc.readLink(pid, `fd/${name}`);
  } catch {
    return 0;
  }
  if (!target.startsWith('socket:[')) return 0;
  return Number(target.slice(8, -1)) || 0;
}

/** The same sockets with their owners, or the reason why they have none. */
export function withOwners(
  proc: Proc,
  sockets: readonly Socket[],
  query: OwnerQuery,
  notes: Notes,
): readonly Socket[] {
  const wanted = new Set<number>();
  for (const { inode } of sockets) if (inode !== null) wanted.add(inode);
  const walk = walkOwners(proc, wanted, query);
  const missing = wanted.size - walk.owners.size;
  if (walk.denied > 0 && missing > 0) notes.warn(deniedWarning(proc, walk.denied, missing));
  const reason = reasonFor(proc, walk.denied > 0);
  return sockets.map((socket) => {
    const owners = socket.inode === null ? undefined : walk.owners.get(socket.inode);
    return owners === undefined
      ? { ...socket, owners: nobody, noOwner: reason(socket) }
      : { ...socket, owners, noOwner: null };
  });
}

const nobody: readonly Owner[] = [];

/** Why a socket that the walk found no owner for has none. */
function reasonFor(proc: Proc, denied: boolean): (socket: Socket) => NoOwner {
  let complete: boolean | null = null;
  return (socket) => {
    if (socket.inode === null) return 'none';
    if (denied) return 'denied';
    complete ??= seesEveryProcess(proc);
    // A connection that no process holds was closed while we looked, or is on its way to one.
    const lasting = socket.state === 'LISTEN' || socket.state === 'UNCONN';
    return complete && lasting ? 'kernel' : 'unknown';
  };
}

function deniedWarning(proc: Proc, denied: number, missing: number) {
  return {
    code: 'owners-denied',
    message: `the owners of ${missing === 1 ? '1 socket' : `${missing} sockets`} could not be told: ${denied === 1 ? '1 process' : `${denied} processes`} may not be looked into; root would see them`,
    source: proc.root,
  } as const;
}
