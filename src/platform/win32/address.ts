/** Addresses as Windows' tables hold them: bytes in network order. */

/** Four bytes at `at` to dotted decimal. */
export function ipv4Text(bytes: Buffer, at: number): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
}

/**
 * Sixteen bytes at `at` to canonical text (RFC 5952). IPv4-mapped and IPv4-compatible addresses
 * end in dotted decimal.
 */
export function ipv6Text(bytes: Buffer, at: number): string {
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(bytes.readUInt16BE(at + i));

  if (groups.slice(0, 5).every((group) => group === 0)) {
    if (groups[5] === 0xffff) return `::ffff:${ipv4Text(bytes, at + 12)}`;
    if (groups[5] === 0 && groups[6] !== 0) return `::${ipv4Text(bytes, at + 12)}`;
  }

  const gap = longestZeroRun(groups);
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  return gap === null
    ? text(groups)
    : `${text(groups.slice(0, gap.start))}::${text(groups.slice(gap.end))}`;
}

/** The first longest run of two or more zero groups. */
function longestZeroRun(groups: readonly number[]): { start: number; end: number } | null {
  let longest: { start: number; end: number } | null = null;
  for (let start = 0; start < groups.length; start++) {
    let end = start;
    while (groups[end] === 0) end++;
    if (end - start > (longest === null ? 1 : longest.end - longest.start))
      longest = { start, end };
    start = end;
  }
  return longest;
}
