import type { Endpoint } from './endpoint.ts';

/** Addresses as the model writes them (see `Endpoint`), from 32-bit words in network order, signed or unsigned. */

/** A word in dotted decimal, first byte highest. */
export function ipv4Text(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 0xff}.${(word >>> 8) & 0xff}.${word & 0xff}`;
}

/**
 * Four words in canonical text (RFC 5952), first byte highest. IPv4-mapped and IPv4-compatible addresses end in
 * dotted decimal, as the C library prints them.
 */
export function ipv6Text(a: number, b: number, c: number, d: number): string {
  if (a === 0 && b === 0) {
    if (c === 0) {
      if (d === 0) return '::';
      if (d >>> 16 !== 0) return `::${ipv4Text(d)}`;
    } else if (c === 0xffff) {
      return `::ffff:${ipv4Text(d)}`;
    }
  }
  const groups = [
    a >>> 16,
    a & 0xffff,
    b >>> 16,
    b & 0xffff,
    c >>> 16,
    c & 0xffff,
    d >>> 16,
    d & 0xffff,
  ];
  const run = longestZeroRun(groups);
  let text = '';
  for (let i = 0; i < 8; i++) {
    if (i === run.start) {
      text += '::';
      i += run.length - 1;
      continue;
    }
    if (i > 0 && i !== run.start + run.length) text += ':';
    text += (groups[i] as number).toString(16);
  }
  return text;
}

/** The first longest run of two or more zero groups; its start is -1 if there is none. */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let start = -1;
  let length = 1;
  for (let i = 0; i < groups.length; i++) {
    let end = i;
    while (end < groups.length && groups[end] === 0) end++;
    if (end - i > length) {
      start = i;
      length = end - i;
    }
    if (end > i) i = end;
  }
  return { start, length: start < 0 ? 0 : length };
}

/** An IPv4 address in canonical text as a word. */
export function ipv4Word(address: string): number {
  return address.split('.').reduce((word, byte) => (word << 8) | Number(byte), 0);
}

/** An IPv4 netmask as a word with `prefixLength` leading ones. */
export function netmaskWord(prefixLength: number): number {
  return prefixLength === 0 ? 0 : -1 << (32 - prefixLength);
}

/** The scope of an IPv6 address in canonical text, by its prefix alone (RFC 4291 section 2.5). */
export function inet6Scope(address: string): 'host' | 'link' | 'site' | 'global' {
  if (address === '::1') return 'host';
  if (/^fe[89ab][0-9a-f]:/.test(address)) return 'link';
  return /^fe[c-f][0-9a-f]:/.test(address) ? 'site' : 'global';
}

/** Whether the address is `0.0.0.0` or `::`, which mean any. */
export function isAnyAddress(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

/** The IPv4 address inside an IPv4-mapped one (`::ffff:192.0.2.7`); any other address unchanged. */
export function unmapped(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

/** The family of an address as it is written: an IPv4-mapped one is IPv6. */
export function familyOf(address: string): 'inet' | 'inet6' {
  return address.includes(':') ? 'inet6' : 'inet';
}

/** Whether an address in canonical text is of a group: 224.0.0.0/4, also mapped, or ff00::/8. */
export function isMulticast(address: string): boolean {
  const plain = unmapped(address);
  if (plain.includes(':')) return /^ff[0-9a-f]{2}:/.test(plain);
  const first = Number.parseInt(plain, 10);
  return first >= 224 && first < 240;
}

/** An address, also with a zone, as it is written before `:PORT`: IPv6 in brackets. */
export function bracketed(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** One end as text: `127.0.0.1:80`, `[::1]:80`, `[fe80::1%en0]:80`. */
export function endText({ address, zone, port }: Omit<Endpoint, 'cut'>): string {
  return `${bracketed(zone === null ? address : `${address}%${zone}`)}:${port}`;
}
