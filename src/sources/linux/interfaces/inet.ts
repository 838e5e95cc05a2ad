import { networkInterfaces } from 'node:os';
import { addTo } from '../../../model/add-to.ts';
import { ipv4Text, ipv4Word, netmaskWord } from '../../../model/address/text.ts';
import type { InterfaceAddress } from '../../../model/machine/interface.ts';
import type { Route } from '../../../model/machine/route.ts';
import type { FibAddress } from '../fib-trie.ts';

/** IPv4 addresses by interface. */
export type InetAddresses = ReadonlyMap<string, readonly InterfaceAddress[]>;

/** The networks with a direct route on one interface. */
export interface DirectNetworks {
  add(route: Route): void;
  /** The narrowest network that contains an address; null: none, or on several interfaces. */
  around(address: number): { readonly name: string; readonly prefixLength: number } | null;
}

/** Collects the networks of routes, without host routes (`/32`) and the default route. */
export function directNetworks(): DirectNetworks {
  /** By prefix length, then by network; null: on several interfaces. */
  const byLength = Array.from({ length: 32 }, () => new Map<number, string | null>());
  return {
    add({ gateway, interface: name, destination, prefixLength }) {
      if (gateway !== null || name === null || prefixLength === 0) return;
      const networks = byLength[prefixLength];
      const network = ipv4Word(destination);
      const known = networks?.get(network);
      networks?.set(network, known === undefined || known === name ? name : null);
    },
    around(address) {
      for (let prefixLength = 31; prefixLength > 0; prefixLength--) {
        const name = byLength[prefixLength]?.get(address & netmaskWord(prefixLength));
        if (name === null) return null;
        if (name !== undefined) return { name, prefixLength };
      }
      return null;
    },
  };
}

/**
 * The addresses of our own namespace from Node: those of interfaces that are up and running, under their labels,
 * without broadcast or peer. None where Node cannot read them (Android).
 */
export function ownInetAddresses(
  read: () => Readonly<ReturnType<typeof networkInterfaces>> = networkInterfaces,
): InetAddresses {
  const found = new Map<string, InterfaceAddress[]>();
  let listed: ReturnType<typeof networkInterfaces>;
  try {
    listed = read();
  } catch {
    return found;
  }
  for (const [label, entries] of Object.entries(listed)) {
    const [name = label] = label.split(':');
    for (const { family, address, netmask } of entries ?? []) {
      if (family !== 'IPv4') continue;
      const prefixLength = Math.clz32(~ipv4Word(netmask));
      addTo(found, name, { ...bare, address, prefixLength, label });
    }
  }
  return found;
}

/** An address without any further facts. */
const bare = {
  family: 'inet',
  broadcast: null,
  peer: null,
  scope: null,
  untold: ['broadcast', 'peer'],
} as const;

/**
 * `known`, completed from the kernel's tables. Each further address of the machine is placed on the interface whose
 * network contains it, unless that interface's addresses are in `known`. Without such a network (`/32`), or with the
 * same one on several interfaces, it cannot be placed and is left out. Broadcast addresses come from fib_trie,
 * which has one for the last address of a network even if none was set.
 */
export function completedInetAddresses(
  known: InetAddresses,
  fib: Iterable<FibAddress>,
  networks: DirectNetworks,
): InetAddresses {
  const local = new Set<string>();
  const broadcasts = new Set<number>();
  for (const { address, kind } of fib) {
    if (kind === 'local') local.add(address);
    else broadcasts.add(ipv4Word(address));
  }
  const isRead = local.size + broadcasts.size > 0;
  const found = new Map<string, InterfaceAddress[]>();
  for (const [name, addresses] of known) {
    for (const one of addresses) {
      local.delete(one.address);
      addTo(found, name, one);
    }
  }
  for (const address of local) {
    const word = ipv4Word(address);
    const network = networks.around(word);
    const name = network?.name ?? (isLoopback(word) ? 'lo' : null);
    if (name === null || known.has(name)) continue;
    addTo(found, name, { ...bare, address, prefixLength: network?.prefixLength ?? 8 });
  }
  if (!isRead) return found;
  const broadcastOf = broadcastFinder([...found.values()].flat(), broadcasts);
  return new Map([...found].map(([name, addresses]) => [name, addresses.map(broadcastOf)]));
}

function isLoopback(word: number): boolean {
  return word >>> 24 === 127;
}

/** Finds the broadcast address of each of our addresses among those that the kernel knows. */
function broadcastFinder(
  addresses: readonly InterfaceAddress[],
  broadcasts: ReadonlySet<number>,
): (one: InterfaceAddress) => InterfaceAddress {
  /** The number of our addresses in each network, and the first and last addresses of all networks. */
  const sharing = new Map<string, number>();
  const ends = new Set<number>();
  for (const one of addresses) {
    const { first, last, key } = networkOf(one);
    sharing.set(key, (sharing.get(key) ?? 0) + 1);
    ends.add(first).add(last);
  }
  // One that is not at the end of a network was set explicitly.
  const given = [...broadcasts].filter((word) => !ends.has(word)).map((word) => word >>> 0);
  given.sort((a, b) => a - b);

  return (one) => {
    const { first, last, key } = networkOf(one);
    const at = firstAbove(given, first >>> 0);
    const [inside, another] = given.slice(at, at + 2).filter((word) => word < last >>> 0);
    if (isLoopback(first)) return { ...one, untold: ['peer'] };
    if (inside !== undefined) {
      // With several addresses, or several broadcasts, it is not known which belong together.
      if (another !== undefined || sharing.get(key) !== 1) return one;
      return { ...one, broadcast: ipv4Text(inside), untold: ['peer'] };
    }
    return { ...one, broadcast: broadcasts.has(last) ? ipv4Text(last) : null, untold: ['peer'] };
  };
}

function networkOf({ address, prefixLength }: InterfaceAddress) {
  const mask = netmaskWord(prefixLength);
  const first = ipv4Word(address) & mask;
  return { first, last: first | ~mask, key: `${first}/${prefixLength}` };
}

/** The index of the first number above `bound` in an ascending list. */
function firstAbove(numbers: readonly number[], bound: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] as number) > bound) high = middle;
    else low = middle + 1;
  }
  return low;
}
