import { addTo } from '../model/add-to.ts';
import { addressBytes, mappedIPv4 } from './address.ts';
import { wordLines } from './word-lines.ts';

/**
 * The key that an address is matched by, whatever its spelling; null for other text. An IPv4 address has one
 * spelling, so most lines of a hosts file are matched by their first word as it is.
 */
function addressKey(text: string): string | null {
  return text.includes(':') ? (addressBytes(text)?.join('.') ?? null) : text;
}

/** The keys of a line's address, including the IPv4 address inside an IPv4-mapped one. */
function lineKeys(text: string): readonly (string | null)[] {
  const bytes = text.includes(':') ? addressBytes(text) : null;
  const inside = bytes === null ? null : mappedIPv4(bytes);
  return inside === null ? [addressKey(text)] : [addressKey(text), inside.join('.')];
}

/**
 * Names for `addresses` from hosts(5), `address name alias…`: the first line with the address wins, and its first
 * name. As in glibc, a line for an IPv4-mapped address also names the IPv4 address, but not the other way round.
 */
export function hostsFileNames(text: string, addresses: ReadonlySet<string>): Map<string, string> {
  // IPv4 addresses have only one spelling.
  const spellings = new Map<string | null, string[]>();
  for (const address of addresses) {
    if (address.includes(':')) addTo(spellings, addressKey(address), address);
  }
  const spelled = (key: string | null): readonly string[] => {
    if (key === null) return [];
    return spellings.get(key) ?? (addresses.has(key) ? [key] : []);
  };
  const names = new Map<string, string>();
  for (const [address, name] of wordLines(text)) {
    if (address === undefined || name === undefined) continue;
    for (const asked of lineKeys(address).flatMap(spelled)) {
      if (!names.has(asked)) names.set(asked, name);
    }
  }
  return names;
}

/** The addresses of a name or alias in hosts(5), as written, in the order of the lines; names are case-insensitive. */
export function hostsFileAddresses(text: string, name: string): readonly string[] {
  const wanted = name.toLowerCase();
  const addresses: string[] = [];
  for (const [address = '', ...names] of wordLines(text)) {
    if (names.some((one) => one.toLowerCase() === wanted)) addresses.push(address);
  }
  return addresses;
}
