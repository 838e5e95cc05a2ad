import { ipv6Text, unmapped } from '../../../model/address-text.ts';
import type { PackedOwners } from '../../../model/packed/owners.ts';
import { ratesAt } from '../../../model/packed/rates.ts';
import {
  type PackedSockets,
  type PackedTable,
  tcpInfoAt,
  timerAt,
} from '../../../model/packed/sockets.ts';
import { infoNeeds } from '../shown-needs.ts';
import type { ViewContext } from '../text-view.ts';
import { cellWidth } from './address-cell.ts';
import { addressWidth, protoText } from './inet.ts';
import { ratesCells, tcpInfoCells } from './info-cells.ts';
import { ownerCell } from './owner-cell.ts';
import { left, right } from './pad.ts';
import { timerWidth } from './row-tail.ts';
import { stateCell } from './state-cell.ts';
import { timerCell } from './timer-cell.ts';
import { userText } from './user-text.ts';

/** An upper bound for a row's length in bytes, with all numbers as long as possible. */
const longestRow = 512;

/** The offsets of the ends and the state in a row. */
const localAt = 20;
const remoteAt = localAt + addressWidth + 1;
const stateAt = remoteAt + addressWidth + 1;

const blank = 32;
const colon = 58;
const zero = 48;
const lineFeed = 10;

/** For each byte: its decimal number with a dot, padded to four bytes, and the length of that. */
const octets = new Uint32Array(256);
const octetLengths = new Uint8Array(256);
/** `00` to `99`, two bytes each. */
const pairs = new Uint16Array(100);

/** The size of the cache of IPv6 texts; the address's bits choose the slot. */
const slots = 256;
/** An IPv6 address takes at most 39 characters. */
const slotSize = 40;

/**
 * Makes the text of packed sockets, in numbers: the same that `inetRow` makes of their objects. It is put together
 * as bytes, which stay valid until the next pack, so that a row costs no object. Most of it runs before V8 has
 * optimized it, so bytes are copied in rows and words: fewer steps are faster.
 */
export function packedRows(context: ViewContext): (pack: PackedSockets) => Uint8Array {
  const { wide } = context.view;
  if (pairs[99] === 0) fillTables();
  const owners = ownerTexts(context);
  const writeTail = tailWriter(context, owners);
  const writeIpv6 = ipv6Writer();
  const templates = templatesFor(context);
  let bytes = Buffer.allocUnsafeSlow(0);
  let view = new DataView(bytes.buffer);

  function writePort(port: number, at: number): number {
    bytes[at] = colon;
    if (port >= 10_000) {
      const first = (port / 10_000) | 0;
      const rest = port - first * 10_000;
      const second = (rest / 100) | 0;
      bytes[at + 1] = zero + first;
      view.setUint16(at + 2, pairs[second] as number, true);
      view.setUint16(at + 4, pairs[rest - second * 100] as number, true);
      return at + 6;
    }
    return port === 0 ? writeText(bytes, '*', at + 1) : writeText(bytes, String(port), at + 1);
  }

  /** Returns the offset after it. */
  function writeIpv4(word: number, port: number, at: number): number {
    let end = at;
    for (let shift = 24; shift >= 0; shift -= 8) {
      const byte = (word >>> shift) & 0xff;
      view.setUint32(end, octets[byte] as number, true);
      end += octetLengths[byte] as number;
    }
    // Overwrites the last dot. An IPv4 address always fits its column.
    return writePort(port, end - 1);
  }

  /** The same for IPv6, cut to its column. */
  function writeLongEnd(words: Int32Array, row: number, port: number, at: number): number {
    const digits = port < 10 ? 1 : port < 100 ? 2 : port < 1000 ? 3 : port < 10_000 ? 4 : 5;
    const most = wide ? slotSize : cellWidth - digits;
    return writePort(port, writeIpv6(bytes, words, row * 4, at, most));
  }

  return (pack) => {
    const { table, length, states, locals, remotes, localPorts, remotePorts } = pack;
    const { recvQueues, sendQueues } = pack;
    // Two texts: the owner and the peer.
    const room = length * (longestRow + 2 * owners.learn(pack.owners));
    if (bytes.length < room) {
      bytes = Buffer.allocUnsafeSlow(room);
      view = new DataView(bytes.buffer);
    }
    const templateOf = templates(table);
    const isIpv4 = table.family === 'inet';
    let at = 0;
    for (let row = 0; row < length; row++) {
      const template = templateOf(states[row] as number);
      bytes.set(template, at);
      // How far over-long values have shifted what follows.
      let moved = 0;
      const recvQueue = recvQueues[row] as number;
      const sendQueue = sendQueues[row] as number;
      if (recvQueue !== 0 || sendQueue !== 0) {
        const text = `${right(recvQueue, 6)} ${right(sendQueue, 6)} `;
        moved = writeText(bytes, text, at + 6) - at - localAt;
      }
      let start = at + localAt + moved;
      for (let side = 0; side < 2; side++) {
        const words = side === 0 ? locals : remotes;
        const port = (side === 0 ? localPorts : remotePorts)[row] as number;
        const end = isIpv4
          ? writeIpv4(words[row * 4] as number, port, start)
          : writeLongEnd(words, row, port, start);
        if (moved > 0) bytes.fill(blank, end, Math.max(end, start + addressWidth));
        start = Math.max(end, start + addressWidth);
        bytes[start++] = blank;
        moved = start - at - (side === 0 ? remoteAt : stateAt);
      }
      if (moved > 0) bytes.set(template.subarray(stateAt), start);
      at = start + template.length - stateAt;
      if (writeTail !== null) at = writeTail(bytes, pack, row, at);
      bytes[at++] = lineFeed;
    }
    return bytes.subarray(0, at);
  };
}

function writeText(bytes: Uint8Array, text: string, at: number): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}

/** A row with only its protocol and state, by the state's code. */
function templatesFor({
  paint,
}: ViewContext): (table: PackedTable) => (code: number) => Uint8Array {
  const state = stateCell(paint);
  const known = new Map<PackedTable, (Uint8Array | undefined)[]>();
  return (table) => {
    const { protocol } = table;
    const ofTable = known.get(table) ?? [];
    known.set(table, ofTable);
    const start = `${left(protoText(table), 5)}      0      0 `.padEnd(stateAt);
    return (code) => {
      ofTable[code] ??= Buffer.from(start + state({ protocol, state: table.stateOf(code) }));
      return ofTable[code] as Uint8Array;
    };
  };
}

/** Writes an IPv6 address, cut to a number of bytes, and returns the offset after it. */
function ipv6Writer(): (
  bytes: Uint8Array,
  words: Int32Array,
  first: number,
  at: number,
  most: number,
) => number {
  const texts = new Uint8Array(slots * slotSize);
  const lengths = new Uint8Array(slots);
  const keys = new Int32Array(slots * 4);
  return (bytes, words, first, at, most) => {
    const a = words[first] as number;
    const b = words[first + 1] as number;
    const c = words[first + 2] as number;
    const d = words[first + 3] as number;
    const mixed = a ^ b ^ c ^ d;
    const slot = (mixed ^ (mixed >>> 12) ^ (mixed >>> 24)) & (slots - 1);
    const key = slot * 4;
    const from = slot * slotSize;
    if (
      lengths[slot] === 0 ||
      keys[key] !== a ||
      keys[key + 1] !== b ||
      keys[key + 2] !== c ||
      keys[key + 3] !== d
    ) {
      const text = unmapped(ipv6Text(a, b, c, d));
      lengths[slot] = writeText(texts, text, from) - from;
      keys.set([a, b, c, d], key);
    }
    const length = Math.min(lengths[slot] as number, most);
    bytes.set(texts.subarray(from, from + length), at);
    return at + length;
  };
}

/** Writes the columns after the state, and returns the offset after them. */
type TailWriter = (bytes: Uint8Array, pack: PackedSockets, row: number, at: number) => number;

/** The cells of owners, each made once. */
interface OwnerTexts {
  /** Makes the cells that are new. Returns the length of the longest, in bytes. */
  learn(owners: PackedOwners | null): number;
  /** By index in `PackedOwners.known`. */
  readonly texts: readonly Uint8Array[];
}

function ownerTexts({ view, paint }: ViewContext): OwnerTexts {
  const cell = ownerCell(view.wide, paint);
  const texts: Uint8Array[] = [];
  let longest = 0;
  return {
    texts,
    learn(owners) {
      for (const list of owners?.known.slice(texts.length) ?? []) {
        const text = Buffer.from(` ${cell(list)}`);
        longest = Math.max(longest, text.length);
        texts.push(text);
      }
      return longest;
    },
  };
}

/** As in `rowTail`; null: no columns. */
function tailWriter(context: ViewContext, { texts }: OwnerTexts): TailWriter | null {
  const { view, names } = context;
  const { extend, programs, timers, tcpInfo, peers } = view;
  const { rates } = infoNeeds(context);
  const hasMore = tcpInfo || peers;
  if (extend === 0 && !programs && !timers && !hasMore) return null;
  const userOf = userText(view, names);
  const noInfo = tcpInfoCells(null);
  const writeOwner = (bytes: Uint8Array, lists: Int32Array, row: number, at: number) => {
    const text = texts[lists[row] as number] as Uint8Array;
    bytes.set(text, at);
    return at + text.length;
  };
  return (bytes, pack, row, at) => {
    let end = at;
    if (extend > 0) {
      const user = left(userOf(pack.uids[row] as number), 10);
      end = writeText(bytes, ` ${user} ${left(pack.inodes[row] as number, 10)}`, end);
    }
    if (programs && pack.owners !== null) end = writeOwner(bytes, pack.owners.lists, row, end);
    if (timers) {
      const timer = timerCell(timerAt(pack, row), pack.table.protocol);
      end = writeText(bytes, ` ${hasMore ? left(timer, timerWidth) : timer}`, end);
    }
    if (tcpInfo) {
      const cells = pack.tcpInfo === null ? noInfo : tcpInfoCells(tcpInfoAt(pack.tcpInfo, row));
      end = writeText(bytes, cells, end);
    }
    if (rates) end = writeText(bytes, ratesCells(pack.rates && ratesAt(pack.rates, row)), end);
    return peers && pack.peers !== null ? writeOwner(bytes, pack.peers.lists, row, end) : end;
  };
}

function fillTables(): void {
  const bytes = new Uint8Array(octets.buffer);
  bytes.fill(blank);
  for (let value = 0; value < 256; value++) {
    const start = value * 4;
    octetLengths[value] = writeText(bytes, `${value}.`, start) - start;
  }
  const digits = new Uint8Array(pairs.buffer);
  for (let value = 0; value < 100; value++) {
    writeText(digits, String(value).padStart(2, '0'), value * 2);
  }
}
