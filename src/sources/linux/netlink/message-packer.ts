import {
  addRows,
  emptyPack,
  type PackedFacts,
  type WritablePack,
} from '../../../model/packed/sockets.ts';
import type { InetFamily, InetProtocol } from '../../../model/protocol.ts';
import { datagramStateOf, tcpStateOf } from '../sockets/states.ts';
import { timerKindOf } from '../sockets/timers.ts';
import { type FurtherWanted, furtherFacts } from './further-facts.ts';
import { isHandshake } from './inet-message.ts';
import { mostPackedRows, type TableColumns } from './message-columns.ts';
import { deviceAt, headerSize, stateCode } from './sock-diag.ts';

/** The columns of a batch, and facts about some of its rows; valid until the next batch. */
export interface DiagPack extends WritablePack {
  /**
   * The handshakes (`isHandshake`) by row: the number of the interface that their listener is bound to, or that they
   * came in on; 0: none.
   */
  readonly handshakes: Map<number, number>;
}

/** The sockets of one table as columns, which are reused for each batch. */
export interface MessagePacker {
  readonly pack: DiagPack;
  /** Begins a batch: the one before is no longer needed. */
  begin(): void;
  /** Completes the rows that were added to the columns; the messages must still be there. */
  complete(): void;
  /** Returns a copy of the batch, which stays valid. */
  copy(): DiagPack;
}

/**
 * Collects the sockets of one table: the same as a row of `inetMessageParser`, and the wanted facts, complete or as
 * far as `PackedTcpInfo` has them. `bytes`: what the columns' messages are in.
 */
export function messagePacker(
  protocol: InetProtocol,
  family: InetFamily,
  { timers, connectedOnly, whole = false, counts = false }: PackedFacts,
  wanted: FurtherWanted,
  bytes: Buffer,
  columns: TableColumns,
): MessagePacker {
  const isTcp = protocol === 'tcp';
  const table = { protocol, family, stateOf: isTcp ? tcpStateOf : datagramStateOf, timerKindOf };
  // Cgroups are for finding workloads, whatever is shown.
  const kept = whole ? wanted : { ...wanted, tcpInfo: false, socketInfo: false };
  const further =
    kept.tcpInfo || kept.socketInfo || kept.cgroups ? furtherFacts(kept, isTcp) : null;
  const withTcpInfo = wanted.tcpInfo && isTcp && (counts || !whole);
  // Never a spread: V8 would give each pack a hidden class of its own, and optimize what reads it anew for it.
  const emptyDiagPack = (rows: number): DiagPack =>
    Object.assign(emptyPack(table, rows, withTcpInfo, further), { handshakes: new Map() });
  const pack = Object.assign(emptyDiagPack(0), columns.packed);
  if (withTcpInfo) pack.tcpInfo = columns.tcpInfo;
  if (further !== null) {
    const { stride, hasTcpInfo, unpack } = further;
    const bytes = new Uint8Array(mostPackedRows * stride);
    pack.further = { bytes, stride, hasTcpInfo, unpack };
  }
  columns.describe({
    ...{ isTcp, addressWords: family === 'inet' ? 1 : 4 },
    ...{ connectedOnly, withTimers: timers, withTcpInfo },
  });
  const { starts, ends } = columns.messages;
  return {
    pack,
    begin() {
      columns.clear();
      pack.length = 0;
      pack.handshakes.clear();
    },
    complete() {
      const first = pack.length;
      pack.length = columns.length();
      for (let row = first; row < pack.length && columns.halfOpen() > 0; row++) {
        if (pack.states[row] !== stateCode.synRecv) continue;
        const start = starts[row] as number;
        if (!isHandshake(bytes, start - headerSize, ends[row] as number)) continue;
        pack.handshakes.set(row, bytes.readUInt32LE(start + deviceAt));
      }
      if (further === null || pack.further === null) return;
      for (let row = first; row < pack.length; row++) {
        const [start, end] = [starts[row] as number, ends[row] as number];
        further.write(bytes, start, end, pack.further.bytes, row * further.stride);
      }
    },
    copy() {
      const to = emptyDiagPack(pack.length);
      addRows(to, pack, 0, pack.length);
      for (const [row, device] of pack.handshakes) to.handshakes.set(row, device);
      return to;
    },
  };
}
