/**
 * Writes netstat's rows from columns of numbers, in WebAssembly: JavaScript would run most of a listing before V8 has
 * optimized it, and optimizing takes the processor that the kernel's answer needs.
 *
 * AssemblyScript (`scripts/assemble.js`). Addresses are offsets in the memory, and `row-bytes.ts` decides what is
 * where. A `write…` function returns the address after what it wrote.
 */

/** A text for a code that has none yet: writes its entry in the table. */
declare function learn(table: usize, code: u32): void;

/** The rows of one table. Columns are addresses: an entry per row. */
@unmanaged
class Rows {
  /** How each row begins: its protocol and empty queues; the length of that, and the offset of the queues in it. */
  start: usize;
  startLength: usize;
  queuesAt: usize;
  /** A text for each state. */
  stateTexts: usize;
  /** Yes: 1. */
  isIpv4: u32;
  /** The width of an end's column, and what its address and port share; 0: they are never cut. */
  endWidth: usize;
  cellWidth: usize;
  states: usize;
  /** Four words per row in network order; an IPv4 address is in the first. */
  locals: usize;
  remotes: usize;
  localPorts: usize;
  remotePorts: usize;
  recvQueues: usize;
  sendQueues: usize;
  /** What follows the state, each after a blank. */
  cells: usize;
  cellCount: u32;
}

/** A column after the state. */
@unmanaged
class Cell {
  /** One of those exported below. */
  kind: u32;
  width: usize;
  column: usize;
  /** For texts: the table of them. */
  texts: usize;
  /** A column of bits, and the one that says whether a row's number is known; no bit: each is. */
  known: usize;
  bit: u32;
}

/** The column of a `timer` cell. */
@unmanaged
class Timers {
  codes: usize;
  milliseconds: usize;
  /** 0: none are counted. */
  retransmits: usize;
  probes: usize;
}

/** The column has indexes of texts, which have their full width. */
export const text: u32 = 0;
/** Numbers on the left: of 32 bits, with or without a sign. */
export const signed: u32 = 1;
export const unsigned: u32 = 2;
/** On the right: numbers of 32 bits, of 64 bits, or those of JavaScript; and microseconds, as milliseconds. */
export const right: u32 = 3;
export const rightLong: u32 = 4;
export const rightFloat: u32 = 5;
export const milliseconds: u32 = 6;
/** On the left: `keepalive (6973.26/0/0)`. */
export const timer: u32 = 7;

/** Characters. */
const lineFeed: u8 = 0x0a;
const blank: u8 = 0x20;
const opening: u8 = 0x28;
const closing: u8 = 0x29;
const asterisk: u8 = 0x2a;
const minus: u8 = 0x2d;
const dot: u8 = 0x2e;
const slash: u8 = 0x2f;
const zero: u8 = 0x30;
const colon: u8 = 0x3a;
/** What is added to 10 for `a`. */
const letters: u8 = 0x57;

/** `00` to `99`, two bytes each. */
const pairs: usize = memory.data(100 * 2);
for (let value: u32 = 0; value < 100; value++) {
  store<u8>(pairs + value * 2, <u8>(zero + value / 10));
  store<u8>(pairs + value * 2, <u8>(zero + (value % 10)), 1);
}

/** For each byte: its decimal number with a dot, in four bytes, and the length of that. */
const octets: usize = memory.data(256 * 4);
const octetLengths: usize = memory.data(256);
for (let value: u32 = 0; value < 256; value++) {
  const start = octets + value * 4;
  const end = writeNumber(value, start);
  store<u8>(end, dot);
  store<u8>(octetLengths + value, <u8>(end + 1 - start));
}

/** Copies text eight bytes at a time, and up to seven more, which whatever follows overwrites. */
function writeBytes(from: usize, length: usize, at: usize): usize {
  for (let done: usize = 0; done < length; done += 8) store<u64>(at + done, load<u64>(from + done));
  return at + length;
}

/** The number of decimal digits. */
function digitsIn(value: u32): usize {
  if (value < 10) return 1;
  if (value < 100) return 2;
  if (value < 1000) return 3;
  if (value < 10_000) return 4;
  if (value < 100_000) return 5;
  return 5 + digitsIn(value / 100_000);
}

function writeNumber(value: u32, at: usize): usize {
  return writeDigits(value, digitsIn(value), at);
}

/** With zeros in front. */
function writeDigits(value: u32, count: usize, at: usize): usize {
  let rest = value;
  let to = at + count;
  for (; to >= at + 2; rest /= 100) {
    to -= 2;
    store<u16>(to, load<u16>(pairs + (rest % 100) * 2));
  }
  if (to > at) store<u8>(at, <u8>(zero + (rest % 10)));
  return at + count;
}

/** `count`: may be negative. As `writeBytes`. */
function writeBlanks(count: isize, at: usize): usize {
  for (let done: isize = 0; done < count; done += 8) store<u64>(at + done, 0x2020_2020_2020_2020);
  return count > 0 ? at + count : at;
}

/** Fills the column of a text that has been written from `start` to `end`. */
function fill(start: usize, end: usize, width: usize): usize {
  return writeBlanks(start + width - end, end);
}

function writeRight(value: u32, width: usize, at: usize): usize {
  return writeNumber(value, writeBlanks(width - digitsIn(value), at));
}

function writeRightLong(value: u64, width: usize, at: usize): usize {
  const billion: u64 = 1_000_000_000;
  if (value <= u32.MAX_VALUE) return writeRight(<u32>value, width, at);
  return writeDigits(<u32>(value % billion), 9, writeRightLong(value / billion, width - 9, at));
}

function writePort(port: u32, at: usize): usize {
  store<u8>(at, colon);
  if (port !== 0) return writeNumber(port, at + 1);
  store<u8>(at + 1, asterisk);
  return at + 2;
}

function writeIpv4(word: u32, at: usize): usize {
  for (let shift: i32 = 24; shift >= 0; shift -= 8) {
    const byte = (word >>> shift) & 0xff;
    store<u32>(at, load<u32>(octets + byte * 4));
    at += load<u8>(octetLengths + byte);
  }
  // Without the last dot.
  return at - 1;
}

function groupAt(words: usize, index: u32): u32 {
  const word = load<u32>(words + (index >>> 1) * 4);
  return (index & 1) === 0 ? word >>> 16 : word & 0xffff;
}

function hexDigit(value: u32): u8 {
  return <u8>(value < 10 ? zero + value : letters + value);
}

function writeGroup(group: u32, at: usize): usize {
  if (group >= 0x1000) store<u8>(at++, hexDigit(group >>> 12));
  if (group >= 0x100) store<u8>(at++, hexDigit((group >>> 8) & 0xf));
  if (group >= 0x10) store<u8>(at++, hexDigit((group >>> 4) & 0xf));
  store<u8>(at, hexDigit(group & 0xf));
  return at + 1;
}

/** As `unmapped(ipv6Text(…))` (RFC 5952). */
function writeIpv6(words: usize, at: usize): usize {
  if (load<u64>(words) === 0) {
    const third = load<u32>(words, 8);
    const last = load<u32>(words, 12);
    if (third === 0xffff) return writeIpv4(last, at);
    if (third === 0 && last >>> 16 !== 0) {
      store<u8>(at, colon);
      store<u8>(at + 1, colon);
      return writeIpv4(last, at + 2);
    }
  }
  // The first longest run of two or more zeros becomes `::`.
  let from: u32 = 8;
  let longest: u32 = 1;
  for (let index: u32 = 0, run: u32 = 0; index < 8; index++) {
    run = groupAt(words, index) === 0 ? run + 1 : 0;
    if (run <= longest) continue;
    longest = run;
    from = index + 1 - run;
  }
  for (let index: u32 = 0; index < 8; index++) {
    if (index > 0 || from === 0) store<u8>(at++, colon);
    if (index === from) {
      index += longest - 1;
      if (index === 7) store<u8>(at++, colon);
    } else at = writeGroup(groupAt(words, index), at);
  }
  return at;
}

/** An address and a port, in their column, with a blank behind it. */
function writeEnd(rows: Rows, words: usize, port: u32, at: usize): usize {
  let end = rows.isIpv4 !== 0 ? writeIpv4(load<u32>(words), at) : writeIpv6(words, at);
  if (rows.cellWidth !== 0) end = min(end, at + rows.cellWidth - digitsIn(port));
  end = fill(at, writePort(port, end), rows.endWidth);
  store<u8>(end, blank);
  return end + 1;
}

/** The text of a code in a table: entries with its address and length. */
function textOf(table: usize, code: u32): usize {
  const entry = table + code * 8;
  if (load<usize>(entry) === 0) learn(table, code);
  return entry;
}

function writeText(entry: usize, at: usize): usize {
  return writeBytes(load<usize>(entry), load<usize>(entry, 4), at);
}

/** Seconds until it fires, retransmissions, probes. */
function writeTimer(cell: Cell, row: u32, at: usize): usize {
  const timers = changetype<Timers>(cell.column);
  const code: u32 = load<u8>(timers.codes + row);
  // The first code is that of no timer.
  const hundredths = code === 0 ? 0 : load<u32>(timers.milliseconds + row * 4) / 10;
  let end = writeText(textOf(cell.texts, code), at);
  store<u8>(end++, blank);
  store<u8>(end++, opening);
  end = writeNumber(hundredths / 100, end);
  store<u8>(end++, dot);
  end = writeDigits(hundredths % 100, 2, end);
  store<u8>(end++, slash);
  end = writeNumber(timers.retransmits === 0 ? 0 : load<u8>(timers.retransmits + row), end);
  store<u8>(end++, slash);
  end = writeNumber(load<u8>(timers.probes + row), end);
  store<u8>(end++, closing);
  return fill(at, end, cell.width);
}

function writeUnknown(width: usize, at: usize): usize {
  const end = writeBlanks(width - 1, at);
  store<u8>(end, minus);
  return end + 1;
}

function writeCell(cell: Cell, row: u32, at: usize): usize {
  const kind = cell.kind;
  const width = cell.width;
  if (cell.bit !== 0 && (load<u8>(cell.known + row) & cell.bit) === 0)
    return writeUnknown(width, at);
  const word = cell.column + row * 4;
  if (kind === text) return writeText(textOf(cell.texts, load<u32>(word)), at);
  if (kind === timer) return writeTimer(cell, row, at);
  if (kind === right) return writeRight(load<u32>(word), width, at);
  if (kind === rightLong) return writeRightLong(load<u64>(cell.column + row * 8), width, at);
  if (kind === rightFloat) return writeRightLong(<u64>load<f64>(cell.column + row * 8), width, at);
  if (kind === milliseconds) {
    const value = load<u32>(word);
    const whole = value / 1000;
    const end = writeRight(whole, width - 4, at);
    store<u8>(end, dot);
    return writeDigits(value % 1000, 3, end + 1);
  }
  let end = at;
  let value = load<u32>(word);
  if (kind === signed && <i32>value < 0) {
    store<u8>(end++, minus);
    value = -value;
  }
  return fill(at, writeNumber(value, end), width);
}

/** The queues, each with a blank behind it; the start of the row has been written from `at` on. */
function writeQueues(rows: Rows, received: u32, sent: u32, at: usize): usize {
  const width = (rows.startLength - rows.queuesAt) / 2 - 1;
  const middle = writeRight(received, width, at + rows.queuesAt);
  store<u8>(middle, blank);
  const end = writeRight(sent, width, middle + 1);
  store<u8>(end, blank);
  return end + 1;
}

/** Writes the rows, each with its line feed. */
export function write(description: usize, length: u32, to: usize): usize {
  const rows = changetype<Rows>(description);
  let at = to;
  for (let row: u32 = 0; row < length; row++) {
    const received = load<u32>(rows.recvQueues + row * 4);
    const sent = load<u32>(rows.sendQueues + row * 4);
    const start = at;
    at = writeBytes(rows.start, rows.startLength, at);
    if ((received | sent) !== 0) at = writeQueues(rows, received, sent, start);
    at = writeEnd(rows, rows.locals + row * 16, load<u16>(rows.localPorts + row * 2), at);
    at = writeEnd(rows, rows.remotes + row * 16, load<u16>(rows.remotePorts + row * 2), at);
    at = writeText(textOf(rows.stateTexts, load<u8>(rows.states + row)), at);
    for (let index: u32 = 0; index < rows.cellCount; index++) {
      store<u8>(at++, blank);
      at = writeCell(changetype<Cell>(rows.cells + index * offsetof<Cell>()), row, at);
    }
    store<u8>(at++, lineFeed);
  }
  return at;
}
