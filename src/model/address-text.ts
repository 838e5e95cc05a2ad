/**
 * Addresses as the model writes them (see `Endpoint`), out of 32-bit words in network order; whether
 * a word is signed makes no difference.
 */

/** A word, first byte highest, to dotted decimal. */
export function ipv4Text(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 0xff}.${(word >>> 8) & 0xff}.${word & 0xff}`;
}

/**
 * Four words, first byte highest, to canonical text (RFC 5952). IPv4-mapped and IPv4-compatible
 * addresses end in dotted decimal, as the C library prints them.
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

/** The first longest run of two or more zero groups; a start of -1 where there is none. */
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

/** The word of an IPv4 address in canonical text. */
export function ipv4Word(address: string): number {
  return address.split('.').reduce((word, byte) => (word << 8) | Number(byte), 0);
}

/** The word of an IPv4 netmask: as many leading ones as `prefixLength` says. */
export function netmaskWord(prefixLength: number): number {
  return prefixLength === 0 ? 0 : -1 << (32 - prefixLength);
}

/** How far an IPv6 address in canonical text reaches, by its prefix alone (RFC 4291 section 2.5). */
export function inet6Scope(address: string): 'host' | 'link' | 'site' | 'global' {
  if (address === '::1') return 'host';
  if (/^fe[89ab][0-9a-f]:/.test(address)) return 'link';
  return /^fe[c-f][0-9a-f]:/.test(address) ? 'site' : 'global';
}

/** True for `0.0.0.0` and `::`, the addresses that mean any. */
export function isAnyAddress(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

/** An IPv4-mapped address (`::ffff:192.0.2.7`) as the IPv4 address inside it; any other as it is. */
export function unmapped(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}
