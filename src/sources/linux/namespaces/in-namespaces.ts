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
import { type Door, type Inside, type Outside, startInside } from './inside.ts';
import { idleSocket, namespaceProc, type OtherWays } from './namespace-proc.ts';

/** A network namespace that is read. */
export interface Place {
  /** Its tables are in this one's `net/`. */
  readonly proc: Proc;
  readonly netns: Netns;
  /** It is what would be read if nobody had asked for a namespace. */
  readonly isBase: boolean;
  /** Opens what hears of its destroyed sockets, as `Libc.openDestroyed`; null where that cannot be. */
  readonly listen: ((groups: number, room: number) => number) | null;
  /** Runs a program there; null where that cannot be: only a thread in it could. */
  readonly run: ((command: readonly string[], limit: number) => Promise<Buffer | null>) | null;
}

/** The machine whose namespaces they are. */
export interface Machine {
  readonly proc: Proc;
  /**
   * What lives in places of these processes, in one word each, null: nothing that has a name. So a namespace without
   * a name of `ip netns` is called.
   */
  labels(places: readonly (readonly number[])[]): Promise<readonly (string | null)[]>;
}

/** Reads something of one namespace; `begin` as `readingOf` has it. */
export type ReadPlace<T> = (place: Place, warnings: WarningSink, begin: () => void) => Batches<T>;

/**
 * What is asked of each namespace, one after another: the first of `reads` of every namespace, then the next. In
 * every other than the base, and the one that was named, what cannot be read costs a warning; of those, and what
 * else there is comes first.
 * @throws NetstatError `usage` where there is none of that name, `unsupported` where this /proc tells of none
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
          if (isThere(root, namespace)) missing.set(namespace, opened.refusal);
          continue;
        }
        try {
          yield* read(opened, sink, begin);
        } catch (error) {
          if (!isNetstatError(error)) throw error;
          left.delete(namespace);
          if (isWanted) failed ??= error;
          else if (!isSame(error, failed) && isThere(root, namespace)) {
            // One that has ended is no more missing than a process that has.
            missing.set(namespace, error.summary);
          }
        }
      }
    }
  } finally {
    visit.end();
  }
  if (missing.size > 0) warnings.warn(missingNamespaces(reasonsOf(missing), visit.mayBeTold));
  if (failed !== null) throw failed;
}

/** What a kernel lacks it lacks in every namespace. */
function isSame(error: NetstatError, failed: NetstatError | null): boolean {
  return error.code === 'unsupported' && failed?.code === 'unsupported';
}

/** Sockets of namespaces: the Internet tables of each, then the UNIX tables, as netstat's sections stand. */
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
          // The first that sees a row: filters may ask for its namespace.
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
 * As `Source.unixPeers`, of every namespace: connections may lead from one into another. null where not one of
 * them tells.
 */
export async function unixPeersInNamespaces(
  base: Machine,
  asked: NetnsAsked,
  warnings: WarningSink,
  peersIn: (proc: Proc, warnings: WarningSink) => ReadonlyMap<number, number> | null,
): Promise<ReadonlyMap<number, number> | null> {
  const all = new Map<number, number>();
  let isTold = false;
  // What is missing is told where the sockets are read.
  const sink = onceEach(warnings);
  const visit = await startVisit(base, asked, { warn: () => {} });
  try {
    for (const namespace of visit.namespaces) {
      const place = visit.open(namespace);
      const peers = 'refusal' in place ? null : peersIn(place.proc, sink);
      if (peers !== null) isTold = true;
      for (const [inode, peer] of peers ?? []) all.set(inode, peer);
    }
  } finally {
    visit.end();
  }
  return isTold ? all : null;
}

/**
 * Where destroyed sockets can be heard of: the base, and every other namespace that can be entered. `end` ends
 * what enters them, once they were opened.
 */
export async function placesToListen(base: Machine, asked: NetnsAsked): ReturnType<FindPlaces> {
  // What is missing is told where the sockets are read.
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

/** Any other report of namespaces; `reads` as `inNamespaces` has it. */
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

/** Written into the row itself, which nobody else has seen yet. */
function inNetns<T extends InNetns>(row: T, netns: Netns): T {
  (row as { netns?: Netns }).netns = netns;
  return row;
}

/** Namespaces that are about to be read. */
interface Visit {
  readonly namespaces: readonly Namespace[];
  /** One that is missing may be among those that are told, without its name. */
  readonly mayBeTold: boolean;
  open(namespace: Namespace): Place | { readonly refusal: string };
  end(): void;
}

async function startVisit(
  { proc, labels }: Machine,
  asked: NetnsAsked,
  warnings: WarningSink,
): Promise<Visit> {
  if (asked === 'own') return visitOf(proc, [netnsPlace(proc).base()], null, null);
  requireProcesses(proc);
  // Another machine's /proc is read as it stands.
  const isOwn = proc.isOwn && proc.root === ownProc;
  const starting = isOwn && mayEnter() ? startInside() : ('rights' as const);
  // Processes are looked at while the thread starts.
  const every = asked === 'all' ? attempt(() => findNamespaces(proc)) : null;
  const started: Inside | Outside = await starting;
  const inside = typeof started === 'string' ? null : started;
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
  return visitOf(proc, found.namespaces, inside, found);
}

/** Does a task now; what it gives or throws is had by calling the function that this gives. */
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

/** Every network namespace, as `findNamespaces` finds them, with their names. */
export async function namedNamespaces({ proc, labels }: Machine): Promise<FoundNamespaces> {
  return withLabels(findNamespaces(proc), labels);
}

/** Namespaces without a name that people gave are called by what lives in them. */
async function withLabels(
  found: FoundNamespaces,
  labels: Machine['labels'],
): Promise<FoundNamespaces> {
  const unnamed = found.namespaces.filter(
    ({ netns: { name }, isBase, pids }) =>
      !isBase && pids.length > 0 && (name === null || isMadeUp(name)),
  );
  const told = await labels(unnamed.map(({ pids }) => pids));
  const known = new Map(unnamed.map((one, i) => [one, told[i] ?? null]));
  const namespaces = found.namespaces.map((one): Namespace => {
    const name = known.get(one) ?? null;
    return name === null ? one : { ...one, netns: { ...one.netns, name } };
  });
  return { ...found, namespaces: namespaces.sort(inOrder) };
}

/** The namespace that somebody names: in the ways of `namespaceAsked`, else by what lives in it. */
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
    // A pod's name has a slash, and no path is meant by it.
    throw name.includes('/') && !isLabel.test(name)
      ? error
      : unknownNamespace(name, found.namespaces);
  }
}

/** What `workloadLabel` has before a name. */
const isLabel = /^[a-z]+:/;

/** Where processes of a workload live, of which others may live there too. */
async function homesOf(
  label: string,
  { namespaces }: FoundNamespaces,
  labels: Machine['labels'],
): Promise<readonly Namespace[]> {
  const residents = namespaces.flatMap((home) => home.pids.map((pid) => ({ home, pid })));
  const told = await labels(residents.map(({ pid }) => [pid]));
  return [...new Set(residents.flatMap(({ home }, i) => (told[i] === label ? home : [])))];
}

function visitOf(
  base: Proc,
  namespaces: readonly Namespace[],
  inside: Inside | null,
  found: { readonly areSomeNumberless: boolean } | null,
): Visit {
  const ways: OtherWays = {
    inside,
    whyUntold:
      'of other network namespaces only root is told them, with the native part of koffi (CAP_SYS_ADMIN)',
    unanswered: new Set(),
    idle: idleSocket(),
  };
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
    mayBeTold: found?.areSomeNumberless === true,
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

/** CAP_SYS_ADMIN, which setns(2) asks for, in the set of <linux/capability.h>. */
const sysAdmin = 1n << 21n;

/** Whether it is worth to start a thread that enters namespaces. */
function mayEnter(): boolean {
  try {
    const [, set] =
      /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
    return set !== undefined && (BigInt(`0x${set}`) & sysAdmin) !== 0n;
  } catch {
    return false;
  }
}

/** @throws NetstatError where the processes of `base` do not tell their networks */
function requireProcesses({ root }: Proc): void {
  if (isProcfs(root) === true && isWholeProc(root)) return;
  const what =
    isProcfs(root) === true ? "one process's folder" : 'captured, or not mounted as a /proc';
  throw new NetstatError(
    'unsupported',
    `--all-netns, --netns: ${root}: ${what}; only a mounted /proc tells other network namespaces`,
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

/** Namespaces by why they are missing. */
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
