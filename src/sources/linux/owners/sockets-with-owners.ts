import { deferFailure } from '../../../flow/defer-failure.ts';
import { inStage } from '../../../flow/stages.ts';
import { emptyOwners, noFd, noOwners } from '../../../model/packed/owners.ts';
import {
  asBatch,
  type PackedSockets,
  packIn,
  type WritablePack,
} from '../../../model/packed/sockets.ts';
import { type NoOwner, type Owner, ownerWith } from '../../../model/socket/owner.ts';
import type { Socket } from '../../../model/socket/socket.ts';
import type { Writable } from '../../../model/writable.ts';
import { type ReadRows, readingOf } from '../../reading.ts';
import type { Batches, OwnerQuery, WarningSink } from '../../source.ts';
import type { Proc } from '../proc/proc.ts';
import {
  fewSockets,
  lookupOfTable,
  type OwnerLookup,
  ownerLookup,
  walkedLookup,
  walkedTable,
} from './owner-lookup.ts';
import type { OwnerMemory, OwnerTable } from './owner-memory.ts';
import {
  deniedWarning,
  failedWarning,
  nothingUnseen,
  sumOf,
  type Unseen,
} from './unseen-processes.ts';

/** Rows per batch, for those that were kept. */
const batchRows = 256;

/**
 * Returns the sockets of `rows` with their owners, which are written into the rows themselves. For few sockets,
 * processes are searched until the last owner is found. For many, all processes are walked once, by several threads,
 * before the rest of the rows is read; these then get their owners as they pass.
 */
export async function* socketsWithOwners(
  machine: Proc,
  rows: ReadRows<Socket>,
  owners: OwnerQuery,
  warnings: WarningSink,
  memory: OwnerMemory,
  begin: () => void,
): Batches<Socket> {
  const proc = noting(machine, warnings);
  const reading = readingOf(rows);
  await reading.begun();
  const all = deferFailure(reading.batches);
  const { walked } = memory;
  if (walked !== null && owners.depth === 'first') {
    yield* refreshOwners(proc, all.batches, walked, owners, warnings, memory);
    begin();
    all.rethrow();
    return;
  }
  const batches = all.batches[Symbol.asyncIterator]();
  try {
    const read: Socket[] = [];
    let next = await batches.next();
    // Packed rows come from a big table, and are valid only until the next batch.
    let pack = next.done === true ? null : packIn(next.value);
    while (!next.done && pack === null) {
      for (const socket of next.value) read.push(socket);
      if (read.length >= fewSockets) break;
      next = await batches.next();
      pack = next.done === true ? null : packIn(next.value);
    }
    const find = next.done ? ownerLookup : walkedLookup;
    const lookup = await inStage(proc.stages, 'owners', () => find(proc, read, owners, memory));
    const { attach, warnOfMissing } = attacher(proc, lookup);
    begin();
    while (read.length > 0) yield attach(read.splice(0, batchRows));
    if (pack !== null) yield attach(asBatch(pack));
    while (!next.done) {
      next = await batches.next();
      if (!next.done) yield attach(next.value);
    }
    warnOfMissing(owners, warnings);
    all.rethrow();
  } finally {
    await batches.return?.();
  }
}

const reportedByKernel = 'owners: reported by the kernel for all processes at once (bpf)';

/** The same /proc, but adds a note (shown with -v) when the kernel reports owners. */
function noting(proc: Proc, warnings: WarningSink): Proc {
  const { ownersAtOnce } = proc;
  if (ownersAtOnce === undefined || warnings.note === undefined) return proc;
  return {
    ...proc,
    ownersAtOnce() {
      const ask = ownersAtOnce();
      if (ask === null) return null;
      return async (...asked) => {
        const found = await ask(...asked);
        if (found !== null) warnings.note?.(reportedByKernel);
        return found;
      };
    },
  };
}

/**
 * A later round of a listing of many sockets: each row's owner is checked by reading the link of its descriptor.
 * Processes are walked again at the first row whose owner changed, or at once if the kernel can report what all
 * processes hold.
 */
async function* refreshOwners(
  proc: Proc,
  batches: Batches<Socket>,
  walked: OwnerTable,
  owners: OwnerQuery,
  warnings: WarningSink,
  memory: OwnerMemory,
): Batches<Socket> {
  let isFresh = false;
  let rows = 0;
  memory.unowned.beginRound();
  const { use, attach, warnOfMissing } = attacher(proc, lookupOfTable(proc, walked));
  for await (const chosen of batches) {
    rows += chosen.length;
    if (!isFresh && (walked.isCheap || !isStillTrue(proc, walked, chosen))) {
      isFresh = true;
      const walk = () => walkedTable(proc, inodesOf(chosen), memory);
      use(lookupOfTable(proc, await inStage(proc.stages, 'owners', walk)));
    }
    yield attach(chosen);
  }
  // For few rows there is a search, which ends early.
  if (rows < fewSockets) memory.walked = null;
  warnOfMissing(owners, warnings);
}

/** The inodes of rows that have one. */
function* inodesOf(batch: readonly Socket[]): Generator<number> {
  const pack = packIn(batch);
  for (let row = 0; row < batch.length; row++) {
    const inode = pack === null ? (batch[row] as Socket).inode : (pack.inodes[row] as number);
    if (inode !== null && inode !== 0) yield inode;
  }
}

/** Whether the owners of all these rows can be shown again. */
function isStillTrue(proc: Proc, walked: OwnerTable, batch: readonly Socket[]): boolean {
  for (const inode of inodesOf(batch)) if (!walked.isStillTrue(proc, inode)) return false;
  return true;
}

/** The fields that are written into a row. */
type OwnerFields = Writable<Pick<Socket, 'owners' | 'noOwner'>>;

const nobody: readonly Owner[] = [];

/** Writes owners, or the reason for having none, into rows that no other code has seen yet. */
interface Attacher {
  /** Takes owners from another lookup from now on. */
  use(lookup: OwnerLookup): void;
  attach<T extends Socket>(sockets: readonly T[]): readonly T[];
  /** Warns of sockets whose owners could not be found, or lets the caller do so. */
  warnOfMissing(asked: OwnerQuery, warnings: WarningSink): void;
}

/** Returns an attacher that uses the lookup `first`. */
function attacher(proc: Proc, first: OwnerLookup): Attacher {
  let lookup = first;
  const lookups = [first];
  let packed: PackAttacher | null = null;
  let missing = 0;
  return {
    use(other) {
      lookup = other;
      lookups.push(other);
    },
    attach(sockets) {
      const pack = packIn(sockets);
      if (pack !== null) {
        packed ??= packedOwners();
        missing += packed.attach(pack, lookup);
        return sockets;
      }
      for (const socket of sockets) {
        const fields = socket as OwnerFields;
        // The table's reader knows that the inode is not this socket's.
        const isDoubtful = fields.noOwner !== null;
        const owners =
          isDoubtful || socket.inode === null ? undefined : lookup.ownersOf(socket.inode);
        fields.owners = owners ?? nobody;
        if (isDoubtful || owners !== undefined) continue;
        fields.noOwner = reasonFor(socket.inode, socket.state, lookup.unseen);
        if (fields.noOwner === 'denied') missing++;
      }
      return sockets;
    },
    warnOfMissing({ onHidden }, warnings) {
      // The lookups searched for the same owners: the worst result counts, not the sum.
      const unseen = lookups.map((one) => one.unseen).reduce(worse, nothingUnseen());
      const warningFor = (sockets: number) => deniedWarning(proc, unseen, sockets);
      if (missing > 0) {
        if (onHidden === undefined) warnings.warn(warningFor(missing));
        else onHidden(warningFor);
      }
      const failed = sumOf([unseen, ...lookups.map(({ unnamed }) => unnamed)]);
      if (failed.failed > 0) warnings.warn(failedWarning(proc, failed));
    },
  };
}

/** Writes owners into packs. */
interface PackAttacher {
  /** Returns how many rows lack an owner because access was denied. */
  attach(pack: PackedSockets, lookup: OwnerLookup): number;
}

function packedOwners(): PackAttacher {
  const known: (readonly Owner[])[] = [nobody];
  const add = (list: readonly Owner[]) => known.push(list) - 1;
  const places = new Map<readonly Owner[], number>();
  /** By PID, for processes that are a socket's only owner: a list without a descriptor. */
  const placesAlone = new Map<number, number>();
  let packed = emptyOwners(0, known);

  function placeOf(owners: readonly Owner[]): number {
    const place = places.get(owners) ?? add(owners);
    places.set(owners, place);
    return place;
  }

  function placeAlone(owner: Owner): number {
    const place = placesAlone.get(owner.pid) ?? add([ownerWith(owner, null)]);
    placesAlone.set(owner.pid, place);
    return place;
  }

  /** Writes a row's owners. Returns whether there are any. */
  function writeOwners(row: number, owners: readonly Owner[] | undefined): boolean {
    const [first] = owners ?? [];
    // A list with a descriptor belongs to one socket, so it is split into process and descriptor.
    const isAlone = owners?.length === 1 && first !== undefined && first.fd !== null;
    packed.fds[row] = isAlone ? (first.fd as number) : noFd;
    if (isAlone) packed.lists[row] = placeAlone(first);
    else packed.lists[row] = owners === undefined ? 0 : placeOf(owners);
    return owners !== undefined;
  }

  return {
    attach(pack, lookup) {
      const { length, inodes, states, table } = pack;
      if (packed.lists.length < inodes.length) packed = emptyOwners(inodes.length, known);
      let missing = 0;
      for (let row = 0; row < length; row++) {
        const inode = inodes[row] as number;
        packed.reasons[row] = 0;
        if (writeOwners(row, inode === 0 ? undefined : lookup.ownersOf(inode))) continue;
        const state = table.stateOf(states[row] as number);
        const reason = reasonFor(inode === 0 ? null : inode, state, lookup.unseen);
        packed.reasons[row] = noOwners.indexOf(reason);
        if (reason === 'denied') missing++;
      }
      (pack as WritablePack).owners = packed;
      return missing;
    },
  };
}

function worse(a: Unseen, b: Unseen): Unseen {
  const most = b.denied > a.denied || b.hidden ? b : a;
  const failed = b.failed > a.failed ? b : a;
  return { ...most, failed: failed.failed, error: failed.error };
}

/** States of sockets that have no peer which could outlive the program. */
const lasting: ReadonlySet<string | null> = new Set(['LISTEN', 'UNCONN', 'LISTENING']);

/**
 * Returns why a socket has no owner. It cannot be known that it is the kernel's own: its descriptor may be in transit
 * between two processes, or it may be registered with an io_uring that has no descriptor.
 */
function reasonFor(
  inode: number | null,
  state: Socket['state'],
  { denied, hidden }: Unseen,
): NoOwner {
  if (inode === null && !lasting.has(state)) return 'none';
  return denied > 0 || hidden ? 'denied' : 'unknown';
}
