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
import { roomOf, writeIpv4, writeIpv6, writePort, writeText } from './address-bytes.ts';
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
/** The same for an address, which is written behind the rows if it may be cut. */
const longestAddress = 64;

/** The offsets of the ends and the state in a row. */
const localAt = 20;
const remoteAt = localAt + addressWidth + 1;
const stateAt = remoteAt + addressWidth + 1;

const blank = 32;
const lineFeed = 10;

/**
 * Makes the text of packed sockets, in numbers: the same that `inetRow` makes of their objects. It is put together
 * as bytes, which stay valid until the next pack, so that a row costs no object. Most of it runs before V8 has
 * optimized it, so bytes are copied in whole rows: fewer steps are faster.
 */
export function packedRows(context: ViewContext): (pack: PackedSockets) => Uint8Array {
  const { wide } = context.view;
  const owners = ownerTexts(context);
  const writeTail = tailWriter(context, owners);
  const templates = templatesFor(context);
  let room = roomOf(0);

  /** Writes an IPv6 address, cut to its column, and a port. */
  function writeLongEnd(words: Int32Array, row: number, port: number, at: number): number {
    if (wide) return writePort(room, port, writeIpv6(room, words, row * 4, at));
    const { bytes } = room;
    const aside = bytes.length - longestAddress;
    const length = writeIpv6(room, words, row * 4, aside) - aside;
    const digits = port < 10 ? 1 : port < 100 ? 2 : port < 1000 ? 3 : port < 10_000 ? 4 : 5;
    const shown = Math.min(length, cellWidth - digits);
    bytes.copyWithin(at, aside, aside + shown);
    return writePort(room, port, at + shown);
  }

  return (pack) => {
    const { table, length, states, locals, remotes, localPorts, remotePorts } = pack;
    const { recvQueues, sendQueues } = pack;
    // Two texts: the owner and the peer.
    const size = length * (longestRow + 2 * owners.learn(pack.owners)) + longestAddress;
    if (room.bytes.length < size) room = roomOf(size);
    const { bytes } = room;
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
          ? writePort(room, port, writeIpv4(room, words[row * 4] as number, start))
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
