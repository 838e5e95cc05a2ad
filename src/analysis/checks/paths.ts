/** Where packets can go, by routing tables and interfaces. */

import { readAddress, type Words } from '../../model/address/read.ts';
import { inet6Scope } from '../../model/address/text.ts';
import type { NetInterface } from '../../model/machine/interface.ts';
import { isKnownDown, isLoopbackInterface } from '../../model/machine/interface.ts';
import type { Route } from '../../model/machine/route.ts';
import type { Evidence } from './check.ts';

/** Devices that the kernel creates in every network namespace once a tunnel module is loaded. */
const kernelsOwn = /^(?:tunl0|sit0|gre0|gretap0|erspan0|ip_vti0|ip6_vti0|ip6tnl0|ip6gre0|teql0)$/;

/** The interfaces that lead to other machines: neither loopback nor created by the kernel itself. */
export function linksOf(interfaces: readonly NetInterface[]): readonly NetInterface[] {
  return interfaces.filter((one) => !isLoopbackInterface(one) && !kernelsOwn.test(one.name));
}

/** Those that are up. */
export function linksUp(interfaces: readonly NetInterface[]): readonly NetInterface[] {
  return linksOf(interfaces).filter((one) => !isKnownDown(one));
}

/** Whether an interface has an address that is not link-local. */
export function hasUsefulAddress({ addresses }: NetInterface): boolean {
  return addresses.some(
    ({ address }) => !address.startsWith('169.254.') && inet6Scope(address) !== 'link',
  );
}

/** A route that rejects or drops: unreachable, prohibit, blackhole. */
function isRefusing({ flags, interface: device }: Route): boolean {
  return flags.startsWith('!') || device === null;
}

/**
 * The default routes. Two routes that each cover half of all addresses count too: VPNs add such a pair beside the
 * existing default route. So does 2000::/3, which covers all global addresses of IPv6.
 */
export function defaultRoutes(routes: readonly Route[]): readonly Route[] {
  const leading = routes.filter((route) => !isRefusing(route));
  const whole = leading.filter(
    ({ prefixLength, destination }) =>
      prefixLength === 0 || (prefixLength === 3 && destination === '2000::'),
  );
  const halves = leading.filter(
    ({ prefixLength, destination }) =>
      prefixLength === 1 && ['0.0.0.0', '128.0.0.0', '::', '8000::'].includes(destination),
  );
  const pairs = halves.filter((one) =>
    halves.some((two) => two.family === one.family && two.destination !== one.destination),
  );
  return [...whole, ...pairs];
}

const address: Words = { a: 0, b: 0, c: 0, d: 0 };
const network: Words = { a: 0, b: 0, c: 0, d: 0 };

/** Whether two addresses share their first `bits` bits. */
function isWithin(one: Words, other: Words, bits: number): boolean {
  const words = ['a', 'b', 'c', 'd'] as const;
  return words.every((word, at) => {
    const left = Math.min(32, Math.max(0, bits - at * 32));
    return left === 0 || (one[word] ^ other[word]) >>> (32 - left) === 0;
  });
}

/** The most specific route of the main table to an address; null: none, or one that rejects. */
export function routeTo(routes: readonly Route[], to: string): Route | null {
  const version = readAddress(to, address);
  const family = version === 4 ? 'inet' : 'inet6';
  let best: Route | null = null;
  for (const route of routes) {
    if (version === 0 || route.family !== family) continue;
    if (readAddress(route.destination, network) === 0) continue;
    const bits = route.prefixLength + (family === 'inet' ? 96 : 0);
    if (!isWithin(address, network, bits)) continue;
    const isBetter =
      best === null ||
      route.prefixLength > best.prefixLength ||
      (route.prefixLength === best.prefixLength && (route.metric ?? 0) < (best.metric ?? 0));
    if (isBetter) best = route;
  }
  return best === null || isRefusing(best) ? null : best;
}

/** Whether an interface has this address. */
export function isOwnAddress(interfaces: readonly NetInterface[], one: string): boolean {
  return interfaces.some(({ addresses }) => addresses.some(({ address }) => address === one));
}

/**
 * What kind of network this is. `machine`: the one that the machine started with. `own`: another one, such as a
 * container's, that the program runs in. `other`: any further one.
 */
export function kindOfNetwork({ platform, system }: Evidence): 'machine' | 'own' | 'other' {
  if (platform !== 'linux') return 'machine';
  if (system.netns !== undefined && !system.netns.own) return 'other';
  return system.values.isFirstNetwork === true ? 'machine' : 'own';
}
