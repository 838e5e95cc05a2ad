import { isNetstatError, NetstatError } from '../../../errors.ts';
import { type InNetns, type Netns, netnsText } from '../../../model/machine/netns.ts';
import type { NetnsAsked } from '../../../model/request/listing.ts';
import type { Socket } from '../../../model/socket/socket.ts';
import { onceEach } from '../../once-each.ts';
import type { Batches, SocketQuery, WarningSink } from '../../source.ts';
import type { FindPlaces } from '../closings/closings.ts';
import { keyOfPlace, type ListenPlace, ownPlace } from '../closings/listened-places.ts';
import type { Proc } from '../proc/proc.ts';
import { type KnownSockets, knownSockets } from '../sockets/dedupe.ts';
import { missingNamespaces } from '../warnings.ts';
import { isThere, type Namespace } from './find-namespaces.ts';
import type { LabelledProc } from './labelled.ts';
import { ended, type Refused } from './namespace-proc.ts';
import { type NetnsToVisit, startVisit } from './visit.ts';

/** Reads something of one namespace; `begin` as in `readingOf`. */
export type ReadNetns<T> = (
  place: NetnsToVisit,
  warnings: WarningSink,
  begin: () => void,
) => Batches<T>;

/**
 * Reads namespaces one after another: the first of `reads` for every namespace, then the next. If reading fails in
 * the base or the named namespace, that is thrown after all other rows; in others it causes a warning.
 * @throws NetstatError `usage` if there is none of that name, `unsupported` if this /proc shows none
 */
async function* inNamespaces<T extends InNetns>(
  base: LabelledProc,
  asked: NetnsAsked,
  reads: readonly ReadNetns<T>[],
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
          if (isWanted) throw unreadable(namespace, opened);
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
          const hasEnded = !namespace.isBase && !isThere(root, namespace);
          if (isWanted) failed ??= hasEnded ? unreadable(namespace, ended) : error;
          // If the namespace has ended it is not missing, as with a process that has ended.
          else if (!hasEnded && !isSame(error, failed)) missing.set(namespace, error.summary);
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
  base: LabelledProc,
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
      (protocols): ReadNetns<Socket> =>
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
  base: LabelledProc,
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
export async function placesToListen(
  base: LabelledProc,
  asked: NetnsAsked,
): ReturnType<FindPlaces> {
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
  base: LabelledProc,
  asked: NetnsAsked,
  reads: readonly ReadNetns<T>[],
  warnings: WarningSink,
  begin: () => void,
): Batches<T> {
  const marked = reads.map(
    (read): ReadNetns<T> =>
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

/** Which processes are in a namespace may be hidden; the tables of each are not. */
function unreadable({ netns, pids }: Namespace, { refusal, hasEnded }: Refused): NetstatError {
  const remedy = pids.length > 0 || hasEnded ? '' : '; the PID of a process in it would do';
  return new NetstatError(
    'unreadable',
    `--netns: ${netnsText(netns)}: the network namespace cannot be read: ${refusal}${remedy}`,
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
