const decimalByte = /^(0|[1-9]\d{0,2})$/;

function ipv4Bytes(text: string): number[] | null {
  const parts = text.split('.');
  const bytes = parts.map((part) => (decimalByte.test(part) ? Number(part) : 256));
  return bytes.length === 4 && bytes.every((byte) => byte < 256) ? bytes : null;
}

/** The bytes of colon-separated groups, the last of which may be an IPv4 address. */
function groupBytes(text: string, last: boolean): number[] | null {
  if (text === '') {
    return [];
  }
  const groups = text.split(':');
  const bytes: number[] = [];
  for (const [index, group] of groups.entries()) {
    const tail = last && index === groups.length - 1 && group.includes('.');
    const value = tail ? ipv4Bytes(group) : hexBytes(group);
    if (value === null) {
      return null;
    }
    bytes.push(...value);
  }
  return bytes;
}

function hexBytes(group: string): number[] | null {
  if (!/^[0-9a-f]{1,4}$/i.test(group)) {
    return null;
  }
  const value = Number.parseInt(group, 16);
  return [value >> 8, value & 255];
}

/**
 * The 4 or 16 bytes of an address, in any spelling that inet_pton(3) takes; null for other text,
 * so for one with a zone, brackets, or leading zeros in an IPv4 part.
 */
export function addressBytes(text: string): number[] | null {
  if (!text.includes(':')) {
    return ipv4Bytes(text);
  }
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) {
    return null;
  }
  const front = groupBytes(head, tail === undefined);
  const back = groupBytes(tail ?? '', true);
  if (front === null || back === null) {
    return null;
  }
  const missing = 16 - front.length - back.length;
  if (tail === undefined ? missing !== 0 || head === '' : missing < 2) {
    return null;
  }
  return [...front, ...new Array<number>(missing).fill(0), ...back];
}

const mappedPrefix = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255];

const startsWith = (bytes: readonly number[], prefix: readonly number[]) =>
  prefix.every((byte, index) => bytes[index] === byte);

/** The IPv4 bytes inside `::ffff:a.b.c.d`; null for any other address. */
export function mappedIPv4(bytes: readonly number[]): number[] | null {
  return bytes.length === 16 && startsWith(bytes, mappedPrefix) ? bytes.slice(12) : null;
}

/**
 * The name under which DNS keeps an address's names (RFC 1035 section 3.5, RFC 3596 section 2.5).
 * An IPv4-mapped or IPv4-compatible address is asked for as its IPv4 address, as glibc does.
 */
export function reverseName(bytes: readonly number[]): string {
  const compatible =
    bytes.length === 16 &&
    bytes.slice(0, 12).every((byte) => byte === 0) &&
    bytes.slice(12).join() !== '0,0,0,1';
  const ipv4 = bytes.length === 4 ? bytes : compatible ? bytes.slice(12) : mappedIPv4(bytes);
  if (ipv4 !== null) {
    return `${[...ipv4].reverse().join('.')}.in-addr.arpa`;
  }
  const nibbles = bytes.flatMap((byte) => [byte >> 4, byte & 15]);
  return `${nibbles
    .reverse()
    .map((nibble) => nibble.toString(16))
    .join('.')}.ip6.arpa`;
}
