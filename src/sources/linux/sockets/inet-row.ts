import type { InetFamily, InetProtocol } from '../../../model/protocol.ts';
import type { SocketInfo } from '../../../model/socket/info.ts';
import type { InetSocket, Timer } from '../../../model/socket/socket.ts';
import {
  hex8,
  nibble,
  scan,
  scanDecimal,
  scanHex,
  scanUnsigned,
  skipBlanks,
  skipSign,
} from '../scan.ts';
import { endpointReader } from './endpoint-reader.ts';
import { keepRecord } from './kernel-record.ts';
import { datagramStateOf, tcpStateOf } from './states.ts';
import { tick, timerKindOf, timerOff } from './timers.ts';

/**
 * Parses rows of /proc/net/{tcp,tcp6,udp,udp6,udplite,udplite6,raw,raw6}:
 * `sl: local:port remote:port st tx:rx tr:when retrnsmt uid timeout inode …`
 * (net/ipv4/tcp_ipv4.c tcp4_seq_show, net/ipv4/udp.c udp4_seq_show, net/ipv4/raw.c, and their IPv6 counterparts).
 * Kernels add columns at the end, and rows of TIME_WAIT and SYN_RECV are shorter, so fields are counted from the
 * left and what follows the inode is ignored; rows that end before the uid are valid too.
 */
export type RowParser = (bytes: Uint8Array, start: number, end: number) => InetSocket | null;

/**
 * A parser for one table. `littleEndian`: the byte order of the machine that wrote it; `socketInfo`: also return what
 * rows contain of that; `records`: as in `TableQuery`. It never throws: null is a row that it cannot parse.
 */
export function inetRowParser(
  protocol: InetProtocol,
  family: InetFamily,
  littleEndian: boolean,
  socketInfo = false,
  records = false,
): RowParser {
  const stateOf = protocol === 'tcp' ? tcpStateOf : datagramStateOf;
  const endpoint = endpointReader(family, littleEndian);
  return (bytes, start, end) => {
    scanDecimal(bytes, skipSign(bytes, skipBlanks(bytes, start, end)), end);
    if (bytes[scan.cursor] !== colon) return null;
    const local = endpoint(bytes, skipBlanks(bytes, scan.cursor + 1, end), end);
    if (local === null) return null;
    const remote = endpoint(bytes, skipBlanks(bytes, scan.cursor, end), end);
    if (remote === null) return null;
    if (!(readPlainFields(bytes, scan.cursor, end) || readFields(bytes, scan.cursor, end)))
      return null;

    const uid = scanUnsigned(bytes, skipBlanks(bytes, scan.cursor, end), end);
    const probes = scanUnsigned(bytes, skipBlanks(bytes, scan.cursor, end), end);
    const inode = scanUnsigned(bytes, skipBlanks(bytes, scan.cursor, end), end);
    const socket: InetSocket = {
      protocol,
      family,
      local,
      remote,
      state: stateOf(fields.state),
      recvQueue: fields.recvQueue,
      sendQueue: fields.sendQueue,
      // The kernel's own `int` (`%8d`): the only column that may be negative.
      timer: timerOf(probes < 0 ? 0 : probes | 0),
      uid: uid < 0 ? null : uid,
      inode: inode <= 0 ? null : inode,
      owners: null,
      noOwner: null,
    };
    if (records && socket.inode === null) keepRecord(socket, recordAfter(bytes, scan.cursor, end));
    return socketInfo ? Object.assign(socket, infoAfter(bytes, scan.cursor, end, socket)) : socket;
  };
}

/**
 * The part of `SocketInfo` in a row: a listener's queue, and in ` ref pointer drops` after the inode the drops of
 * UDP and raw sockets. TCP's rows have other fields there.
 */
function infoAfter(
  bytes: Uint8Array,
  at: number,
  end: number,
  { protocol, state, recvQueue }: InetSocket,
): SocketInfo {
  const isListening = protocol === 'tcp' && state === 'LISTEN' && recvQueue !== null;
  return {
    acceptQueue: isListening ? { length: recvQueue, limit: null } : null,
    drops: protocol === 'tcp' ? null : dropsAfter(bytes, at, end),
    ...{ memory: null, mark: null, cookie: null, device: null },
  };
}

function dropsAfter(bytes: Uint8Array, at: number, end: number): number | null {
  scanUnsigned(bytes, skipBlanks(bytes, at, end), end);
  let pointerEnd = skipBlanks(bytes, scan.cursor, end);
  while (pointerEnd < end && bytes[pointerEnd] !== blank) pointerEnd++;
  const drops = scanUnsigned(bytes, skipBlanks(bytes, pointerEnd, end), end);
  return drops < 0 ? null : drops;
}

/**
 * The record's address in ` ref pointer` after the inode, as far as a number can hold it. The kernel shows a hash of it,
 * or 0, unless it trusts the reader (printk's `%pK`).
 */
function recordAfter(bytes: Uint8Array, at: number, end: number): number {
  scanUnsigned(bytes, skipBlanks(bytes, at, end), end);
  let address = 0;
  for (let i = skipBlanks(bytes, scan.cursor, end); i < end && bytes[i] !== blank; i++) {
    address = (address % 2 ** 48) * 16 + nibble(bytes[i] as number);
  }
  return address;
}

const colon = 58;
const blank = 32;

/** The fields between the ends and the uid of the current row. */
const fields = { state: 0, sendQueue: 0, recvQueue: 0, timer: 0, ticks: 0, retransmits: 0 };

/**
 * Reads ` st tx:rx tr:when retrnsmt` in the widths in which kernels print it, `%02X %08X:%08X %02X:%08lX %08X`:
 * every byte has a fixed offset. This is most of the work on a big table, and takes half the time of `readFields`.
 * Returns false, without reading anything, for any other form.
 */
function readPlainFields(bytes: Uint8Array, at: number, end: number): boolean {
  if (
    at + 43 > end ||
    bytes[at] !== blank ||
    bytes[at + 3] !== blank ||
    bytes[at + 12] !== colon ||
    bytes[at + 21] !== blank ||
    bytes[at + 24] !== colon ||
    bytes[at + 33] !== blank ||
    bytes[at + 42] !== blank
  ) {
    return false;
  }
  const state = (nibble(bytes[at + 1] as number) << 4) | nibble(bytes[at + 2] as number);
  const sendQueue = hex8(bytes, at + 4);
  const recvQueue = hex8(bytes, at + 13);
  const timer = (nibble(bytes[at + 22] as number) << 4) | nibble(bytes[at + 23] as number);
  const ticks = hex8(bytes, at + 25);
  const retransmits = hex8(bytes, at + 34);
  if (state < 0 || sendQueue < 0 || recvQueue < 0 || timer < 0 || ticks < 0 || retransmits < 0) {
    return false;
  }
  fields.state = state;
  fields.sendQueue = sendQueue;
  fields.recvQueue = recvQueue;
  fields.timer = timer;
  fields.ticks = ticks;
  fields.retransmits = retransmits;
  scan.cursor = at + 42;
  return true;
}

/** The same in any widths; returns false if a field is missing. */
function readFields(bytes: Uint8Array, at: number, end: number): boolean {
  fields.state = scanHex(bytes, skipBlanks(bytes, at, end), end);
  fields.sendQueue = scanHex(bytes, skipBlanks(bytes, scan.cursor, end), end);
  if (bytes[scan.cursor] !== colon) return false;
  fields.recvQueue = scanHex(bytes, scan.cursor + 1, end);
  fields.timer = scanHex(bytes, skipBlanks(bytes, scan.cursor, end), end);
  if (bytes[scan.cursor] !== colon) return false;
  fields.ticks = scanHex(bytes, scan.cursor + 1, end);
  fields.retransmits = scanHex(bytes, skipBlanks(bytes, scan.cursor, end), end);
  const { state, sendQueue, recvQueue, timer, ticks, retransmits } = fields;
  return ![state, sendQueue, recvQueue, timer, ticks, retransmits].some((field) => field < 0);
}

function timerOf(probes: number): Timer {
  const { timer, ticks, retransmits } = fields;
  if (timer === 0 && ticks === 0 && retransmits === 0 && probes === 0) return timerOff;
  return {
    kind: timerKindOf(timer),
    expiresIn: ticks * tick,
    retransmits,
    probes,
  };
}
