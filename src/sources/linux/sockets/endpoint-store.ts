import type { Endpoint } from '../../../model/address/endpoint.ts';
import { ipv4Text, ipv6Text } from '../../../model/address/text.ts';
import { networkOrder } from '../address.ts';

/**
 * A table repeats the same ends (a server's own in each of its connections), so the last ones read are cached, each
 * in a slot chosen by its bits: a hit costs less than a new object.
 */
const slots = 256;

/** The end with this address, a word as in the table, and port. */
export type Ipv4Store = (word: number, port: number) => Endpoint;

/** `isSwapped`: the table's words are not in network order. */
export function ipv4Store(isSwapped: boolean): Ipv4Store {
  const words = new Int32Array(slots);
  const ends = new Array<Endpoint | undefined>(slots).fill(undefined);
  const texts = addressTexts((word) => ipv4Text(networkOrder(word, isSwapped)));
  return (word, port) => {
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

/** The end with this address, four words as in the table, and port. */
export type Ipv6Store = (a: number, b: number, c: number, d: number, port: number) => Endpoint;

/** `isSwapped`: as in `ipv4Store`. */
export function ipv6Store(isSwapped: boolean): Ipv6Store {
  const words = new Int32Array(slots * 4);
  const ends = new Array<Endpoint | undefined>(slots).fill(undefined);
  return (a, b, c, d, port) => {
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
      networkOrder(a, isSwapped),
      networkOrder(b, isSwapped),
      networkOrder(c, isSwapped),
      networkOrder(d, isSwapped),
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
