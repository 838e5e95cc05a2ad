/**
 * Addresses as bytes, written into a buffer without making a text of each: the same that `addressCell` shows, in
 * numbers. Most of it runs before V8 has optimized it, so bytes are copied in words: fewer steps are faster. Each
 * function returns the offset after what it wrote.
 */

const colon = 58;
const zero = 48;
const blank = 32;

/** For each byte: its decimal number with a dot, in four bytes, and the length of that. */
const octets = new Uint32Array(256);
const octetLengths = new Uint8Array(256);
/** For each byte: its two hexadecimal digits. */
const hexPairs = new Uint16Array(256);
/** `00` to `99`, two bytes each. */
const pairs = new Uint16Array(100);

/** What is written to: the same memory as bytes, and as words at any offset. */
export interface Room {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** Makes room for `size` bytes, of any content. */
export function roomOf(size: number): Room {
  if (pairs[99] === 0) fillTables();
  const bytes = Buffer.allocUnsafeSlow(size);
  return { bytes, view: new DataView(bytes.buffer) };
}

/** Writes text in ASCII. */
export function writeText(bytes: Uint8Array, text: string, at: number): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}

/**
 * The hundreds in a number below 2^16: a quarter of it, divided by 25. A real division would leave an object behind
 * in each row until V8 has optimized it.
 */
const hundredsIn = (value: number) => ((value >>> 2) * 5243) >>> 17;

/** Writes `:PORT`, for none `:*`. */
export function writePort({ bytes, view }: Room, port: number, at: number): number {
  bytes[at] = colon;
  if (port >= 10_000) {
    const hundreds = hundredsIn(port);
    const first = hundredsIn(hundreds);
    bytes[at + 1] = zero + first;
    view.setUint16(at + 2, pairs[hundreds - first * 100] as number, true);
    view.setUint16(at + 4, pairs[port - hundreds * 100] as number, true);
    return at + 6;
  }
  return port === 0 ? writeText(bytes, '*', at + 1) : writeText(bytes, String(port), at + 1);
}

/** `word`: in network order, first byte highest. */
export function writeIpv4({ view }: Room, word: number, at: number): number {
  let end = at;
  for (let shift = 24; shift >= 0; shift -= 8) {
    const byte = (word >>> shift) & 0xff;
    view.setUint32(end, octets[byte] as number, true);
    end += octetLengths[byte] as number;
  }
  // Without the last dot.
  return end - 1;
}

/** The groups of the address that is being written. */
const groups = new Uint16Array(8);

/** Writes the four words from `first` on as `unmapped(ipv6Text(…))` does (RFC 5952). */
export function writeIpv6(room: Room, words: Int32Array, first: number, at: number): number {
  const a = words[first] as number;
  const b = words[first + 1] as number;
  const c = words[first + 2] as number;
  const d = words[first + 3] as number;
  if (a === 0 && b === 0) {
    if (c === 0xffff) return writeIpv4(room, d, at);
    if (c === 0 && d >>> 16 !== 0) return writeIpv4(room, d, writeText(room.bytes, '::', at));
  }
  groups[0] = a >>> 16;
  groups[1] = a;
  groups[2] = b >>> 16;
  groups[3] = b;
  groups[4] = c >>> 16;
  groups[5] = c;
  groups[6] = d >>> 16;
  groups[7] = d;
  return writeGroups(room, at);
}

function writeGroups({ bytes, view }: Room, at: number): number {
  // The first longest run of two or more zeros becomes `::`.
  let from = -1;
  let longest = 1;
  for (let i = 0, run = 0; i < 8; i++) {
    run = groups[i] === 0 ? run + 1 : 0;
    if (run > longest) {
      longest = run;
      from = i - run + 1;
    }
  }
  let end = at;
  for (let i = 0; i < 8; i++) {
    if (i === from) {
      bytes[end++] = colon;
      i += longest - 1;
      if (i === 7) bytes[end++] = colon;
      continue;
    }
    if (i > 0) bytes[end++] = colon;
    const group = groups[i] as number;
    const pair = hexPairs[group >>> 8] as number;
    if (group >= 0x1000) {
      view.setUint16(end, pair, true);
      end += 2;
    } else if (group >= 0x100) bytes[end++] = pair >>> 8;
    if (group >= 0x10) {
      view.setUint16(end, hexPairs[group & 0xff] as number, true);
      end += 2;
    } else bytes[end++] = (hexPairs[group] as number) >>> 8;
  }
  return end;
}

function fillTables(): void {
  const bytes = new Uint8Array(octets.buffer);
  bytes.fill(blank);
  for (let value = 0; value < 256; value++) {
    const start = value * 4;
    octetLengths[value] = writeText(bytes, `${value}.`, start) - start;
  }
  fillDigits(pairs, 10);
  fillDigits(hexPairs, 16);
}

/** Fills a table with the two digits of each number. */
function fillDigits(table: Uint16Array, radix: number): void {
  const bytes = new Uint8Array(table.buffer);
  for (let value = 0; value < table.length; value++) {
    writeText(bytes, value.toString(radix).padStart(2, '0'), value * 2);
  }
}
