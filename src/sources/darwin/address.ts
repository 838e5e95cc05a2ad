import { canonicalAddress } from '../../model/address/read.ts';

/** Splits `fe80::1%en0`. */
export function splitZone(text: string): { address: string; zone: string | null } {
  const percent = text.indexOf('%');
  return percent < 0
    ? { address: text, zone: null }
    : { address: text.slice(0, percent), zone: text.slice(percent + 1) || null };
}

/**
 * Removes the interface's index from a link-local address: the kernel keeps it in the second group (`fe80:4::1`,
 * `ff02:4::fb`), and the tables of interfaces and groups print it. It is not part of the address.
 */
export function withoutEmbeddedScope(address: string): string {
  const found = /^(fe[89ab][0-9a-f]|ff[0-9a-f][12]):([0-9a-f]{1,4}):(.*)$/i.exec(address);
  if (found === null) return address;
  const [, first, , rest = ''] = found;
  return canonicalAddress(`${first}:0:${rest}`) ?? address;
}

/** Returns the prefix length of a classful network (in_addr, netstat's route.c). */
function classBits(firstByte: number): number {
  return firstByte < 128 ? 8 : firstByte < 192 ? 16 : 24;
}

/**
 * Parses an IPv4 network as netstat abbreviates it: `192.0.2` is 192.0.2.0/24 and `127` is 127.0.0.0/8 by class;
 * `10.1/16` has its prefix length. null for anything else (a mask with holes, `10&0xff00ff00`).
 */
export function parseNetwork4(text: string): { address: string; prefixLength: number } | null {
  const found = /^(\d{1,3}(?:\.\d{1,3}){0,3})(?:\/(\d{1,2}))?$/.exec(text);
  if (found === null) return null;
  const [, digits = '', length] = found;
  const bytes = [...digits.split('.').map(Number), 0, 0, 0].slice(0, 4);
  if (bytes.some((byte) => byte > 255)) return null;
  const prefixLength = length === undefined ? classBits(bytes[0] ?? 0) : Number(length);
  if (prefixLength > 32) return null;
  return { address: bytes.join('.'), prefixLength };
}

/** Parses an IPv6 network with its prefix length, without the zone: `fe80::%en0/64`. null for anything else. */
export function parseNetwork6(text: string): { address: string; prefixLength: number } | null {
  const found = /^([^%/]+)(?:%[^/]*)?\/(\d{1,3})$/.exec(text);
  if (found === null) return null;
  const address = canonicalAddress(found[1] ?? '');
  const prefixLength = Number(found[2]);
  if (address === null || !address.includes(':') || prefixLength > 128) return null;
  return { address, prefixLength };
}
