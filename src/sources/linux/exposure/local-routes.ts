import { networkInterfaces } from 'node:os';
import { lazily } from '../../../flow/lazily.ts';
import { type Prefix, prefixTest } from '../../../model/address/prefix.ts';
import { isLoopback, readAddress } from '../../../model/address/read.ts';
import { isAnyAddress, isMulticast, unmapped } from '../../../model/address/text.ts';
import { type LocalRoute, localRouteLines } from '../fib-trie.ts';
import { ifInet6Line } from '../interfaces/inet6.ts';
import { type LineReader, parseLines } from '../line-reader.ts';
import type { Proc } from '../proc/proc.ts';
import { routeBits } from '../routes/flags.ts';
import { routeLine6 } from '../routes/inet6.ts';

/** The addresses of the own network's interfaces that are up and running; none where Node cannot read them (Android). */
function ownAddresses(): ReadonlySet<string> {
  try {
    const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    return new Set(all.map(({ address }) => address));
  } catch {
    return new Set();
  }
}

/**
 * Whether the kernel is known to take no packets for an address: no route of any table leads it to this network itself.
 * That is more than the addresses of interfaces: prefixes may be local too (AnyIP, TPROXY). False for addresses that
 * need no such route. `listed`: addresses that are known to be there. The routes are read at the first other one, those
 * of each family by themselves: the kernel takes seconds for 100,000 of them.
 */
export function lackedAddresses(
  proc: Proc,
  listed: () => ReadonlySet<string> = proc.isOwn && proc.isLive ? ownAddresses : () => new Set(),
): (address: string) => boolean {
  const known = lazily(listed);
  const inet = lazily(() => takenBy(() => routesIn(proc, 'net/fib_trie', localRouteLines())));
  const inet6 = lazily(() =>
    takenBy(() => [
      // While an address is being probed, it has no route yet.
      ...routesIn(proc, 'net/if_inet6', interfaceAddress),
      ...routesIn(proc, 'net/ipv6_route', localRoute6),
    ]),
  );
  return (written) => {
    const address = unmapped(written);
    if (isWithoutRoute(address) || known().has(address)) return false;
    const isTaken = address.includes(':') ? inet6() : inet();
    return isTaken !== null && !isTaken(address);
  };
}

/** Addresses that the kernel takes without a route. */
function isWithoutRoute(address: string): boolean {
  return (
    isAnyAddress(address) ||
    isLoopback(address) ||
    isMulticast(address) ||
    address === '255.255.255.255'
  );
}

/** A test whether one of these routes covers an address; null: they cannot be read, or there are none at all. */
function takenBy(read: () => readonly LocalRoute[]): ((address: string) => boolean) | null {
  const single = new Set<string>();
  const tests: ((address: string) => boolean)[] = [];
  try {
    for (const { address, prefixLength } of read()) {
      const prefix = prefixOf(address, prefixLength);
      if (prefix?.length === 128) single.add(address);
      else if (prefix !== null) tests.push(prefixTest(prefix));
    }
  } catch {
    return null;
  }
  if (single.size + tests.length === 0) return null;
  return (address) => single.has(address) || tests.some((covers) => covers(address));
}

function prefixOf(address: string, prefixLength: number): Prefix | null {
  const words = { a: 0, b: 0, c: 0, d: 0 };
  const version = readAddress(address, words);
  return version === 0
    ? null
    : { version, words, length: version === 4 ? 96 + prefixLength : prefixLength };
}

function routesIn(proc: Proc, path: string, reader: LineReader<LocalRoute>): readonly LocalRoute[] {
  return parseLines(proc.readFile(path).toString('latin1'), reader).rows;
}

function interfaceAddress(line: string): LocalRoute | null {
  const found = ifInet6Line(line);
  return found && { address: found.address.address, prefixLength: 128 };
}

function localRoute6(line: string): LocalRoute | null | undefined {
  const route = routeLine6(line);
  if (!route) return route;
  const isLocal = (route.flagBits & (routeBits.local | routeBits.anycast)) !== 0;
  return isLocal ? { address: route.destination, prefixLength: route.prefixLength } : undefined;
}
