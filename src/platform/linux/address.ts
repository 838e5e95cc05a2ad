/**
 * Addresses as /proc/net prints them: host-order 32-bit words in hexadecimal, one for IPv4, four
 * for IPv6 (net/ipv4/tcp_ipv4.c and net/ipv6/tcp_ipv6.c: `%08X` of `s_addr` and `s6_addr32`).
 */

/** Swaps a word's bytes into network order where the machine is little-endian. */
export function networkOrder(word: number, littleEndian: boolean): number {
  if (!littleEndian) return word;
  return (
    ((word & 0xff) << 24) |
    ((word & 0xff00) << 8) |
    ((word >>> 8) & 0xff00) |
    ((word >>> 24) & 0xff)
  );
}

/** `word` in network order to dotted decimal. */
export function ipv4Text(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 0xff}.${(word >>> 8) & 0xff}.${word & 0xff}`;
}

/**
 * Four words in network order to canonical text (RFC 5952). IPv4-mapped and IPv4-compatible
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

/** Address text in any spelling that the kernel uses to canonical text; null where it is none. */
export function canonicalAddress(text: string): string | null {
  if (text.includes(':')) {
    const words = ipv6Words(text);
    return words === null ? null : ipv6Text(...words);
  }
  const bytes = text.split('.').map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : 256));
  return bytes.length === 4 && bytes.every((byte) => byte < 256) ? bytes.join('.') : null;
}

/** Full-length groups, with or without one `::`, as the kernel's `%pI6` and `%pI6c` print them. */
function ipv6Words(text: string): [number, number, number, number] | null {
  const [head = '', tail, more] = text.split('::');
  if (more !== undefined) return null;
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = 8 - left.length - right.length;
  if (tail === undefined ? gap !== 0 : gap < 1) return null;
  const groups = [...left, ...Array<string>(gap).fill('0'), ...right];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  const word = (at: number) =>
    Number.parseInt(
      (groups[at] as string).padStart(4, '0') + (groups[at + 1] as string).padStart(4, '0'),
      16,
    ) | 0;
  return [word(0), word(2), word(4), word(6)];
}
