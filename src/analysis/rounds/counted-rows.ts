import { ipv4Text, ipv6Text } from '../../model/address/text.ts';
import { knownRates, type PackedRates } from '../../model/packed/rates.ts';
import { knownInfo, type PackedSockets } from '../../model/packed/sockets.ts';
import type { InetFamily } from '../../model/protocol.ts';
import type { InetSocket } from '../../model/socket/socket.ts';
import { hashPrime, hashTerm } from '../word-hash.ts';

/** Offsets of the words that follow a row's ends: its inode, `knownInfo`, bytes sent and received in two words each. */
const behind = { inode: 0, known: 1, sent: 2, received: 4 } as const;
const wordsBehind = 6;

/**
 * What is remembered of a table's TCP connections until the next round, as words: both ports in one, the addresses,
 * then the counters. 100,000 IPv4 connections take 4 MB.
 */
export interface CountedRows {
  readonly family: InetFamily;
  /** The number of words for the ends of a row. */
  readonly endWords: number;
  readonly stride: number;
  words: Uint32Array;
  /** The number of rows. */
  count: number;
  /** Hash table by ends, with row index + 1; null: not needed yet. */
  slots: Int32Array | null;
}

/** Returns an empty store with space for `room` rows. */
export function countedRows(family: InetFamily, room: number): CountedRows {
  const endWords = family === 'inet' ? 3 : 9;
  const stride = endWords + wordsBehind;
  const words = new Uint32Array(stride * Math.max(room, 256));
  return { family, endWords, stride, words, count: 0, slots: null };
}

/** Adds a connection with counters. Returns its index. */
export function addCounted(rows: CountedRows, pack: PackedSockets, row: number): number {
  const { endWords, stride } = rows;
  const at = rows.count * stride;
  if (at + stride > rows.words.length) {
    const larger = new Uint32Array(2 * rows.words.length);
    larger.set(rows.words);
    rows.words = larger;
  }
  const { words } = rows;
  const { locals, remotes, tcpInfo } = pack;
  const addressWords = (endWords - 1) / 2;
  words[at] = ((pack.localPorts[row] as number) << 16) | (pack.remotePorts[row] as number);
  for (let word = 0; word < addressWords; word++) {
    words[at + 1 + word] = locals[row * 4 + word] as number;
    words[at + 1 + addressWords + word] = remotes[row * 4 + word] as number;
  }
  const end = at + endWords;
  words[end + behind.inode] = pack.inodes[row] as number;
  words[end + behind.known] = tcpInfo?.known[row] ?? 0;
  if (tcpInfo !== null) {
    for (let word = 0; word < 2; word++) {
      words[end + behind.sent + word] = tcpInfo.sent[row * 2 + word] as number;
      words[end + behind.received + word] = tcpInfo.received[row * 2 + word] as number;
    }
  }
  return rows.count++;
}

/**
 * Returns the index of the row with the same ends as a row of another round; -1: none. `near`: the index to try first.
 */
export function indexOfSame(
  rows: CountedRows,
  others: CountedRows,
  index: number,
  near: number,
): number {
  if (near < rows.count && areSameEnds(rows, near, others, index)) return near;
  rows.slots ??= slotsOf(rows);
  const { slots } = rows;
  const last = slots.length - 1;
  for (let slot = hashOf(others, index) & last; ; slot = (slot + 1) & last) {
    const found = (slots[slot] as number) - 1;
    if (found < 0 || areSameEnds(rows, found, others, index)) return found;
  }
}

/** Builds the hash table; of several rows with the same ends the last counts. At least half of the slots are free. */
function slotsOf(rows: CountedRows): Int32Array {
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(rows.count + 1) + 1));
  const last = slots.length - 1;
  for (let index = 0; index < rows.count; index++) {
    let slot = hashOf(rows, index) & last;
    for (let taken = slots[slot] as number; taken > 0; taken = slots[slot] as number) {
      if (areSameEnds(rows, taken - 1, rows, index)) break;
      slot = (slot + 1) & last;
    }
    slots[slot] = index + 1;
  }
  return slots;
}

function hashOf({ words, stride, endWords }: CountedRows, index: number): number {
  let sum = 0;
  for (let word = 0; word < endWords; word++) {
    sum += hashTerm(words[index * stride + word] as number, word);
  }
  return sum % hashPrime;
}

/** Both rows must be of the same table. */
function areSameEnds(rows: CountedRows, one: number, others: CountedRows, other: number): boolean {
  const { stride, endWords } = rows;
  for (let word = 0; word < endWords; word++) {
    if (rows.words[one * stride + word] !== others.words[other * stride + word]) return false;
  }
  return true;
}

/**
 * Writes a row's rates since an earlier round, `seconds` ago; `then`: the row's index in that round. Parameters, not
 * an object: it runs for every row of a round.
 */
export function writeRatesSince(
  to: PackedRates,
  row: number,
  { words: before, stride, endWords }: CountedRows,
  then: number,
  { words }: CountedRows,
  now: number,
  seconds: number,
): void {
  const old = then * stride + endWords;
  const at = now * stride + endWords;
  to.known[row] = 0;
  const inode = before[old + behind.inode] as number;
  // A connection gets its inode when it is accepted.
  if (inode !== words[at + behind.inode] && inode !== 0) return;
  const known = (before[old + behind.known] as number) & (words[at + behind.known] as number);
  const growth = (word: number) =>
    ((words[at + word + 1] as number) - (before[old + word + 1] as number)) * 2 ** 32 +
    ((words[at + word] as number) - (before[old + word] as number));
  const sent = (known & knownInfo.sent) === 0 ? null : growth(behind.sent);
  const received = (known & knownInfo.received) === 0 ? null : growth(behind.received);
  if ((sent ?? 0) < 0 || (received ?? 0) < 0) return;
  let flags: number = knownRates.there;
  if (sent !== null) {
    flags |= knownRates.sent;
    to.sent[row] = Math.round(sent / seconds);
  }
  if (received !== null) {
    flags |= knownRates.received;
    to.received[row] = Math.round(received / seconds);
  }
  to.known[row] = flags;
}

/** Returns the ends and counters of a row as in objects. */
export function countedAt(
  { family, words, stride, endWords }: CountedRows,
  index: number,
): Pick<InetSocket, 'family' | 'local' | 'remote'> & {
  readonly inode: number | null;
  readonly sent: bigint | null;
  readonly received: bigint | null;
} {
  const at = index * stride;
  const ports = words[at] as number;
  const addressAt = (first: number) => {
    const [a = 0, b = 0, c = 0, d = 0] = words.subarray(first, first + (endWords - 1) / 2);
    return family === 'inet' ? ipv4Text(a) : ipv6Text(a, b, c, d);
  };
  const end = at + endWords;
  const known = words[end + behind.known] as number;
  const long = (word: number) =>
    (BigInt(words[end + word + 1] as number) << 32n) | BigInt(words[end + word] as number);
  return {
    family,
    local: { address: addressAt(at + 1), port: ports >>> 16, zone: null },
    remote: {
      address: addressAt(at + 1 + (endWords - 1) / 2),
      port: ports & 0xffff,
      zone: null,
    },
    inode: words[end + behind.inode] || null,
    sent: (known & knownInfo.sent) === 0 ? null : long(behind.sent),
    received: (known & knownInfo.received) === 0 ? null : long(behind.received),
  };
}
