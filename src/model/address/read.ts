import { ipv4Text, ipv6Text } from './text.ts';

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

/** How an address was written; an IPv4-mapped one has version 6. */
export type IpVersion = 4 | 6;

const zero = 48;
const dot = 46;
const colon = 58;

/** The value of the dotted quad in `text` from `from` to its end; -1 if there is none. */
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

/** Reads the sixteen-bit groups of an IPv6 address into `groups`; false if it is not one. */
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
 * Reads an address without brackets or zone into `words`, without allocating: it runs on every row. 0 if `text` is
 * not an address.
 */
export function readAddress(text: string, words: Words): IpVersion | 0 {
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

const words: Words = { a: 0, b: 0, c: 0, d: 0 };

/** An address in any spelling, in the model's; null if it is not an address. */
export function canonicalAddress(text: string): string | null {
  const version = readAddress(text, words);
  if (version === 0) return null;
  return version === 4 ? ipv4Text(words.d) : ipv6Text(words.a, words.b, words.c, words.d);
}

/** Whether an address is in 127.0.0.0/8, plain or IPv4-mapped, or ::1. */
export function isLoopback(address: string): boolean {
  const version = readAddress(address, words);
  if (version === 0 || words.a !== 0 || words.b !== 0) return false;
  return words.c === 0xffff
    ? words.d >>> 24 === 127
    : version === 6 && words.c === 0 && words.d === 1;
}

/**
 * Whether an address is not routed on the Internet: RFC 1918, 6598 (carriers), 3927 and 4291 (link-local), 4193.
 * Not loopback, which reaches no other machine.
 */
export function isPrivate(address: string): boolean {
  const version = readAddress(address, words);
  if (version === 0) return false;
  if (words.a === 0 && words.b === 0 && words.c === 0xffff) {
    return privateIpv4.some(([prefix, length]) => words.d >>> (32 - length) === prefix);
  }
  // fc00::/7, fe80::/10
  return words.a >>> 25 === 0xfc00 >>> 9 || words.a >>> 22 === 0xfe80 >>> 6;
}

/** 10/8, 172.16/12, 192.168/16, 100.64/10, 169.254/16: the leading bits and their number. */
const privateIpv4: readonly (readonly [prefix: number, length: number])[] = [
  [10, 8],
  [0xac1, 12],
  [0xc0a8, 16],
  [(100 << 2) | 1, 10],
  [0xa9fe, 16],
];
