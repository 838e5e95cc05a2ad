import { NetstatError } from '../../../errors.ts';
import { lazilyFor } from '../../../flow/lazily.ts';
import { packChooser } from '../../../model/packed/chosen.ts';
import { asBatch, packIn, type SocketBatch } from '../../../model/packed/sockets.ts';
import type { Protocol } from '../../../model/protocol.ts';
import { tableOf } from '../../../model/report/warned-tables.ts';
import type { SocketInfo } from '../../../model/socket/info.ts';
import { mayBeIn } from '../../../model/socket/pattern.ts';
import type { Socket, UnixInfo } from '../../../model/socket/socket.ts';
import { aboutTables } from '../../about-tables.ts';
import type { Batches, SocketQuery, WarningSink } from '../../source.ts';
import { lackingTable } from '../lacking-table.ts';
import type { UnixInfos } from '../netlink/unix-info.ts';
import { heldBy } from '../owners/held-by.ts';
import { errnoOf, isGone, type Proc } from '../proc/proc.ts';
import { requireNet } from '../proc/require-net.ts';
import { inetFiles, unixFile } from '../proc-files.ts';
import { refused, refusedWarning } from '../refused.ts';
import { absentTable, clashingNames, noTables } from '../warnings.ts';
import { type KnownSockets, knownSockets, type RepeatFilter, repeatFilter } from './dedupe.ts';
import { inetTable } from './inet-table.ts';
import { sctpTables } from './sctp-table.ts';
import type { Table, TableQuery, TableReader } from './table.ts';
import { type ReadBy, type UnavailableFacts, unavailableFactsOf } from './unavailable-facts.ts';
import { unixTable } from './unix-table.ts';

/** Every socket table, in the order netstat lists them. */
export const tables = {
  tcp: [inetTable('tcp', 'inet'), inetTable('tcp', 'inet6')],
  sctp: sctpTables,
  udp: [inetTable('udp', 'inet'), inetTable('udp', 'inet6')],
  udplite: [inetTable('udplite', 'inet'), inetTable('udplite', 'inet6')],
  raw: [inetTable('raw', 'inet'), inetTable('raw', 'inet6')],
  unix: [unixTable],
} as const satisfies Record<Protocol, readonly Table[]>;

/** The tables of which every kernel with sockets has some: IPv6, SCTP and UDP-Lite may be left out of it. */
const usualFiles = [inetFiles.tcp.inet, inetFiles.udp.inet, inetFiles.raw.inet, unixFile];

/**
 * Reads the tables that `query` names, in its order. Its owner query only decides which rows need checking.
 * `known`: with several network namespaces, the sockets of the ones read before.
 * @throws NetstatError `unsupported` after the last row if a required protocol has no table, `unreadable` if
 * no table could be read, or there is no /proc; `unsupported` if it needs a table and there is none at all.
 */
export async function* linuxSockets(
  proc: Proc,
  asked: SocketQuery,
  warnings: WarningSink,
  begin: () => void,
  known: KnownSockets = knownSockets(),
): Batches<Socket> {
  const query = await withGoneAddresses(proc, asked);
  for (const warning of proc.warnings) warnings.warn(warning);
  const filters = {
    inet: repeatFilter(known.inet, known.sctp),
    unix: repeatFilter(known.unix),
  };
  const held = query.soughtOwners ? heldBy(proc, query.soughtOwners) : null;
  /** Whether the last table needs to know which inodes are Internet sockets. */
  const forOwners = query.owners !== null && query.protocols.includes('unix');
  const wanted = tableQuery(proc, query, { known: filters.inet, held, forOwners, warnings });
  const asksUnix = wanted.socketInfo || query.unixQueues === true;
  let read = 0;
  const unavailable = unavailableFactsOf(query);
  const choose = rowChooser(query, wanted, { held, forOwners, unavailable });
  /** What netlink reports of UNIX sockets, requested when the first one comes. */
  let infos: UnixInfos | null = null;
  let refusal: NetstatError | null = null;
  const absent: string[] = [];
  for (const protocol of query.protocols) {
    let lacking: string | null = null;
    for (const table of (await tablesOf(protocol, query)).filter(isAsked(query))) {
      const { source, rows, error, by, errno } = opened(table, proc, wanted);
      const about = aboutTables(warnings, tableOf(protocol, table.family));
      if (rows === null) {
        if (isGone(errnoOf(error))) {
          requireNet(proc);
          about.warn(absentTable(source));
          if (table.family !== 'inet6') lacking = source;
          absent.push(source);
        } else {
          refusal = refused(source, error);
          about.warn(refusedWarning(source, refusal));
        }
        continue;
      }
      // What only the kernel reports is missing without a row, too: TCP sockets that are only bound, UNIX servers.
      if (protocol === 'tcp' || (protocol === 'unix' && query.unixServers)) {
        unavailable.look({ protocol, source, by, errno }, [], []);
      }
      const filter = protocol === 'unix' ? filters.unix : filters.inet;
      const whole = untilFailure(source, query.distinct ? distinct(rows, filter) : rows);
      const place = { protocol, source, by, errno, filter };
      for (const batch of whole.batches) {
        if (asksUnix && protocol === 'unix' && by !== 'netlink')
          infos ??= await unixInfos(proc, wanted, warnings);
        const chosen = choose(batch, place, infos);
        if (chosen !== null) yield chosen;
        if (proc.pause !== undefined) await proc.pause();
      }
      const failure = whole.refusal();
      if (failure === null) {
        read++;
      } else {
        refusal = failure;
        about.warn(refusedWarning(source, failure));
      }
      if (filter.clashes > 0) about.warn(clashingNames(source, filter.clashes));
    }
    if (lacking !== null && query.required) {
      // An answer without rows has begun too: the error ends it.
      begin();
      throw noSockets(lacking, protocol);
    }
  }
  unavailable.warn(proc, warnings);
  if (read > 0) return;
  if (refusal !== null) throw refusal;
  if (absent.length > 0 && !hasTables(proc, absent)) warnOfNone(proc, query.needsTable, warnings);
}

async function withGoneAddresses(proc: Proc, query: SocketQuery): Promise<SocketQuery> {
  if (query.goneAddresses !== true) return query;
  const { markingGone } = await import('../exposure/gone-addresses.ts');
  return markingGone(proc, query);
}

/** The tables of a protocol; of UNIX servers alone there is another. */
async function tablesOf(
  protocol: Protocol,
  { unixServers }: SocketQuery,
): Promise<readonly Table[]> {
  if (protocol !== 'unix' || !unixServers) return tables[protocol];
  const { unixServersTable } = await import('../netlink/unix-servers.ts');
  return [unixServersTable];
}

/** The error for a required protocol that has no table at `path`. */
function noSockets(path: string, protocol: Protocol): NetstatError {
  const message = `${path}: this kernel lists no ${protocol} sockets (its module may not be loaded)`;
  return new NetstatError('unsupported', message, { path });
}

/** Says that there is no table at all: by an error if the query needs one. */
function warnOfNone(proc: Proc, needsTable: boolean | undefined, warnings: WarningSink): void {
  const none = noTables(proc.root);
  if (needsTable) throw new NetstatError('unsupported', none.message, { path: none.source });
  warnings.warn(none);
}

/**
 * Whether there is any table of sockets, asked for or not. `absent`: all that were asked for; of another machine no
 * others are known.
 */
function hasTables(proc: Proc, absent: readonly string[]): boolean {
  if (proc.isElsewhere) {
    return !usualFiles.some((path) => absent.includes(`${proc.root}/${path}`));
  }
  return usualFiles.some((path) => lackingTable(proc, path, 'such table') === null);
}

/** What is known of all UNIX sockets beyond their table. */
async function unixInfos(
  proc: Proc,
  { socketInfo }: TableQuery,
  warnings: WarningSink,
): Promise<UnixInfos> {
  const { unixInfo } = await import('../netlink/unix-info.ts');
  return unixInfo(proc, socketInfo, aboutTables(warnings, tableOf('unix', 'unix')));
}

/** The table that a batch is of. */
interface BatchPlace {
  readonly protocol: Protocol;
  readonly source: string;
  readonly by: ReadBy;
  readonly errno: string;
  readonly filter: RepeatFilter;
}

/**
 * Makes the function that chooses the rows of a batch that are asked for, and completes them; null: none of a pack.
 * `infos`: of UNIX sockets; null: they are not asked for.
 */
function rowChooser(
  query: SocketQuery,
  wanted: TableQuery,
  {
    held,
    forOwners,
    unavailable,
  }: {
    readonly held: ReadonlySet<number> | null;
    readonly forOwners: boolean;
    readonly unavailable: UnavailableFacts;
  },
): (batch: SocketBatch, place: BatchPlace, infos: UnixInfos | null) => readonly Socket[] | null {
  const { keep, pattern: possible = true, certain = false } = query;
  const choosePack = query.packed?.filtered ? packChooser({ keep, possible, certain }) : null;
  const isNeeded = (socket: Socket) =>
    socket.inode !== null && held?.has(socket.inode) === true && keep(socket);
  const asksMore = wanted.tcpInfo || wanted.socketInfo;
  return (batch, { protocol, source, by, errno, filter }, infos) => {
    const pack = packIn(batch);
    if (pack !== null) {
      if (forOwners) filter.learn(pack.inodes, pack.length);
      const chosen = choosePack === null ? pack : choosePack(pack);
      return chosen.length > 0 ? asBatch(chosen) : null;
    }
    const sockets = batch as readonly Socket[];
    if (asksMore) for (const socket of sockets) withNulls(socket, wanted);
    if (infos !== null && protocol === 'unix') {
      for (const socket of sockets) withUnixInfo(socket, infos, wanted.socketInfo);
    }
    const chosen = sockets.filter(held === null ? keep : isNeeded);
    const read = protocol === 'unix' && by !== 'netlink' ? unixRead(infos) : { by, errno };
    unavailable.look({ protocol, source, ...read }, sockets, chosen);
    return chosen;
  };
}

/** The query for every table. */
function tableQuery(
  proc: Proc,
  query: SocketQuery,
  {
    known,
    held,
    forOwners,
    warnings,
  }: {
    readonly known: RepeatFilter;
    readonly held: ReadonlySet<number> | null;
    readonly forOwners: boolean;
    readonly warnings: WarningSink;
  },
): TableQuery {
  const { pattern = true } = query;
  return {
    listeningOnly: query.listeningOnly === true,
    timers: query.timers === true,
    tcpInfo: query.tcpInfo === true,
    socketInfo: query.socketInfo === true,
    receivers: query.receivers === true,
    devices: query.devices === true,
    deviceName: deviceNames(proc),
    boundSockets: query.boundSockets === true,
    cgroups: query.cgroups === true,
    records: query.distinct === true,
    toFollow: query.toFollow === true,
    // Few rows are left.
    packed: held === null ? (query.packed ?? null) : null,
    glance: query.glance ?? null,
    // Owners of UNIX sockets are doubted if an Internet socket has the same inode, so then all of those must be read.
    pattern: forOwners && mayBeIn({ protocol: 'unix' }, pattern) ? true : pattern,
    isHeld: held === null || forOwners ? null : (inode) => held.has(inode),
    families: query.families,
    kept: new Map(),
    isTaken: query.owners === null ? () => false : known.knows,
    warnings,
  };
}

/** Each name is looked up once in a reading: later the number may be another interface's. */
function deviceNames({ deviceName }: Proc): (index: number) => string {
  return lazilyFor((index: number) => deviceName?.(index) ?? String(index));
}

/** A table that was opened; or why it could not be. */
interface Opened {
  /** What was opened, for messages. */
  readonly source: string;
  readonly rows: Iterable<SocketBatch> | null;
  readonly error: unknown;
  readonly by: ReadBy;
  /** The system call's error of a reader before it, if one was tried; else empty. */
  readonly errno: string;
}

/** Opens a table with the first of its readers that can; if none can, the last one's error is used. */
function opened({ readers }: Table, proc: Proc, query: TableQuery): Opened {
  let failed: Opened | null = null;
  let errno = '';
  for (const reader of readers) {
    const source = reader.source(proc);
    try {
      const rows = reader.open(proc, query);
      return { source, rows, error: null, by: wayOf(readers, reader), errno };
    } catch (error) {
      failed = { source, rows: null, error, by: 'file', errno };
      // With this code a reader says that it cannot or must not ask the kernel.
      if (errnoOf(error) !== 'ENOTSUP') errno = errnoOf(error);
    }
  }
  return failed as Opened;
}

/** The last reader of a table reads its file. */
function wayOf(readers: Table['readers'], reader: TableReader): ReadBy {
  if (reader !== readers.at(-1)) return 'netlink';
  return readers.length > 1 ? 'file' : 'file alone';
}

const noSocketInfo: SocketInfo = {
  ...{ acceptQueue: null, drops: null, memory: null, mark: null, cookie: null, device: null },
};

/** Sets to null what was requested but not reported by the reader. */
function withNulls(socket: Socket, { tcpInfo, socketInfo }: TableQuery): void {
  if (socket.protocol === 'unix') return;
  if (tcpInfo && socket.tcpInfo === undefined) (socket as { tcpInfo?: null }).tcpInfo = null;
  if (socketInfo && socket.drops === undefined) Object.assign(socket, noSocketInfo);
}

/** How the facts about UNIX sockets beyond their table were read; the table itself is always a file. */
function unixRead(infos: UnixInfos | null): Pick<Opened, 'by' | 'errno'> {
  const isRefused = infos !== null && infos.find === null;
  return { by: isRefused ? 'file' : 'netlink', errno: infos?.errno ?? '' };
}

const noUnixInfo: UnixInfo = { ...noSocketInfo, recvQueue: null, sendQueue: null };

/** Sets a UNIX socket's queues and, if `whole`, everything else known of it. */
function withUnixInfo(socket: Socket, { find }: UnixInfos, whole: boolean): void {
  const { inode } = socket;
  const info = (inode === null ? null : find?.(inode)) ?? noUnixInfo;
  const { recvQueue, sendQueue } = info;
  Object.assign(socket, whole ? info : { recvQueue, sendQueue });
}

/** Rows up to where reading them fails, and the failure. */
interface UntilFailure {
  readonly batches: Iterable<SocketBatch>;
  /** Call at the end of the batches: the error that ended them early; null: none. */
  refusal(): NetstatError | null;
}

function untilFailure(source: string, batches: Iterable<SocketBatch>): UntilFailure {
  let refusal: NetstatError | null = null;
  function* untilRefused(): Generator<SocketBatch> {
    const rows = batches[Symbol.iterator]();
    try {
      for (;;) {
        let next: IteratorResult<SocketBatch>;
        try {
          next = rows.next();
        } catch (error) {
          refusal = readingRefused(source, error);
          return;
        }
        if (next.done) return;
        yield next.value;
      }
    } finally {
      // Also closes the table if the caller stops early.
      rows.return?.();
    }
  }
  return { batches: untilRefused(), refusal: () => refusal };
}

/** The refusal for a system call's error; any other error is a bug and is rethrown. */
function readingRefused(source: string, error: unknown): NetstatError {
  if (errnoOf(error) === '') throw error;
  return refused(source, error);
}

function* distinct(
  batches: Iterable<SocketBatch>,
  { isFirst }: RepeatFilter,
): Generator<SocketBatch> {
  for (const batch of batches) yield packIn(batch) ?? (batch as readonly Socket[]).filter(isFirst);
}

function isAsked({ families }: SocketQuery): (table: Table) => boolean {
  return ({ family }) => family === 'unix' || families.includes(family);
}
