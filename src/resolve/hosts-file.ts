import { addTo } from '../model/add-to.ts';
import { addressBytes, mappedIPv4 } from './address.ts';
import { wordLines } from './word-lines.ts';

/**
 * What an address is known by, whatever its spelling; null for other text. An IPv4 address has one
 * spelling, so that most lines of a hosts file are known by their word as it stands.
 */
function addressKey(text: string): string | null {
  return text.includes(':') ? (addressBytes(text)?.join('.') ?? null) : text;
}

/** The keys of the addresses that a line names: the IPv4 one inside an IPv4-mapped one too. */
function lineKeys(text: string): readonly (string | null)[] {
  const bytes = text.includes(':') ? addressBytes(text) : null;
  const inside = bytes === null ? null : mappedIPv4(bytes);
  return inside === null ? [addressKey(text)] : [addressKey(text), inside.join('.')];
}

/**
 * Names for `addresses` from hosts(5), `address name alias…`: the first line that has the address
 * wins, and its first name. As glibc reads it, a line for an IPv4-mapped address also names the IPv4
 * address, and not the other way round.
 */
export function hostsFileNames(text: string, addresses: ReadonlySet<string>): Map<string, string> {
  // Those of IPv4 have one spelling.
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
