import type { PackedFacts, SocketBatch } from '../../../model/packed/sockets.ts';
import type { InetFamily } from '../../../model/protocol.ts';
import { tableOf } from '../../../model/report/warned-tables.ts';
import { aboutTables } from '../../about-tables.ts';
import { isNativeAtHand } from '../../native.ts';
import type { Proc, SockDiag } from '../proc/proc.ts';
import { inetFiles } from '../proc-files.ts';
import { tcpCounts } from '../sockets/sockstat.ts';
import type { TableQuery, TableReader } from '../sockets/table.ts';
import { interruptedDump } from '../warnings.ts';
import { NetlinkError } from './diag-file.ts';
import type { Dump } from './dump.ts';
import {
  type HandshakeUser,
  handshakeUsers,
  packsWithUsers,
  withUsers,
} from './handshake-users.ts';
import { type KernelFilter, kernelFilter } from './kernel-filter.ts';
import type { DiagPack } from './message-packer.ts';
import { columnsForPacks, packedDump, packedTcpDump, type TcpDump } from './packed-dump.ts';
import { inetDump } from './row-dump.ts';
import {
  attribute,
  boundState,
  establishedState,
  type InetRequest,
  listenState,
  type protocolNumber,
  shownStates,
  timeWaitState,
} from './sock-diag.ts';

/** The name of a table in messages, such as tcp6: that of its file. */
function tableName(protocol: keyof typeof inetFiles, family: InetFamily): string {
  return inetFiles[protocol][family].slice('net/'.length);
}

/** The kernel's answer for a table, in messages. */
function sourceOf(name: string): string {
  return `sock_diag (${name})`;
}

/** A table of the kernel, and whether it is one of TCP's. */
interface DiagTable {
  readonly protocol: keyof typeof protocolNumber;
  readonly family: InetFamily;
  readonly isTcp: boolean;
}

/**
 * Reads a protocol's table by asking the kernel (sock_diag(7)): the rows of its file (`inetFiles`), in the same order.
 */
export function diagReader(protocol: keyof typeof protocolNumber, family: InetFamily): TableReader {
  const name = tableName(protocol, family);
  const table: DiagTable = { protocol, family, isTcp: protocol === 'tcp' };
  return {
    source: () => sourceOf(name),
    open(proc: Proc, query: TableQuery) {
      const rows = query.kept.get(name) ?? askedRows(table, proc, query);
      query.warnings.note?.(`${name}: read by sock_diag`);
      return rows;
    },
  };
}

/** How the kernel is asked for a table. */
interface Asking {
  readonly table: DiagTable;
  readonly proc: Proc;
  readonly query: TableQuery;
  readonly ask: SockDiag;
  readonly filter: KernelFilter;
  readonly request: InetRequest;
  /** Whose a handshake is; null: the table has none. */
  readonly userOf: HandshakeUser | null;
}

/** The rows of a table. @throws NetlinkError if the kernel cannot be asked, or refuses */
function askedRows(table: DiagTable, proc: Proc, query: TableQuery): Iterable<SocketBatch> {
  const { protocol, family, isTcp } = table;
  const pays = paysToAsk(table, proc, query);
  const packed = packedHere(query, isTcp, () => isBigServer(proc, query));
  const ask = proc.sockDiag?.(inetFiles[protocol][family], pays) ?? null;
  if (ask === null) throw new NetlinkError('ENOTSUP');
  const filter = kernelFilter(query.pattern, protocol, family);
  const request = requestFor(table, query, filter, packed);
  const userOf = isTcp ? handshakeUsers(proc, ask) : null;
  const asking: Asking = { table, proc, query, ask, filter, request, userOf };
  if (packed === null) return objectRows(asking);
  return rowsOfBothTables(asking, packed, pays) ?? packedRows(asking, packed);
}

/** Whether the kernel's answer has more than the table's file, or comes sooner. */
function paysToAsk(table: DiagTable, proc: Proc, query: TableQuery): boolean {
  const { tcpInfo, socketInfo, boundSockets, cgroups, toFollow, glance, listeningOnly } = query;
  return (
    socketInfo ||
    needsDevices(table, query) ||
    cgroups ||
    toFollow ||
    (table.isTcp &&
      (tcpInfo ||
        boundSockets ||
        glance !== null ||
        isNativeAtHand ||
        (!listeningOnly && isBigServer(proc, query))))
  );
}

/** Whether the interface must be known that a socket is bound to: which datagrams it receives depends on it. */
function needsDevices({ protocol }: DiagTable, { devices, receivers }: TableQuery): boolean {
  return devices || (receivers && (protocol === 'udp' || protocol === 'udplite'));
}

function requestFor(
  { protocol, family, isTcp }: DiagTable,
  query: TableQuery,
  { states, program }: KernelFilter,
  packed: PackedFacts | null,
): InetRequest {
  return {
    ...{ family, protocol, program, sequence: 1 },
    states: (isTcp ? statesFor(query) : shownStates) & states,
    attributes: attributesFor(isTcp, query, packed),
  };
}

/** The answer's rows, each as an object. */
function objectRows(asking: Asking): Iterable<SocketBatch> {
  const { table, query, ask, request, userOf } = asking;
  const { family, isTcp } = table;
  const { tcpInfo, socketInfo, cgroups, records, toFollow, deviceName, glance, isHeld } = query;
  const devices = needsDevices(table, query);
  const dump = inetDump(ask, request, {
    ...{ socketInfo, cgroups, records, devices, deviceName, isHeld },
    isBig: isBig(asking, [family]),
    tcpInfo: isTcp && tcpInfo,
    v6only: devices && family === 'inet6',
    cookies: toFollow,
    glance: isTcp ? glance : null,
  });
  return noticingGaps(table, query, userOf === null ? dump : withUsers(dump, userOf));
}

/** The answer's rows, packed. */
function packedRows(asking: Asking, packed: PackedFacts): Iterable<SocketBatch> {
  const { table, query, ask, request } = asking;
  const dump = packedDump(ask, request, packed, query, isBig(asking, [table.family]));
  return noticingGaps(table, query, withPackUsers(asking, packed, dump));
}

/**
 * The packed rows of TCP over IPv4 from an answer for both families, which takes the kernel one pass instead of two.
 * The rows over IPv6 are kept for their reader. null: another table, or one of the two has to be asked by itself.
 */
function rowsOfBothTables(
  asking: Asking,
  packed: PackedFacts,
  pays: boolean,
): Iterable<SocketBatch> | null {
  const { table, proc, query, ask, request, filter } = asking;
  const { protocol, family, isTcp } = table;
  const isForBoth =
    isTcp &&
    family === 'inet' &&
    query.families.includes('inet6') &&
    areSame(filter, kernelFilter(query.pattern, protocol, 'inet6')) &&
    proc.sockDiag?.(inetFiles[protocol].inet6, pays) === ask;
  if (!isForBoth) return null;
  const both = bothTables(() =>
    packedTcpDump(ask, request, packed, query, isBig(asking, ['inet', 'inet6'])),
  );
  if (both === null) return null;
  const table6 = { ...table, family: 'inet6' } as const;
  const inet6 = { batches: both.inet6, wasInterrupted: both.wasInterrupted };
  const later = noticingGaps(table6, query, withPackUsers(asking, packed, inet6));
  const rows = noticingGaps(table, query, withPackUsers(asking, packed, both));
  return callingAtEnd(rows, () => query.kept.set(tableName(protocol, 'inet6'), later));
}

/** Whether the answer may be so long that it pays to read ahead. */
function isBig({ table, proc, query, filter }: Asking, families: readonly InetFamily[]): boolean {
  return (
    table.isTcp &&
    !query.listeningOnly &&
    mayBeLong(filter) &&
    connections(proc, query, families) > bigTable
  );
}

/** The facts for packed rows; null: rows are made as objects. With few rows owners are looked up one by one. */
function packedHere(
  { packed }: TableQuery,
  isTcp: boolean,
  isBig: () => boolean,
): PackedFacts | null {
  if (packed === null || (packed.tcpOnly && !isTcp)) return null;
  if (isNativeAtHand && !isBig()) return null;
  return columnsForPacks() === null ? null : packed;
}

/** An answer for both tables; null: the kernel does not accept a request for both. */
function bothTables(ask: () => TcpDump): TcpDump | null {
  try {
    return ask();
  } catch (error) {
    if (error instanceof NetlinkError) return null;
    throw error;
  }
}

/** Yields batches, and calls `atEnd` after the last one. */
function* callingAtEnd<Batch>(batches: Iterable<Batch>, atEnd: () => void): Generator<Batch> {
  yield* batches;
  atEnd();
}

function statesFor({ listeningOnly, boundSockets, toFollow }: TableQuery): number {
  const shown = toFollow ? shownStates & ~timeWaitState : shownStates;
  return (listeningOnly ? listenState : shown) | (boundSockets ? boundState : 0);
}

/**
 * The attributes to request. A message has only one of a timer's counts, tcp_info both; a listener has none. A
 * glance needs tcp_info.
 */
function attributesFor(
  isTcp: boolean,
  { listeningOnly, timers, tcpInfo, socketInfo, glance }: TableQuery,
  packed: PackedFacts | null,
): readonly number[] {
  const needsTimers = packed === null ? timers && !listeningOnly : packed.timers;
  const needsGlance = glance !== null && !listeningOnly;
  const isWhole = packed === null || packed.whole === true;
  return [
    ...(isTcp && (tcpInfo || needsTimers || needsGlance) ? [attribute.info] : []),
    ...(isTcp && tcpInfo && isWhole ? [attribute.congestion] : []),
    ...(socketInfo && isWhole ? [attribute.memory] : []),
  ];
}

/** Whether the kernel may answer with most of a big table: most connections of a server are established. */
function mayBeLong({ states, program }: KernelFilter): boolean {
  return program === null && (states & establishedState) !== 0;
}

function areSame(one: KernelFilter, other: KernelFilter): boolean {
  return (
    one.states === other.states &&
    Buffer.compare(one.program ?? noProgram, other.program ?? noProgram) === 0
  );
}

const noProgram = Buffer.alloc(0);

/** From this many rows on it pays to read ahead. */
const bigTable = 10_000;

/**
 * From this many connections on, the kernel answers faster than files are read: loading what sends the request
 * takes 5 ms.
 */
const manyConnections = 2_000;

const countsByQuery = new WeakMap<TableQuery, Map<InetFamily, number>>();

/** How many connections the TCP tables of these families have: counted once for each query. */
function connections(proc: Proc, query: TableQuery, families: readonly InetFamily[]): number {
  const known = countsByQuery.get(query) ?? new Map<InetFamily, number>();
  countsByQuery.set(query, known);
  let sum = 0;
  for (const family of families) {
    let count = known.get(family);
    if (count === undefined) {
      const counts = tcpCounts(proc, family);
      count = counts === null ? 0 : counts.inUse + counts.timeWait;
      known.set(family, count);
    }
    sum += count;
  }
  return sum;
}

function isBigServer(proc: Proc, query: TableQuery): boolean {
  return connections(proc, query, ['inet', 'inet6']) > manyConnections;
}

/** Yields an answer's batches, then warns if some may be missing. */
function* noticingGaps<Batch>(
  { protocol, family }: DiagTable,
  { warnings }: TableQuery,
  { batches, wasInterrupted }: Dump<Batch>,
): Generator<Batch> {
  yield* batches;
  if (!wasInterrupted()) return;
  const about = aboutTables(warnings, tableOf(protocol, family));
  about.warn(interruptedDump(sourceOf(tableName(protocol, family))));
}

/** The packed rows of an answer, with the users of handshakes if users are among the facts. */
function withPackUsers<D extends Dump<DiagPack>>(
  { userOf }: Asking,
  { users }: PackedFacts,
  dump: D,
): D {
  return users && userOf !== null ? packsWithUsers(dump, userOf) : dump;
}
