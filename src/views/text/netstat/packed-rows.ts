import { lazilyFor } from '../../../flow/lazily.ts';
import type { Column } from '../../../model/packed/columns.ts';
import { knownRates } from '../../../model/packed/rates.ts';
import {
  knownInfo,
  type PackedSockets,
  type PackedTable,
  socketsIn,
  unknownUser,
  userAt,
} from '../../../model/packed/sockets.ts';
import type { InetSocket } from '../../../model/socket/socket.ts';
import { infoNeeds } from '../shown-needs.ts';
import type { ViewContext } from '../text-view.ts';
import { cellWidth } from './address-cell.ts';
import { addressWidth, protoText } from './inet.ts';
import { widthsOf } from './info-cells.ts';
import { ownerCell } from './owner-cell.ts';
import { left } from './pad.ts';
import { type CellKind, type RowBytes, rowBytes } from './row-bytes.ts';
import { timerWidth } from './row-tail.ts';
import { stateCell } from './state-cell.ts';
import { countsRetransmits, timerName } from './timer-cell.ts';
import { userText } from './words.ts';
import { workloadCell } from './workload-cell.ts';

/** Upper bounds for a row in bytes, with all numbers as long as possible: its columns, and its text without `texts`. */
const columnsSize = 160;
const longestRow = 512;
/** The same for what each column adds once, so that the next one is aligned. */
const gaps = 32 * 8;

/** What a row begins with: the protocol, and from the offset `queuesAt` on empty queues. */
const startOf = (table: PackedTable) => `${left(protoText(table), 5)}      0      0 `;
const queuesAt = 6;

/** A `Cell` of row-bytes.as.ts. */
interface Cell {
  readonly kind: CellKind;
  readonly width: number;
  readonly column: number;
  readonly texts?: number;
  readonly known?: number;
  readonly bit?: number;
}

/** The sizes of `Rows`, `Cell` and `Timers` there. */
const rowsSize = 16 * 4;
const cellSize = 6 * 4;
const timersSize = 4 * 4;
const mostCells = 16;

/** Puts the first numbers of a column into the writer's memory: its address. */
type PutNumbers = (numbers: Column, count: number) => number;

/** Makes the text of packed sockets, in numbers. */
export interface PackedRows {
  /** The text of a pack, which stays valid until the next one. */
  of(pack: PackedSockets): Uint8Array;
  /** Call at the end. */
  release(): void;
}

/** The same text that `rowOf` makes of their objects. */
export function packedRows(
  context: ViewContext,
  rowOf: (socket: InetSocket) => string,
): PackedRows {
  const writer = rowBytes();
  if (writer !== null) return { of: rowsBy(writer, context), release: writer.release };
  return { of: (pack) => Buffer.from(socketsIn(pack).map(rowOf).join('')), release: () => {} };
}

function rowsBy(writer: RowBytes, context: ViewContext): PackedRows['of'] {
  const { kinds } = writer;
  const starts = lazilyFor((table: PackedTable) => writer.text(startOf(table)));
  const states = statesOf(writer, context);
  const tail = tailCells(writer, context);
  const description = writer.allocate(rowsSize + mostCells * cellSize);
  /** For the columns and the text of a pack: where it begins, its size, and what is free of it. */
  let room = 0;
  let roomSize = 0;
  let free = 0;
  const put: PutNumbers = (numbers, count) => {
    const at = free;
    writer.put(at, numbers, count);
    free = (at + count * numbers.BYTES_PER_ELEMENT + 7) & ~7;
    return at;
  };
  return (pack) => {
    const { table, length } = pack;
    const size = length * (columnsSize + longestRow + tail.learn(pack)) + gaps;
    if (roomSize < size) {
      roomSize = size;
      room = writer.allocate(size);
    }
    free = room;
    const cells = tail.of(pack, put);
    const isIpv4 = table.family === 'inet' ? 1 : 0;
    const ends = [
      ...[put(pack.locals, length * 4), put(pack.remotes, length * 4)],
      ...[put(pack.localPorts, length), put(pack.remotePorts, length)],
    ];
    const queues = [put(pack.recvQueues, length), put(pack.sendQueues, length)];
    writer.put(description, [
      ...[starts(table), startOf(table).length, queuesAt, states(table)],
      ...[isIpv4, addressWidth, context.view.wide ? 0 : cellWidth],
      ...[put(pack.states, length), ...ends, ...queues],
      ...[description + rowsSize, cells.length],
      ...cells.flatMap(({ kind, width, column, texts = 0, known = 0, bit = 0 }) => {
        return [kinds[kind], width, column, texts, known, bit];
      }),
    ]);
    const text = free;
    return writer.bytes(text, writer.write(description, length, text));
  };
}

/** The cells of states, by code. */
function statesOf(writer: RowBytes, { paint }: ViewContext): (table: PackedTable) => number {
  const state = stateCell(paint);
  return lazilyFor(({ protocol, stateOf }: PackedTable) =>
    writer.textsByCode((code) => state({ protocol, state: stateOf(code) })),
  );
}

/** The columns after the state. */
interface TailCells {
  /** Makes texts that are new. Returns an upper bound for those of a row, in bytes. */
  learn(pack: PackedSockets): number;
  /** Call after `learn`. */
  of(pack: PackedSockets, put: PutNumbers): Cell[];
}

/** As in `rowTail`. */
function tailCells(writer: RowBytes, context: ViewContext): TailCells {
  const { view, names, paint } = context;
  const { extend, programs, timers, tcpInfo, peers, workloads } = view;
  const { rates } = infoNeeds(context);
  const hasMore = tcpInfo || peers || workloads;
  const isNamed = extend > 0 && !view.numeric.users;
  const timersOf = timerCells(writer, hasMore ? timerWidth : 0);
  const cell = ownerCell(view.wide, paint);
  const owners = writer.textList();
  const cellOfWorkload = workloadCell(paint);
  const workloadTexts = writer.textList();
  const userOf = userText(view, names);
  const users = writer.textList();
  /** By user: an index in `users`. */
  const places = new Map<number, number>();
  return {
    learn(pack) {
      const { owners: held, peers: others, workloads: lived, uids, length } = pack;
      const { known } = held ?? others ?? { known: [] };
      for (const list of known.slice(owners.length)) owners.add(cell(list));
      for (const fields of lived?.known.slice(workloadTexts.length) ?? []) {
        workloadTexts.add(cellOfWorkload(fields));
      }
      for (let row = 0; isNamed && row < length; row++) {
        const uid = uids[row] as number;
        if (places.has(uid)) continue;
        places.set(uid, users.length);
        users.add(left(userOf(userAt(pack, row)), 10));
      }
      return 2 * owners.longest + users.longest + workloadTexts.longest;
    },
    of(pack, put) {
      const { length, uids, inodes } = pack;
      const texts = (indexes: Column, { address }: { readonly address: number }): Cell => {
        return { kind: 'text', width: 0, column: put(indexes, length), texts: address };
      };
      const cells: Cell[] = [];
      if (isNamed) {
        const indexes = uids.subarray(0, length).map((uid) => places.get(uid) as number);
        cells.push(texts(indexes, users));
      } else if (extend > 0) {
        cells.push({ kind: 'signed', width: 10, column: put(numbersOf(uids), length) });
      }
      if (extend > 0) cells.push({ kind: 'unsigned', width: 10, column: put(inodes, length) });
      if (programs && pack.owners !== null) cells.push(texts(pack.owners.lists, owners));
      if (timers) cells.push(timersOf(pack, put));
      if (tcpInfo) cells.push(...infoCellsOf(pack, put));
      if (rates) cells.push(...ratesCellsOf(pack, put));
      if (peers && pack.peers !== null) cells.push(texts(pack.peers.lists, owners));
      if (workloads && pack.workloads !== null) {
        cells.push(texts(pack.workloads.places, workloadTexts));
      }
      return cells;
    },
  };
}

/** As `userText` has them: 0 for users that are not known. */
function numbersOf(uids: Uint32Array): Uint32Array {
  return uids.includes(unknownUser) ? uids.map((uid) => (uid === unknownUser ? 0 : uid)) : uids;
}

/** As `timerCell`. */
function timerCells(
  writer: RowBytes,
  width: number,
): (pack: PackedSockets, put: PutNumbers) => Cell {
  const namesOf = lazilyFor(({ protocol, timerKindOf }: PackedTable) =>
    writer.textsByCode((code) => timerName(timerKindOf(code), protocol)),
  );
  const column = writer.allocate(timersSize);
  return ({ table, length, timers, expiries, retransmits, probes }, put) => {
    writer.put(column, [
      ...[put(timers, length), put(expiries, length)],
      ...[countsRetransmits(table.protocol) ? put(retransmits, length) : 0],
      put(probes, length),
    ]);
    return { kind: 'timer', width, column, texts: namesOf(table) };
  };
}

/** What a cell shows of a row, and the bit that says whether it is known. */
type Numbers = readonly [kind: CellKind, bit: number, numbers: Column | undefined];

/** Cells of numbers of which some are not known; `known`: left out if none is. */
function partlyKnown(
  widths: readonly number[],
  known: Column | undefined,
  numbers: readonly Numbers[],
  length: number,
  put: PutNumbers,
): Cell[] {
  const bits = put(known ?? new Uint8Array(length), length);
  return numbers.map(([kind, bit, column], index) => {
    const words = kind === 'rightLong' ? 2 * length : length;
    const address = column === undefined ? 0 : put(column, words);
    return { kind, width: widths[index] as number, column: address, known: bits, bit };
  });
}

/** As `infoCells`. */
function infoCellsOf({ length, tcpInfo }: PackedSockets, put: PutNumbers): Cell[] {
  const numbers: Numbers[] = [
    ['milliseconds', knownInfo.rtt, tcpInfo?.rtts],
    ['right', knownInfo.retransmitted, tcpInfo?.retransmitted],
    ['right', knownInfo.cwnd, tcpInfo?.cwnds],
    ['rightLong', knownInfo.sent, tcpInfo?.sent],
    ['rightLong', knownInfo.received, tcpInfo?.received],
  ];
  return partlyKnown(widthsOf.tcpInfo, tcpInfo?.known, numbers, length, put);
}

function ratesCellsOf({ length, rates }: PackedSockets, put: PutNumbers): Cell[] {
  const numbers: Numbers[] = [
    ['rightFloat', knownRates.sent, rates?.sent],
    ['rightFloat', knownRates.received, rates?.received],
  ];
  return partlyKnown(widthsOf.rates, rates?.known, numbers, length, put);
}
