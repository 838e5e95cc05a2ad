import { isAnyAddress } from '../../../model/address-text.ts';
import type { InetFamily, InetSocket, Socket } from '../../../model/socket.ts';
import type { Proc, SockDiag } from '../proc/proc.ts';
import { tcpCounts } from '../sockets/sockstat.ts';
import type { TableQuery, TableReader } from '../sockets/table.ts';
import { interruptedDump } from '../warnings.ts';
import { NetlinkError } from './diag-file.ts';
import { type Dump, inetDump } from './dump.ts';
import {
  attribute,
  boundState,
  type InetRequest,
  listenState,
  type protocolNumber,
  shownStates,
} from './sock-diag.ts';

/**
 * Asks the kernel itself (sock_diag(7)) for the table of a protocol: the rows of /proc/net/`name`, in
 * the same order.
 */
export function diagReader(
  protocol: keyof typeof protocolNumber,
  family: InetFamily,
  name: string,
): TableReader {
  const source = () => `sock_diag (${name})`;
  return {
    source,
    open(proc: Proc, query: TableQuery) {
      const isTcp = protocol === 'tcp';
      const isNeeded = query.socketInfo || (isTcp && (query.tcpInfo || query.boundSockets));
      const ask = proc.sockDiag?.(`net/${name}`, isNeeded) ?? null;
      if (ask === null) throw new NetlinkError('ENOTSUP');
      const request: InetRequest = {
        family,
        protocol,
        states: isTcp ? statesFor(query) : shownStates,
        attributes: attributesFor(isTcp, query),
        sequence: 1,
      };
      const isLong = !query.listeningOnly && isBig(proc, protocol, family);
      const { tcpInfo, socketInfo } = query;
      const dump = inetDump(ask, request, { isBig: isLong, tcpInfo: isTcp && tcpInfo, socketInfo });
      query.warnings.note?.(`${name}: read by sock_diag`);
      return rowsOf(dump, ask, isTcp, source(), query);
    },
  };
}

function statesFor({ listeningOnly, boundSockets }: TableQuery): number {
  return (listeningOnly ? listenState : shownStates) | (boundSockets ? boundState : 0);
}

/** Of a timer the message has one count, the record both. */
function attributesFor(
  isTcp: boolean,
  { listeningOnly, tcpInfo, socketInfo }: TableQuery,
): readonly number[] {
  return [
    ...(isTcp && (tcpInfo || !listeningOnly) ? [attribute.info] : []),
    ...(isTcp && tcpInfo ? [attribute.congestion] : []),
    ...(socketInfo ? [attribute.memory] : []),
  ];
}

/** From this many rows on an answer is worth a thread that reads it ahead. */
const bigTable = 10_000;

function isBig(proc: Proc, protocol: string, family: InetFamily): boolean {
  const counts = protocol === 'tcp' ? tcpCounts(proc, family) : null;
  return counts !== null && counts.inUse + counts.timeWait > bigTable;
}

function* rowsOf(
  dump: Dump<InetSocket>,
  ask: SockDiag,
  isTcp: boolean,
  source: string,
  { warnings }: TableQuery,
): Generator<Socket[]> {
  const userOf = isTcp ? listenerUsers(ask) : null;
  for (const batch of dump.batches) {
    if (userOf !== null) {
      for (const socket of batch) if (socket.state === 'SYN_RECV') giveUser(socket, userOf(socket));
    }
    yield batch;
  }
  if (dump.wasInterrupted()) warnings.warn(interruptedDump(source));
}

function giveUser(socket: InetSocket, uid: number | null): void {
  if (uid !== null) (socket as { uid: number | null }).uid = uid;
}

/**
 * A connection that is not yet accepted belongs to its listener's user, whom /proc tells and this
 * kernel's answer does not: the listeners are asked for when the first such connection comes.
 */
function listenerUsers(ask: SockDiag): (socket: InetSocket) => number | null {
  let listeners: ReadonlyMap<number, readonly InetSocket[]> | null = null;
  return ({ local, family }) => {
    listeners ??= listenersByPort(ask);
    const onPort = listeners.get(local.port) ?? [];
    const listener =
      onPort.find((one) => one.family === family && one.local.address === local.address) ??
      onPort.find((one) => one.local.address === mapped(local.address, family)) ??
      onPort.find((one) => one.family === family && isAnyAddress(one.local.address)) ??
      onPort.find((one) => isAnyAddress(one.local.address));
    return listener?.uid ?? null;
  };
}

function mapped(address: string, family: InetFamily): string {
  return family === 'inet' ? `::ffff:${address}` : address;
}

function listenersByPort(ask: SockDiag): ReadonlyMap<number, readonly InetSocket[]> {
  const byPort = new Map<number, InetSocket[]>();
  for (const family of ['inet', 'inet6'] as const) {
    const request: InetRequest = {
      ...{ family, protocol: 'tcp', states: listenState, attributes: [], sequence: 1 },
    };
    for (const batch of inetDump(ask, request, {}).batches) {
      for (const socket of batch) {
        const known = byPort.get(socket.local.port);
        if (known === undefined) byPort.set(socket.local.port, [socket]);
        else known.push(socket);
      }
    }
  }
  return byPort;
}
