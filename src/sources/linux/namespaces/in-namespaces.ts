import { readFileSync } from 'node:fs';
import { isNetstatError, NetstatError } from '../../../errors.ts';
import type { NetnsAsked } from '../../../model/listing.ts';
import { type InNetns, type Netns, netnsText } from '../../../model/netns.ts';
import type { Socket } from '../../../model/socket.ts';
import { onceEach } from '../../once-each.ts';
import type { Batches, SocketQuery, WarningSink } from '../../source.ts';
import { type FindPlaces, keyOfPlace, type ListenPlace, ownPlace } from '../closings/closings.ts';
import { isProcfs } from '../proc/kernel-files.ts';
import { isWholeProc, ownProc } from '../proc/net-place.ts';
import type { Proc } from '../proc/proc.ts';
import { type KnownSockets, knownSockets } from '../sockets/dedupe.ts';
import { hiddenNamespaces, missingNamespaces } from '../warnings.ts';
import { namespaceAsked, unknownNamespace } from './asked.ts';
import {
  type FoundNamespaces,
  findNamespaces,
  inOrder,
  isThere,
  type Namespace,
  netnsPlace,
} from './find-namespaces.ts';
import { isMadeUp } from './held.ts';
import { type Door, type Inside, startInside } from './inside.ts';
import {
  idleSocket,
  type NotEntered,
  namespaceProc,
  type OtherWays,
  type Refused,
  threadOf,
} from './namespace-proc.ts';

/** A network namespace to be read. */
export interface Place {
  /** The /proc whose `net/` has its tables. */
  readonly proc: Proc;
  readonly netns: Netns;
  /** It is the namespace that is read by default. */
  readonly isBase: boolean;
  /** Opens a socket for its messages of destroyed sockets, as `Libc.openDestroyed`; null: not possible. */
  readonly listen: ((groups: number, room: number) => number) | null;
  /** Runs a program there; null: not possible, as that takes a thread inside. */
  readonly run: ((command: readonly string[], limit: number) => Promise<Buffer | null>) | null;
}

/** The machine that has the namespaces. */
export interface Machine {
  readonly proc: Proc;
  /**
   * The workload in each of several groups of processes, as one word; null: none that has a name. It names
   * namespaces without a name in `ip netns`.
   */
  labels(places: readonly (readonly number[])[]): Promise<readonly (string | null)[]>;
}

/** Reads something of one namespace; `begin` as in `readingOf`. */
export type ReadPlace<T> = (place: Place, warnings: WarningSink, begin: () => void) => Batches<T>;

/**
 * Reads namespaces one after another: the first of `reads` for every namespace, then the next. If reading fails in
 * the base or the named namespace, that is thrown after all other rows; in others it causes a warning.
 * @throws NetstatError `usage` if there is none of that name, `unsupported` if this /proc shows none
 */
async function* inNamespaces<T extends InNetns>(
  base: Machine,
  asked: NetnsAsked,
  reads: readonly ReadPlace<T>[],
  warnings: WarningSink,
  begin: () => void,
): Batches<T> {
  const { root } = base.proc;
  const sink = onceEach(warnings);
  const visit = await startVisit(base, asked, sink);
  let failed: NetstatError | null = null;
  const missing = new Map<Namespace, string>();
  const left = new Set(visit.namespaces);
  try {
    for (const read of reads) {
      for (const namespace of left) {
        await base.proc.pause?.();
        const isWanted = namespace.isBase || asked !== 'all';
        const opened = visit.open(namespace);
        if ('refusal' in opened) {
          left.delete(namespace);
          if (isWanted) throw unreadable(namespace, opened.refusal);
          if (!opened.hasEnded && isThere(root, namespace)) {
            missing.set(namespace, opened.refusal);
          }
          continue;
        }
        try {
          yield* read(opened, sink, begin);
        } catch (error) {
          if (!isNetstatError(error)) throw error;
          left.delete(namespace);
          if (isWanted) failed ??= error;
          else if (!isSame(error, failed) && isThere(root, namespace)) {
            // If the namespace has ended it is not missing, as with a process that has ended.
            missing.set(namespace, error.summary);
          }
        }
      }
    }
  } finally {
    visit.end();
  }
  if (missing.size > 0) warnings.warn(missingNamespaces(reasonsOf(missing), visit.mayBeShown));
  if (failed !== null) throw failed;
}

/** What the kernel lacks is missing in every namespace. */
function isSame(error: NetstatError, failed: NetstatError | null): boolean {
  return error.code === 'unsupported' && failed?.code === 'unsupported';
}

/**
 * The sockets of namespaces: the Internet tables of each, then the UNIX tables, in the order of netstat's sections.
 */
export function socketsInNamespaces(
  base: Machine,
  asked: NetnsAsked,
  query: SocketQuery,
  sockets: (
    proc: Proc,
    query: SocketQuery,
    warnings: WarningSink,
    begin: () => void,
    known: KnownSockets,
  ) => Batches<Socket>,
  warnings: WarningSink,
  begin: () => void,
): Batches<Socket> {
  const known = knownSockets();
  const inet = query.protocols.filter((protocol) => protocol !== 'unix');
  const unix = query.protocols.filter((protocol) => protocol === 'unix');
  const reads = [inet, unix]
    .filter((protocols) => protocols.length > 0)
    .map(
      (protocols): ReadPlace<Socket> =>
        ({ proc, netns }, sink, begin) => {
          // The first to see a row: filters may need its namespace.
          const keep = (socket: Socket) => query.keep(inNetns(socket, netns));
          return sockets(
            proc,
            { ...query, protocols, keep, packed: undefined },
            sink,
            begin,
            known,
          );
        },
    );
  return inNamespaces(base, asked, reads, warnings, begin);
}

/**
 * As `Source.unixPeers`, for every namespace: connections may lead from one to another. null if none of them answers.
 */
export async function unixPeersInNamespaces(
  base: Machine,
  asked: NetnsAsked,
  warnings: WarningSink,
  peersIn: (proc: Proc, warnings: WarningSink) => ReadonlyMap<number, number> | null,
): Promise<ReadonlyMap<number, number> | null> {
  const all = new Map<number, number>();
  let isAnswered = false;
  // Missing namespaces are reported when sockets are read.
  const sink = onceEach(warnings);
  const visit = await startVisit(base, asked, { warn: () => {} });
  try {
    for (const namespace of visit.namespaces) {
      const place = visit.open(namespace);
      const peers = 'refusal' in place ? null : peersIn(place.proc, sink);
      if (peers !== null) isAnswered = true;
      for (const [inode, peer] of peers ?? []) all.set(inode, peer);
    }
  } finally {
    visit.end();
  }
  return isAnswered ? all : null;
}

/**
 * Where messages of destroyed sockets can be received: the base, and every other namespace that can be entered.
 * `end` stops the thread, once the sockets are open.
 */
export async function placesToListen(base: Machine, asked: NetnsAsked): ReturnType<FindPlaces> {
  // Missing namespaces are reported when sockets are read.
  const visit = await startVisit(base, asked, { warn: () => {} });
  const places = visit.namespaces.flatMap((namespace): readonly ListenPlace[] => {
    const { netns, isBase } = namespace;
    if (isBase) return [ownPlace(netns)];
    const open = (groups: number, room: number) => {
      const place = visit.open(namespace);
      const listen = 'refusal' in place ? null : place.listen;
      return listen === null ? notPermitted : listen(groups, room);
    };
    return [{ key: keyOfPlace(netns), netns, open: (_, groups, room) => open(groups, room) }];
  });
  return { places, end: visit.end };
}

/** EPERM of <errno.h>, negated. */
const notPermitted = -1;

/** Any other report of namespaces; `reads` as in `inNamespaces`. */
export function rowsInNamespaces<T extends InNetns>(
  base: Machine,
  asked: NetnsAsked,
  reads: readonly ReadPlace<T>[],
  warnings: WarningSink,
  begin: () => void,
): Batches<T> {
  const marked = reads.map(
    (read): ReadPlace<T> =>
      async function* (place, sink, begin) {
        for await (const batch of read(place, sink, begin)) {
          for (const row of batch) inNetns(row, place.netns);
          yield batch;
        }
      },
  );
  return inNamespaces(base, asked, marked, warnings, begin);
}

/** Changes the row itself, which no other code has seen yet. */
function inNetns<T extends InNetns>(row: T, netns: Netns): T {
  (row as { netns?: Netns }).netns = netns;
  return row;
}

/** Namespaces about to be read. */
interface Visit {
  readonly namespaces: readonly Namespace[];
  /** A missing namespace may be among those that are shown, without its name. */
  readonly mayBeShown: boolean;
  open(namespace: Namespace): Place | Refused;
  end(): void;
}

async function startVisit(
  { proc, labels }: Machine,
  asked: NetnsAsked,
  warnings: WarningSink,
): Promise<Visit> {
  if (asked === 'own') return visitOf(proc, [netnsPlace(proc).base()], 'elsewhere', null);
  requireProcesses(proc);
  // Another machine's /proc is only read.
  const isOwn = proc.isOwn && proc.root === ownProc;
  const starting = isOwn ? (mayEnter() ? startInside() : 'rights') : 'elsewhere';
  // Processes are scanned while the thread starts.
  const every = asked === 'all' ? attempt(() => findNamespaces(proc)) : null;
  const started: Inside | NotEntered = await starting;
  const inside = threadOf(started);
  const canEnter = (door: Door) => inside !== null && inside.enter(door) >= 0;
  let found: FoundNamespaces;
  try {
    found =
      every === null
        ? await namespaceNamed(proc, (asked as { name: string }).name, canEnter, labels)
        : await withLabels(every(), labels);
  } catch (error) {
    inside?.end();
    throw error;
  }
  if (asked === 'all' && found.areSomeHidden) warnings.warn(hiddenNamespaces(proc.root));
  return visitOf(proc, found.namespaces, started, found);
}

/** Runs a task now; the returned function returns its result or throws its error. */
function attempt<T>(task: () => T): () => T {
  try {
    const value = task();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** Every network namespace, as `findNamespaces` finds them, with names. */
export async function namedNamespaces({ proc, labels }: Machine): Promise<FoundNamespaces> {
  return withLabels(findNamespaces(proc), labels);
}

/** Names namespaces that have no name given by people after the workload in them. */
async function withLabels(
  found: FoundNamespaces,
  labels: Machine['labels'],
): Promise<FoundNamespaces> {
  const unnamed = found.namespaces.filter(
    ({ netns: { name }, isBase, pids }) =>
      !isBase && pids.length > 0 && (name === null || isMadeUp(name)),
  );
  const workloads = await labels(unnamed.map(({ pids }) => pids));
  const known = new Map(unnamed.map((one, i) => [one, workloads[i] ?? null]));
  const namespaces = found.namespaces.map((one): Namespace => {
    const name = known.get(one) ?? null;
    return name === null ? one : { ...one, netns: { ...one.netns, name } };
  });
  return { ...found, namespaces: namespaces.sort(inOrder) };
}

/** The namespace with this name: as in `namespaceAsked`, else by its workload. */
async function namespaceNamed(
  proc: Proc,
  name: string,
  canEnter: (door: Door) => boolean,
  labels: Machine['labels'],
): Promise<FoundNamespaces> {
  try {
    return await withLabels(namespaceAsked(proc, name, canEnter), labels);
  } catch (error) {
    if (!isNetstatError(error) || error.code !== 'usage') throw error;
    const found = await namedNamespaces({ proc, labels });
    const called = found.namespaces.filter(({ netns }) => netns.name === name);
    const namespaces = called.length > 0 ? called : await homesOf(name, found, labels);
    if (namespaces.length > 0) return { ...found, namespaces };
    // A pod's name contains a slash, but is not a path.
    throw name.includes('/') && !isLabel.test(name)
      ? error
      : unknownNamespace(name, found.namespaces);
  }
}

/** The prefix that `workloadLabel` puts before a name. */
const isLabel = /^[a-z]+:/;

/** The namespaces of a workload's processes, which other processes may share. */
async function homesOf(
  label: string,
  { namespaces }: FoundNamespaces,
  labels: Machine['labels'],
): Promise<readonly Namespace[]> {
  const residents = namespaces.flatMap((home) => home.pids.map((pid) => ({ home, pid })));
  const workloads = await labels(residents.map(({ pid }) => [pid]));
  return [...new Set(residents.flatMap(({ home }, i) => (workloads[i] === label ? home : [])))];
}

function visitOf(
  base: Proc,
  namespaces: readonly Namespace[],
  started: Inside | NotEntered,
  found: { readonly areSomeNumberless: boolean } | null,
): Visit {
  const inside = threadOf(started);
  const ways: OtherWays = { inside: started, unanswered: new Set(), idle: idleSocket() };
  const opened = new Map<Namespace, ReturnType<Visit['open']>>();
  const open = (namespace: Namespace): ReturnType<Visit['open']> => {
    const { netns, isBase } = namespace;
    if (isBase) return { proc: base, netns, isBase, run: null, listen: null };
    const way = namespaceProc(base, namespace, ways);
    if ('refusal' in way) return way;
    const { proc, door } = way;
    const listen =
      inside === null || door === null
        ? null
        : (groups: number, room: number) => inside.openDestroyed(door, groups, room);
    return { proc, netns, isBase, run: runner(inside, door), listen };
  };
  return {
    namespaces,
    mayBeShown: found?.areSomeNumberless === true,
    open(namespace) {
      const place = opened.get(namespace) ?? open(namespace);
      opened.set(namespace, place);
      return place;
    },
    end() {
      ways.idle.drop();
      inside?.end();
    },
  };
}

function runner(inside: Inside | null, door: Door | null): Place['run'] {
  if (inside === null || door === null) return null;
  return (command, limit) => inside.run(door, command, limit);
}

/** The bit of CAP_SYS_ADMIN, which setns(2) requires, in the set of <linux/capability.h>. */
const sysAdmin = 1n << 21n;

/** Whether it makes sense to start a thread that enters namespaces. */
function mayEnter(): boolean {
  try {
    const [, set] =
      /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
    return set !== undefined && (BigInt(`0x${set}`) & sysAdmin) !== 0n;
  } catch {
    return false;
  }
}

/** @throws NetstatError if the processes of `base` do not show their network namespaces */
function requireProcesses({ root }: Proc): void {
  if (isProcfs(root) === true && isWholeProc(root)) return;
  const what =
    isProcfs(root) === true ? "one process's folder" : 'captured, or not mounted as a /proc';
  throw new NetstatError(
    'unsupported',
    `--all-netns, --netns: ${root}: ${what}; only a mounted /proc shows other network namespaces`,
    { path: root },
  );
}

function unreadable({ netns }: Namespace, refusal: string): NetstatError {
  return new NetstatError(
    'unreadable',
    `--netns: ${netnsText(netns)}: the network namespace cannot be read: ${refusal}`,
    { path: 'netns' },
  );
}

/** Groups namespaces by the reason why they are missing. */
function reasonsOf(
  missing: ReadonlyMap<Namespace, string>,
): ReadonlyMap<string, readonly string[]> {
  const reasons = new Map<string, string[]>();
  for (const [{ netns }, reason] of missing) {
    const names = reasons.get(reason) ?? [];
    reasons.set(reason, names);
    names.push(netnsText(netns));
  }
  return reasons;
}
