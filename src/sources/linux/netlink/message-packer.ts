import {
  emptyPack,
  keepPack,
  keptRows,
  knownInfo,
  type PackedFacts,
  type PackedTcpInfo,
  type WritablePack,
} from '../../../model/packed/sockets.ts';
import type { InetFamily, InetProtocol } from '../../../model/socket.ts';
import { networkOrder } from '../address.ts';
import { datagramStateOf, tcpStateOf } from '../sockets/states.ts';
import { tick, timerKindOf } from '../sockets/timers.ts';
import { lengthOf, valueAt } from './attributes.ts';
import type { Collector } from './collector.ts';
import { type FurtherWanted, furtherFacts } from './further-facts.ts';
import { attribute, deviceAt, headerSize, inetMessageSize, stateCode } from './sock-diag.ts';

/** The most messages in a datagram: each has its header and a socket. */
export const mostMessages = Math.floor((64 * 1024) / (headerSize + inetMessageSize));

/** The columns of a batch, and facts about some of its rows; valid until the next batch. */
export interface DiagPack extends WritablePack {
  /**
   * For half-open connections, by row: the number of the interface that their listener is bound to, or that they
   * came in on.
   */
  readonly halfOpenBy: Map<number, number>;
}

/** Collects sockets as columns, which are reused for each batch. */
export interface MessagePacker extends Collector<DiagPack> {
  /** Copies the batch to the last of these packs, or to a new one if that has no room. They stay valid. */
  keepIn(kept: DiagPack[]): void;
}

/**
 * Collects the sockets of one table: the same as a row of `inetMessageParser`, and the wanted facts, complete or as
 * far as `PackedTcpInfo` has them. `bytes` must be aligned to a word.
 */
export function messagePacker(
  protocol: InetProtocol,
  family: InetFamily,
  { timers: withTimers, connectedOnly, whole = false, counts = false }: PackedFacts,
  wanted: FurtherWanted,
  bytes: Buffer,
): MessagePacker {
  const isTcp = protocol === 'tcp';
  const table = { protocol, family, stateOf: isTcp ? tcpStateOf : datagramStateOf, timerKindOf };
  const further =
    whole && (wanted.tcpInfo || wanted.socketInfo || wanted.cgroups)
      ? furtherFacts(wanted, isTcp)
      : null;
  const withTcpInfo = wanted.tcpInfo && isTcp && (counts || !whole);
  // Never a spread: V8 would give each pack a hidden class of its own, and optimize the code below anew for it.
  const emptyDiagPack = (rows: number): DiagPack =>
    Object.assign(emptyPack(table, rows, withTcpInfo, further), { halfOpenBy: new Map() });
  const pack = emptyDiagPack(mostMessages);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
  const addressWords = family === 'inet' ? 1 : 4;
  const wantsInfo = withTimers || withTcpInfo;
  /** As the model's `hasPeer`. */
  const hasPeer = (message: number): boolean => {
    if (isTcp) return bytes[message + 6] !== 0 || bytes[message + 7] !== 0;
    for (let i = 0; i < addressWords; i++) if (words[(message >> 2) + 6 + i] !== 0) return true;
    return false;
  };
  return {
    ...{ least: headerSize + inetMessageSize, most: mostMessages },
    begin() {
      pack.length = 0;
      pack.halfOpenBy.clear();
    },
    add(at, end) {
      const row = pack.length;
      const { states, locals, remotes, localPorts, remotePorts, recvQueues, sendQueues } = pack;
      const { uids, inodes, timers, expiries, retransmits, probes, tcpInfo } = pack;
      const message = at + headerSize;
      const word = message >> 2;
      if (connectedOnly && !hasPeer(message)) return;
      pack.length++;
      const state = bytes[message + 1] as number;
      states[row] = state;
      localPorts[row] = ((bytes[message + 4] as number) << 8) | (bytes[message + 5] as number);
      remotePorts[row] = ((bytes[message + 6] as number) << 8) | (bytes[message + 7] as number);
      for (let i = 0; i < addressWords; i++) {
        locals[row * 4 + i] = networkOrder(words[word + 2 + i] as number, true);
        remotes[row * 4 + i] = networkOrder(words[word + 6 + i] as number, true);
      }
      recvQueues[row] = words[word + 14] as number;
      // For a listener it is the limit of its accept queue, which /proc does not show.
      sendQueues[row] = isTcp && state === stateCode.listen ? 0 : (words[word + 15] as number);
      uids[row] = words[word + 16] as number;
      inodes[row] = words[word + 17] as number;
      if (state === stateCode.synRecv && isTcp) {
        const device = words[word + (deviceAt >> 2)] as number;
        if (device !== 0) pack.halfOpenBy.set(row, device);
      }
      const info = wantsInfo ? valueAt(bytes, message + inetMessageSize, end, attribute.info) : -1;
      const length = info < 0 ? 0 : lengthOf(bytes, info);
      if (withTimers) {
        const code = bytes[message + 2] as number;
        const count = bytes[message + 3] as number;
        timers[row] = code;
        const expires = (words[word + 13] as number) >>> 0;
        // The message has only the count of what the timer repeats; tcp_info has both.
        if (info < 0) {
          retransmits[row] = code === 1 ? count : 0;
          probes[row] = code === 2 || code === 4 ? count : 0;
        } else {
          retransmits[row] = length > 2 ? (bytes[info + 2] as number) : 0;
          probes[row] = length > 3 ? (bytes[info + 3] as number) : 0;
        }
        const isOff = code === 0 && retransmits[row] === 0 && probes[row] === 0;
        expiries[row] = isOff ? 0 : expires - (expires % tick);
      }
      if (further !== null && pack.further !== null) {
        further.write(bytes, message, end, pack.further.bytes, row * further.stride);
      }
      if (tcpInfo !== null) {
        addInfo(tcpInfo, row, words, info >> 2, state === stateCode.listen ? 0 : length);
      }
    },
    batch: () => pack,
    keepIn(kept) {
      const { from } = keepPack(kept, pack, keptRows, emptyDiagPack);
      const { halfOpenBy } = kept.at(-1) as DiagPack;
      for (const [row, device] of pack.halfOpenBy) halfOpenBy.set(from + row, device);
    },
  };
}

/** Indexes of 32-bit words in `struct tcp_info` (<linux/tcp.h>), as in `parseTcpInfo`. */
const field = { rtt: 17, cwnd: 20, retransmitted: 25, received: 32, sent: 50 } as const;

/** `length`: the record's, in bytes; an older kernel's is shorter. */
function addInfo(
  info: PackedTcpInfo,
  row: number,
  words: Int32Array,
  first: number,
  length: number,
): void {
  let known = 0;
  const rtt = length >= (field.rtt + 1) * 4 ? (words[first + field.rtt] as number) : 0;
  if (rtt !== 0) {
    known |= knownInfo.rtt;
    info.rtts[row] = rtt;
  }
  if (length >= (field.cwnd + 1) * 4) {
    known |= knownInfo.cwnd;
    info.cwnds[row] = words[first + field.cwnd] as number;
  }
  if (length >= (field.retransmitted + 1) * 4) {
    known |= knownInfo.retransmitted;
    info.retransmitted[row] = words[first + field.retransmitted] as number;
  }
  if (length >= (field.received + 2) * 4) {
    known |= knownInfo.received;
    info.received[row * 2] = words[first + field.received] as number;
    info.received[row * 2 + 1] = words[first + field.received + 1] as number;
  }
  if (length >= (field.sent + 2) * 4) {
    known |= knownInfo.sent;
    info.sent[row * 2] = words[first + field.sent] as number;
    info.sent[row * 2 + 1] = words[first + field.sent + 1] as number;
  }
  info.known[row] = known;
}
