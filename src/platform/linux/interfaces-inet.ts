import { networkInterfaces } from 'node:os';
import { ipv4Text, ipv4Word, netmaskWord } from '../../model/address-text.js';
import type { InterfaceAddress } from '../../model/interface.js';
import type { Route } from '../../model/route.js';
import { localAndBroadcast } from './fib-trie.js';

/** IPv4 addresses by interface. */
export type InetAddresses = ReadonlyMap<string, readonly InterfaceAddress[]>;

/**
 * Our own namespace's addresses as Node tells them: those of interfaces that are up and running,
 * under their labels, without broadcast or peer.
 */
export function ownInetAddresses(
  told: Readonly<ReturnType<typeof networkInterfaces>> = networkInterfaces(),
): InetAddresses {
  const found = new Map<string, InterfaceAddress[]>();
  for (const [label, entries] of Object.entries(told)) {
    const [name = label] = label.split(':');
    for (const entry of entries ?? []) {
      if (entry.family !== 'IPv4') continue;
      const address: InterfaceAddress = {
        family: 'inet',
        address: entry.address,
        prefixLength: Math.clz32(~ipv4Word(entry.netmask)),
        broadcast: null,
        peer: null,
        scope: null,
        label,
      };
      found.set(name, [...(found.get(name) ?? []), address]);
    }
  }
  return found;
}

/**
 * Another /proc's addresses: each of its own that lies in a network to which a route leads
 * directly, on that route's interface. One without such a network (`/32`) cannot be placed and is
 * left out.
 */
export function placedInetAddresses(fibTrie: string, routes: readonly Route[]): InetAddresses {
  const found = new Map<string, InterfaceAddress[]>();
  const { local, broadcast } = localAndBroadcast(fibTrie);
  const direct = routes
    .filter((route) => route.gateway === null && route.interface !== null && route.prefixLength > 0)
    .sort((a, b) => b.prefixLength - a.prefixLength);
  for (const address of local) {
    const word = ipv4Word(address);
    const route = direct.find(
      ({ destination, prefixLength }) =>
        prefixLength < 32 && ((word ^ ipv4Word(destination)) & netmaskWord(prefixLength)) === 0,
    );
    const loopback = word >>> 24 === 127;
    const name = route?.interface ?? (loopback ? 'lo' : null);
    if (name === null) continue;
    const prefixLength = route?.prefixLength ?? 8;
    const last = ipv4Text(word | ~netmaskWord(prefixLength));
    const placed: InterfaceAddress = {
      family: 'inet',
      address,
      prefixLength,
      broadcast: !loopback && broadcast.has(last) ? last : null,
      peer: null,
      scope: null,
    };
    found.set(name, [...(found.get(name) ?? []), placed]);
  }
  return found;
}
