import type { PackedFacts } from '../../../model/packed/sockets.ts';
import type { SockDiag } from '../proc/proc.ts';
import { NetlinkError } from './diag-file.ts';
import { type Dump, dumpOf } from './dump.ts';
import type { FurtherWanted } from './further-facts.ts';
import {
  type MessageColumns,
  messageColumns,
  mostMessages,
  mostPackedRows,
} from './message-columns.ts';
import { type DiagPack, messagePacker } from './message-packer.ts';
import { type InetRequest, inetRequest, leastInet, tcpRequest } from './sock-diag.ts';

/** Columns that are not in use. An engine's garbage does not tell it how much memory a module has. */
let spare: MessageColumns | null = null;

/** Returns what packs are made with, if this engine can. */
export function columnsForPacks(): MessageColumns | null {
  spare ??= messageColumns();
  return spare;
}

function takeColumns(): MessageColumns {
  const columns = columnsForPacks();
  if (columns === null) throw new NetlinkError('ENOTSUP');
  spare = null;
  return columns;
}

/**
 * Requests the sockets of one table as `inetDump` does: columns of numbers, which the next batch reuses. `isBig`: as in `SockDiag`.
 * @throws also if there are no `columnsForPacks`
 */
export function packedDump(
  ask: SockDiag,
  request: InetRequest,
  facts: PackedFacts,
  wanted: FurtherWanted,
  isBig: boolean,
): Dump<DiagPack> {
  const columns = takeColumns();
  const { bytes, tables } = columns;
  const { protocol, family } = request;
  const packer = messagePacker(protocol, family, facts, wanted, bytes, tables[0]);
  const room = () => mostPackedRows - packer.pack.length;
  return dumpOf(ask, inetRequest(request), isBig, {
    bytes,
    least: leastInet,
    flags: columns.flags,
    begin: packer.begin,
    take(from, got) {
      const at = columns.take(tables[0], tables[0], from, got, room());
      packer.complete();
      return at;
    },
    hasRoom: () => room() >= mostMessages,
    batch: () => packer.pack,
    release() {
      spare = columns;
    },
  });
}

/** An answer with the TCP sockets of both families; `batches` has those of IPv4. */
export interface TcpDump extends Dump<DiagPack> {
  /** Complete at the end of the batches: the IPv6 sockets, which were kept. */
  readonly inet6: readonly DiagPack[];
}

/** As `packedDump`, for both tables of TCP at once. */
export function packedTcpDump(
  ask: SockDiag,
  request: Omit<InetRequest, 'family' | 'protocol'>,
  facts: PackedFacts,
  wanted: FurtherWanted,
  isBig: boolean,
): TcpDump {
  const columns = takeColumns();
  const { bytes, tables } = columns;
  const inet = messagePacker('tcp', 'inet', facts, wanted, bytes, tables[0]);
  const inet6 = messagePacker('tcp', 'inet6', facts, wanted, bytes, tables[1]);
  const kept: DiagPack[] = [];
  const room = () => mostPackedRows - Math.max(inet.pack.length, inet6.pack.length);
  const dump = dumpOf(ask, tcpRequest(request), isBig, {
    bytes,
    least: leastInet,
    flags: columns.flags,
    begin() {
      inet.begin();
      // All messages of a datagram may be of IPv6.
      if (inet6.pack.length <= mostPackedRows - mostMessages) return;
      kept.push(inet6.copy());
      inet6.begin();
    },
    take(from, got) {
      const at = columns.take(...tables, from, got, room());
      inet.complete();
      inet6.complete();
      return at;
    },
    hasRoom: () => room() >= mostMessages,
    batch: () => inet.pack,
    release() {
      if (inet6.pack.length > 0) kept.push(inet6.copy());
      spare = columns;
    },
  });
  return { ...dump, inet6: kept };
}
