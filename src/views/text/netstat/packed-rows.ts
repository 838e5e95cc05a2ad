import { ipv6Text, unmapped } from '../../../model/address-text.ts';
import {
  knownInfo,
  type PackedSockets,
  type PackedTcpInfo,
  timerAt,
} from '../../../model/packed-sockets.ts';
import type { ViewContext } from '../text-view.ts';
import { cellWidth } from './address-cell.ts';
import { addressWidth, protoText } from './inet.ts';
import { left, right } from './pad.ts';
import { timerWidth } from './row-tail.ts';
import { stateCell } from './state-cell.ts';
import { tcpInfoWidths } from './tcp-info-cells.ts';
import { timerCell } from './timer-cell.ts';

/** No row with all its numbers as long as can be is longer, in bytes. */
const longestRow = 512;

const blank = 32;
const colon = 58;
const dot = 46;
const star = 42;
const zero = 48;

/** The digits of each byte's number, and how many they are, four bytes each. */
const octets = new Uint8Array(256 * 4);

/** The addresses of IPv6 whose text is remembered, each in the one slot that its bits choose. */
const slots = 256;
/** The longest text of one has 39 characters. */
const slotSize = 40;

/**
 * Makes the text of packed sockets, in numbers: the same that `inetRow` makes of their objects. It is
 * put together as bytes, which are good until the next pack comes, so that a row costs no object.
 */
export function packedRows(context: ViewContext): (pack: PackedSockets) => Uint8Array {
  const { view, paint } = context;
  if (octets[3] === 0) fillOctets();
  let bytes = Buffer.allocUnsafeSlow(0);
  let at = 0;

  const texts = new Uint8Array(slots * slotSize);
  const lengths = new Uint8Array(slots);
  const keys = new Int32Array(slots * 4);

  function write(text: Uint8Array): void {
    for (let i = 0; i < text.length; i++) bytes[at + i] = text[i] as number;
    at += text.length;
  }

  function writeText(text: string): void {
    for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
    at += text.length;
  }

  /** At the right of a column. */
  function writeNumber(value: number, width: number): void {
    if (value >= 10) {
      writeText(right(String(value), width));
      return;
    }
    for (let i = 1; i < width; i++) bytes[at++] = blank;
    bytes[at++] = zero + value;
  }

  function writeOctet(value: number): void {
    const from = value << 2;
    bytes[at] = octets[from] as number;
    bytes[at + 1] = octets[from + 1] as number;
    bytes[at + 2] = octets[from + 2] as number;
    at += octets[from + 3] as number;
  }

  function writeIpv4(word: number): void {
    writeOctet(word >>> 24);
    bytes[at++] = dot;
    writeOctet((word >>> 16) & 0xff);
    bytes[at++] = dot;
    writeOctet((word >>> 8) & 0xff);
    bytes[at++] = dot;
    writeOctet(word & 0xff);
  }

  function writeIpv6(words: Int32Array, first: number): void {
    const a = words[first] as number;
    const b = words[first + 1] as number;
    const c = words[first + 2] as number;
    const d = words[first + 3] as number;
    const mixed = a ^ b ^ c ^ d;
    const slot = (mixed ^ (mixed >>> 12) ^ (mixed >>> 24)) & (slots - 1);
    const key = slot * 4;
    const from = slot * slotSize;
    let length = lengths[slot] as number;
    if (
      length === 0 ||
      keys[key] !== a ||
      keys[key + 1] !== b ||
      keys[key + 2] !== c ||
      keys[key + 3] !== d
    ) {
      const text = unmapped(ipv6Text(a, b, c, d));
      length = text.length;
      for (let i = 0; i < length; i++) texts[from + i] = text.charCodeAt(i);
      lengths[slot] = length;
      keys[key] = a;
      keys[key + 1] = b;
      keys[key + 2] = c;
      keys[key + 3] = d;
    }
    for (let i = 0; i < length; i++) bytes[at + i] = texts[from + i] as number;
    at += length;
  }

  function writeEnd(isIpv4: boolean, words: Int32Array, row: number, port: number): void {
    const start = at;
    if (isIpv4) writeIpv4(words[row * 4] as number);
    else writeIpv6(words, row * 4);
    const digits = port < 10 ? 1 : port < 100 ? 2 : port < 1000 ? 3 : port < 10_000 ? 4 : 5;
    const most = start + cellWidth - digits;
    if (at > most && !view.wide) at = most;
    bytes[at] = colon;
    let rest = port;
    for (let place = at + digits; place > at; place--) {
      const tenth = (rest / 10) | 0;
      bytes[place] = zero + rest - tenth * 10;
      rest = tenth;
    }
    if (port === 0) bytes[at + 1] = star;
    at += digits + 1;
    while (at < start + addressWidth) bytes[at++] = blank;
    bytes[at++] = blank;
  }

  function writeInfo(info: PackedTcpInfo, row: number): void {
    const known = info.known[row] as number;
    writeRtt(info.rtts[row] as number, (known & knownInfo.rtt) !== 0);
    writeCell(info.retransmitted[row] as number, (known & knownInfo.retransmitted) !== 0, 1);
    writeCell(info.cwnds[row] as number, (known & knownInfo.cwnd) !== 0, 2);
    writeCell(long(info.sent, row), (known & knownInfo.sent) !== 0, 3);
    writeCell(long(info.received, row), (known & knownInfo.received) !== 0, 4);
  }

  function writeCell(value: number | bigint, isKnown: boolean, column: number): void {
    bytes[at++] = blank;
    writeText(right(isKnown ? String(value) : '-', tcpInfoWidths[column] as number));
  }

  function writeRtt(microseconds: number, isKnown: boolean): void {
    bytes[at++] = blank;
    const text = isKnown ? (microseconds / 1000).toFixed(3) : '-';
    writeText(right(text, tcpInfoWidths[0] as number));
  }

  const state = stateCell(paint);
  const stateBytes = new Map<PackedSockets['table'], (Uint8Array | undefined)[]>();
  function statesOf({ table }: PackedSockets): (code: number) => Uint8Array {
    const known = stateBytes.get(table) ?? [];
    stateBytes.set(table, known);
    return (code) => {
      known[code] ??= Buffer.from(state({ protocol: table.protocol, state: table.stateOf(code) }));
      return known[code] as Uint8Array;
    };
  }

  return (pack) => {
    const { table, length } = pack;
    const { states, locals, remotes, localPorts, remotePorts, recvQueues, sendQueues } = pack;
    const room = states.length * longestRow;
    if (bytes.length < room) bytes = Buffer.allocUnsafeSlow(room);
    at = 0;
    const isIpv4 = table.family === 'inet';
    const proto = Buffer.from(`${left(protoText(table), 5)} `);
    const empty = Buffer.from(`${left(protoText(table), 5)}      0      0 `);
    const stateOf = statesOf(pack);
    const off = Buffer.from(
      timerCell({ kind: 'off', expiresIn: 0, retransmits: 0, probes: 0 }, table.protocol),
    );
    for (let row = 0; row < length; row++) {
      const recvQueue = recvQueues[row] as number;
      const sendQueue = sendQueues[row] as number;
      if (recvQueue === 0 && sendQueue === 0) {
        write(empty);
      } else {
        write(proto);
        writeNumber(recvQueue, 6);
        bytes[at++] = blank;
        writeNumber(sendQueue, 6);
        bytes[at++] = blank;
      }
      writeEnd(isIpv4, locals, row, localPorts[row] as number);
      writeEnd(isIpv4, remotes, row, remotePorts[row] as number);
      write(stateOf(states[row] as number));
      if (view.extend > 0) {
        writeText(` ${left(pack.uids[row] as number, 10)} ${left(pack.inodes[row] as number, 10)}`);
      }
      if (view.timers) {
        bytes[at++] = blank;
        const start = at;
        const isOff =
          pack.timers[row] === 0 && pack.retransmits[row] === 0 && pack.probes[row] === 0;
        if (isOff) write(off);
        else writeText(timerCell(timerAt(pack, row), table.protocol));
        if (view.tcpInfo) while (at < start + timerWidth) bytes[at++] = blank;
      }
      if (view.tcpInfo) {
        if (pack.tcpInfo !== null) writeInfo(pack.tcpInfo, row);
        else for (const width of tcpInfoWidths) writeText(` ${right('-', width)}`);
      }
      bytes[at++] = 10;
    }
    return bytes.subarray(0, at);
  };
}

function long(words: Uint32Array, row: number): number | bigint {
  const low = words[row * 2] as number;
  const high = words[row * 2 + 1] as number;
  return high < 2 ** 21 ? high * 2 ** 32 + low : (BigInt(high) << 32n) | BigInt(low);
}

function fillOctets(): void {
  for (let value = 0; value < 256; value++) {
    const text = String(value);
    for (let i = 0; i < text.length; i++) octets[value * 4 + i] = text.charCodeAt(i);
    octets[value * 4 + 3] = text.length;
  }
}
