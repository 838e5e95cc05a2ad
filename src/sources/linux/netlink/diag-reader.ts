import { addTo } from '../../../model/add-to.ts';
import { isAnyAddress } from '../../../model/address/text.ts';
import { type PackedFacts, socketAt } from '../../../model/packed/sockets.ts';
import type { InetFamily } from '../../../model/protocol.ts';
import { keptDevice } from '../../../model/socket/device.ts';
import type { InetSocket } from '../../../model/socket/socket.ts';
import { isNativeAtHand } from '../../native.ts';
import type { WarningSink } from '../../source.ts';
import type { Proc, SockDiag } from '../proc/proc.ts';
import { inetFiles } from '../proc-files.ts';
import { tcpCounts } from '../sockets/sockstat.ts';
import type { TableQuery, TableReader } from '../sockets/table.ts';
import { interruptedDump } from '../warnings.ts';
import { NetlinkError } from './diag-file.ts';
import { type Dump, inetDump } from './dump.ts';
import { type KernelFilter, kernelFilter } from './kernel-filter.ts';
import type { DiagPack } from './message-packer.ts';
import { columnsForPacks, packedDump, packedTcpDump, type TcpDump } from './packed-dump.ts';
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

/**
 * Reads a protocol's table by asking the kernel (sock_diag(7)): the rows of its file (`inetFiles`), in the same order.
 */
export function diagReader(protocol: keyof typeof protocolNumber, family: InetFamily): TableReader {
  const name = tableName(protocol, family);
  const source = sourceOf(name);
  const isTcp = protocol === 'tcp';
  const isDatagram = protocol === 'udp' || protocol === 'udplite';
  return {
    source: () => source,
    open(proc: Proc, query: TableQuery) {
      const { tcpInfo, socketInfo, boundSockets, cgroups, records, toFollow, deviceName } = query;
      const receivers = query.receivers && isDatagram;
      const devices = query.devices || receivers;
      const { warnings, kept, families } = query;
      const glance = isTcp ? query.glance : null;
      const note = () => warnings.note?.(`${name}: read by sock_diag`);
      const known = kept.get(name);
      if (known !== undefined) {
        note();
        return known;
      }
      const pays =
        socketInfo ||
        devices ||
        cgroups ||
        toFollow ||
        (isTcp &&
          (tcpInfo ||
            boundSockets ||
            glance !== null ||
            isNativeAtHand ||
            (!query.listeningOnly && isBigServer(proc, query))));
      const packed = packedHere(query, isTcp, () => isBigServer(proc, query));
      const ask = proc.sockDiag?.(inetFiles[protocol][family], pays) ?? null;
      if (ask === null) throw new NetlinkError('ENOTSUP');
      const filter = kernelFilter(query.pattern, protocol, family);
      const request: InetRequest = {
        family,
        protocol,
        states: (isTcp ? statesFor(query) : shownStates) & filter.states,
        program: filter.program,
        attributes: attributesFor(isTcp, query, packed),
        sequence: 1,
      };
      const userOf = isTcp ? listenerUsers(ask) : null;
      const isBig = (...families: readonly InetFamily[]) =>
        isTcp &&
        !query.listeningOnly &&
        mayBeLong(filter) &&
        connections(proc, query, families) > bigTable;
      if (packed === null) {
        const dump = inetDump(ask, request, {
          isBig: isBig(family),
          tcpInfo: isTcp && tcpInfo,
          socketInfo,
          v6only: devices && family === 'inet6',
          cgroups,
          records,
          cookies: toFollow,
          devices,
          deviceName,
          glance,
          isHeld: query.isHeld,
        });
        note();
        return warningAtEnd(withUsers(dump, userOf), source, warnings);
      }
      const withPackUsers = <D extends Dump<DiagPack>>(dump: D) =>
        packed.users && userOf !== null ? packsWithUsers(dump, userOf) : dump;
      const isForBoth =
        isTcp &&
        family === 'inet' &&
        families.includes('inet6') &&
        areSame(filter, kernelFilter(query.pattern, protocol, 'inet6'));
      if (isForBoth && proc.sockDiag?.(inetFiles[protocol].inet6, pays) === ask) {
        const both = bothTables(() =>
          packedTcpDump(ask, request, packed, query, isBig('inet', 'inet6')),
        );
        if (both !== null) {
          note();
          const inet6 = { batches: both.inet6, wasInterrupted: both.wasInterrupted };
          const name6 = tableName(protocol, 'inet6');
          const later = warningAtEnd(withPackUsers(inet6), sourceOf(name6), warnings);
          return callingAtEnd(warningAtEnd(withPackUsers(both), source, warnings), () =>
            kept.set(name6, later),
          );
        }
      }
      const dump = packedDump(ask, request, packed, query, isBig(family));
      note();
      return warningAtEnd(withPackUsers(dump), source, warnings);
    },
  };
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
function* warningAtEnd<Batch>(
  { batches, wasInterrupted }: Dump<Batch>,
  source: string,
  warnings: WarningSink,
): Generator<Batch> {
  yield* batches;
  if (wasInterrupted()) warnings.warn(interruptedDump(source));
}

/** Finds the user of a connection that is not accepted yet; `device`: the number of its interface, 0: none. */
type UserOf = (socket: InetSocket, device: number) => number | null;

function withUsers(dump: Dump, userOf: UserOf | null): Dump {
  function* batches(): Generator<InetSocket[]> {
    for (const batch of dump.batches) {
      if (userOf !== null) {
        for (const socket of batch)
          if (socket.state === 'SYN_RECV') giveUser(socket, userOf(socket, deviceIndex(socket)));
      }
      yield batch;
    }
  }
  return { ...dump, batches: batches() };
}

function packsWithUsers<D extends Dump<DiagPack>>(dump: D, userOf: UserOf): D {
  function* batches(): Generator<DiagPack> {
    for (const pack of dump.batches) {
      for (let row = 0; row < pack.length; row++) {
        if (pack.table.stateOf(pack.states[row] as number) !== 'SYN_RECV') continue;
        const user = userOf(socketAt(pack, row), pack.halfOpenBy.get(row) ?? 0);
        if (user !== null) pack.uids[row] = user;
      }
      yield pack;
    }
  }
  return { ...dump, batches: batches() };
}

function giveUser(socket: InetSocket, uid: number | null): void {
  if (uid !== null) (socket as { uid: number | null }).uid = uid;
}

/**
 * A connection that is not accepted yet belongs to its listener's user, which /proc shows but this kernel's answer
 * does not: listeners are requested when the first such connection comes.
 */
function listenerUsers(ask: SockDiag): UserOf {
  let listeners: ReadonlyMap<number, readonly InetSocket[]> | null = null;
  return ({ local, family }, device) => {
    listeners ??= listenersByPort(ask);
    const all = listeners.get(local.port) ?? [];
    // A listener bound to the interface has precedence over others.
    const bound = device === 0 ? [] : all.filter((one) => deviceIndex(one) === device);
    const onPort = [...bound, ...all.filter((one) => deviceIndex(one) === 0)];
    const listener =
      onPort.find((one) => one.family === family && one.local.address === local.address) ??
      onPort.find((one) => one.local.address === mapped(local.address, family)) ??
      onPort.find((one) => one.family === family && isAnyAddress(one.local.address)) ??
      onPort.find((one) => isAnyAddress(one.local.address));
    return listener?.uid ?? null;
  };
}

const deviceIndex = (socket: InetSocket) => keptDevice(socket)?.index ?? 0;

function mapped(address: string, family: InetFamily): string {
  return family === 'inet' ? `::ffff:${address}` : address;
}

function listenersByPort(ask: SockDiag): ReadonlyMap<number, readonly InetSocket[]> {
  const byPort = new Map<number, InetSocket[]>();
  for (const family of ['inet', 'inet6'] as const) {
    const request: InetRequest = {
      ...{ family, protocol: 'tcp', states: listenState, attributes: [], sequence: 1 },
    };
    for (const batch of inetDump(ask, request, { devices: true }).batches) {
      for (const socket of batch) {
        addTo(byPort, socket.local.port, socket);
      }
    }
  }
  return byPort;
}
