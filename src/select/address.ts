/**
 * An address as four 32-bit words, first word first. An IPv4 address has the words of its
 * IPv4-mapped form, so that one prefix test covers both spellings.
 */
export interface Words {
  a: number;
  b: number;
  c: number;
  d: number;
}

export type AddressFamily = 4 | 6;

/** A network, or with `length` 128 one address. */
export interface Prefix {
  /** How it was written: an IPv4 prefix also covers mapped addresses, an IPv6 one no bare IPv4. */
  readonly family: AddressFamily;
  readonly words: Readonly<Words>;
  /** Leading bits that count, of 128: an IPv4 /8 has 104. */
  readonly length: number;
}

const zero = 48;
const dot = 46;
const colon = 58;

/** Value of the dotted quad in `text` from `from` to its end; -1 where it is none. */
function ipv4At(text: string, from: number): number {
  let value = 0;
  let octet = -1;
  let dots = 0;
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === dot) {
      if (octet < 0 || dots === 3) return -1;
      value = value * 256 + octet;
      octet = -1;
      dots++;
    } else {
      const digit = code - zero;
      if (digit < 0 || digit > 9 || octet === 0) return -1;
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return -1;
    }
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : -1;
}

function hexDigit(code: number): number {
  if (code >= zero && code <= 57) return code - zero;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

const groups = new Uint16Array(8);

/** Reads the sixteen-bit groups of an IPv6 address into `groups`; false where it is none. */
function ipv6(text: string): boolean {
  const end = text.length;
  let count = 0;
  let gap = -1;
  let i = 0;
  if (text.charCodeAt(0) === colon) {
    if (text.charCodeAt(1) !== colon) return false;
    gap = 0;
    i = 2;
  }
  while (i < end) {
    if (count === 8) return false;
    const start = i;
    let value = 0;
    let digit = hexDigit(text.charCodeAt(i));
    while (i < end && digit >= 0 && i - start < 4) {
      value = value * 16 + digit;
      digit = hexDigit(text.charCodeAt(++i));
    }
    if (i < end && text.charCodeAt(i) === dot) {
      const tail = count > 6 ? -1 : ipv4At(text, start);
      if (tail < 0) return false;
      groups[count] = Math.floor(tail / 65536);
      groups[count + 1] = tail % 65536;
      count += 2;
      break;
    }
    if (i === start) return false;
    groups[count] = value;
    count++;
    if (i === end) break;
    if (text.charCodeAt(i) !== colon) return false;
    i++;
    if (text.charCodeAt(i) === colon) {
      if (gap >= 0) return false;
      gap = count;
      i++;
    } else if (i === end) return false;
  }
  if (gap < 0) return count === 8;
  if (count === 8) return false;
  groups.copyWithin(8 - (count - gap), gap, count);
  groups.fill(0, gap, 8 - (count - gap));
  return true;
}

function word(high: number): number {
  return (((groups[high] ?? 0) << 16) | (groups[high + 1] ?? 0)) >>> 0;
}

/**
 * Reads an address without brackets or zone into `words`, allocating nothing: it runs on every row.
 * 0 where `text` is no address.
 */
export function readAddress(text: string, words: Words): AddressFamily | 0 {
  const quad = ipv4At(text, 0);
  if (quad >= 0) {
    words.a = 0;
    words.b = 0;
    words.c = 0xffff;
    words.d = quad;
    return 4;
  }
  if (!ipv6(text)) return 0;
  words.a = word(0);
  words.b = word(2);
  words.c = word(4);
  words.d = word(6);
  return 6;
}

/** The bits of word number `index` that a prefix of `length` bits covers. */
function mask(length: number, index: number): number {
  const bits = Math.min(32, Math.max(0, length - 32 * index));
  return bits === 0 ? 0 : (-1 << (32 - bits)) | 0;
}

const row: Words = { a: 0, b: 0, c: 0, d: 0 };

/** A test whether an address, in canonical text, lies in `prefix`. Text that is no address does not. */
export function prefixTest(prefix: Prefix): (address: string) => boolean {
  const { a, b, c, d } = prefix.words;
  const ma = mask(prefix.length, 0);
  const mb = mask(prefix.length, 1);
  const mc = mask(prefix.length, 2);
  const md = mask(prefix.length, 3);
  const bareIpv4 = prefix.family === 4;
  return (address) => {
    const family = readAddress(address, row);
    if (family === 0 || (family === 4 && !bareIpv4)) return false;
    return (
      ((row.d ^ d) & md) === 0 &&
      ((row.c ^ c) & mc) === 0 &&
      ((row.b ^ b) & mb) === 0 &&
      ((row.a ^ a) & ma) === 0
    );
  };
}

/** Text of fixed width that sorts as the addresses do by number, IPv4 first; null for no address. */
export function addressSortKey(address: string): string | null {
  const family = readAddress(address, row);
  if (family === 0) return null;
  if (family === 4) return `4${hex8(row.d)}`;
  return `6${hex8(row.a)}${hex8(row.b)}${hex8(row.c)}${hex8(row.d)}`;
}

function hex8(value: number): string {
  return value.toString(16).padStart(8, '0');
}

/** 127.0.0.0/8, plain or IPv4-mapped, and ::1. */
export function isLoopback(address: string): boolean {
  const family = readAddress(address, row);
  if (family === 0 || row.a !== 0 || row.b !== 0) return false;
  return row.c === 0xffff ? row.d >>> 24 === 127 : family === 6 && row.c === 0 && row.d === 1;
}

/** Bits in a contiguous netmask such as 255.0.0.0; -1 where it is none. */
function maskLength(text: string): number {
  const bits = ipv4At(text, 0);
  if (bits < 0) return -1;
  const length = Math.clz32(~bits >>> 0);
  return mask(length, 0) >>> 0 === bits ? length : -1;
}

/**
 * Reads `ADDRESS` or `ADDRESS/LENGTH`, without brackets or zone. As in ss, an IPv4 network may
 * leave out trailing zeros (`10/8`) and have a netmask in place of the length. null where it is none.
 */
export function parsePrefix(text: string): Prefix | null {
  const slash = text.indexOf('/');
  let host = slash < 0 ? text : text.slice(0, slash);
  if (slash >= 0 && /^\d+(\.\d+){0,2}$/.test(host)) {
    host += '.0'.repeat(3 - (host.match(/\./g)?.length ?? 0));
  }
  const words: Words = { a: 0, b: 0, c: 0, d: 0 };
  const family = readAddress(host, words);
  if (family === 0) return null;
  if (slash < 0) return { family, words, length: 128 };
  const rest = text.slice(slash + 1);
  const most = family === 4 ? 32 : 128;
  const length = /^\d{1,3}$/.test(rest) ? Number(rest) : family === 4 ? maskLength(rest) : -1;
  return length < 0 || length > most ? null : { family, words, length: length + 128 - most };
}
