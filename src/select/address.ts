import { type Prefix, prefixMasks } from '../model/address/prefix.ts';
import { readAddress, type Words } from '../model/address/read.ts';

const row: Words = { a: 0, b: 0, c: 0, d: 0 };

/** The number of bits in a contiguous netmask such as 255.0.0.0; -1 if it is not one. */
function maskLength(text: string): number {
  if (readAddress(text, row) !== 4) return -1;
  const bits = row.d;
  const length = Math.clz32(~bits >>> 0);
  return prefixMasks(length).a >>> 0 === bits ? length : -1;
}

/**
 * Parses `ADDRESS` or `ADDRESS/LENGTH`, without brackets or zone. As in ss, an IPv4 network may leave out trailing
 * zeros (`10/8`) and may have a netmask instead of the length. null if it is neither.
 */
export function parsePrefix(text: string): Prefix | null {
  const slash = text.indexOf('/');
  let host = slash < 0 ? text : text.slice(0, slash);
  if (slash >= 0 && /^\d+(\.\d+){0,2}$/.test(host)) {
    host += '.0'.repeat(3 - (host.match(/\./g)?.length ?? 0));
  }
  const words: Words = { a: 0, b: 0, c: 0, d: 0 };
  const version = readAddress(host, words);
  if (version === 0) return null;
  if (slash < 0) return { version, words, length: 128 };
  const rest = text.slice(slash + 1);
  const most = version === 4 ? 32 : 128;
  const length = /^\d{1,3}$/.test(rest) ? Number(rest) : version === 4 ? maskLength(rest) : -1;
  return length < 0 || length > most ? null : { version, words, length: length + 128 - most };
}
