import { ipv4Text, ipv6Text } from '../../../model/address-text.ts';
import type { Endpoint } from '../../../model/endpoint.ts';
import type { InetFamily } from '../../../model/socket.ts';
import { networkOrder } from '../address.ts';
import { hex4, scan, scanWord } from '../scan.ts';

/**
 * Reads `address:port` at a place and leaves the scan's cursor behind it; null where none stands
 * there.
 */
export type EndpointReader = (bytes: Uint8Array, at: number, end: number) => Endpoint | null;

/**
 * A table names the same ends over and over (a server's own in each of its connections), so the last
 * ones read are kept, each in the one slot that its bits choose: a hit costs less than the object.
 */
const slots = 256;

/** A reader for the addresses of one family, as a machine of that byte order prints them. */
export function endpointReader(family: InetFamily, littleEndian: boolean): EndpointReader {
  return family === 'inet' ? ipv4Reader(littleEndian) : ipv6Reader(littleEndian);
}

function ipv4Reader(littleEndian: boolean): EndpointReader {
  const words = new Int32Array(slots);
  const ends = new Array<Endpoint | undefined>(slots).fill(undefined);
  const texts = addressTexts((word) => ipv4Text(networkOrder(word, littleEndian)));
  return (bytes, at, end) => {
    const word = scanWord(bytes, at, end);
    if (scan.cursor < 0) return null;
    const port = scanPort(bytes, end);
    if (port < 0) return null;
    const slot = (word ^ (word >>> 12) ^ (word >>> 24) ^ (port * 31)) & (slots - 1);
    const known = ends[slot];
    if (known !== undefined && known.port === port && words[slot] === word) return known;
    const made = { address: texts(word), port, zone: null };
    words[slot] = word;
    ends[slot] = made;
    return made;
  };
}

function addressTexts(make: (word: number) => string): (word: number) => string {
  const words = new Int32Array(slots);
  const texts = new Array<string | undefined>(slots).fill(undefined);
  return (word) => {
    const slot = (word ^ (word >>> 12) ^ (word >>> 24)) & (slots - 1);
    const known = texts[slot];
    if (known !== undefined && words[slot] === word) return known;
    const text = make(word);
    words[slot] = word;
    texts[slot] = text;
    return text;
  };
}

function ipv6Reader(littleEndian: boolean): EndpointReader {
  const words = new Int32Array(slots * 4);
  const ends = new Array<Endpoint | undefined>(slots).fill(undefined);
  return (bytes, at, end) => {
    const a = scanWord(bytes, at, end);
    if (scan.cursor < 0) return null;
    const b = scanWord(bytes, scan.cursor, end);
    if (scan.cursor < 0) return null;
    const c = scanWord(bytes, scan.cursor, end);
    if (scan.cursor < 0) return null;
    const d = scanWord(bytes, scan.cursor, end);
    if (scan.cursor < 0) return null;
    const port = scanPort(bytes, end);
    if (port < 0) return null;
    const mixed = a ^ b ^ c ^ d;
    const slot = (mixed ^ (mixed >>> 12) ^ (mixed >>> 24) ^ (port * 31)) & (slots - 1);
    const base = slot * 4;
    const known = ends[slot];
    if (
      known !== undefined &&
      known.port === port &&
      words[base] === a &&
      words[base + 1] === b &&
      words[base + 2] === c &&
      words[base + 3] === d
    ) {
      return known;
    }
    const address = ipv6Text(
      networkOrder(a, littleEndian),
      networkOrder(b, littleEndian),
      networkOrder(c, littleEndian),
      networkOrder(d, littleEndian),
    );
    const made = { address, port, zone: null };
    words[base] = a;
    words[base + 1] = b;
    words[base + 2] = c;
    words[base + 3] = d;
    ends[slot] = made;
    return made;
  };
}

/** Reads `:port` behind an address, four digits (`%04X`); negative where none stands there. */
function scanPort(bytes: Uint8Array, end: number): number {
  const at = scan.cursor + 1;
  if (at + 4 > end || bytes[at - 1] !== 58) return -1;
  const port = hex4(bytes, at);
  scan.cursor = at + 4;
  return port;
}
