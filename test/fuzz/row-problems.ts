import { isIP } from 'node:net';
import { canonicalAddress } from '../../src/model/address/read.ts';
import type { Counter } from '../../src/model/machine/counter.ts';
import type { InterfaceAddress, NetInterface } from '../../src/model/machine/interface.ts';
import type { Group } from '../../src/model/machine/multicast-group.ts';
import type { Route } from '../../src/model/machine/route.ts';
import type { Warning } from '../../src/model/report/snapshot.ts';

/** What rows of the reports other than sockets promise, in the model's words: a line for each broken promise. */

const isWhole = (value: unknown) => typeof value === 'bigint' || Number.isInteger(value);
const isCount = (value: unknown) => isWhole(value) && (value as number | bigint) >= 0;
const orNull = (holds: (value: unknown) => boolean) => (value: unknown) =>
  value === null || holds(value);
const within = (most: number) => (value: unknown) => isCount(value) && (value as number) <= most;
const isName = (value: unknown) => typeof value === 'string' && value !== '';
const isUint32 = within(0xffffffff);

function isAddress(family: 'inet' | 'inet6') {
  return (value: unknown) =>
    typeof value === 'string' &&
    isIP(value) === (family === 'inet' ? 4 : 6) &&
    canonicalAddress(value) === value;
}

/** The fields whose value does not do. */
function broken(
  row: object,
  holds: Readonly<Record<string, (value: unknown) => boolean>>,
): string[] {
  return Object.entries(holds).flatMap(([field, test]) => {
    const value = (row as Record<string, unknown>)[field];
    return test(value) ? [] : [`${field}: ${typeof value} ${String(value)}`];
  });
}

export function routeProblems(route: Route): string[] {
  const { family } = route;
  return broken(route, {
    destination: isAddress(family),
    prefixLength: within(family === 'inet' ? 32 : 128),
    gateway: orNull(isName),
    interface: orNull(isName),
    flags: (flags) => /^[A-Za-z!]*$/.test(String(flags)),
    flagBits: isUint32,
    metric: orNull(isUint32),
    refCount: orNull(isWhole),
    useCount: orNull(isWhole),
    mss: orNull(isWhole),
    window: orNull(isWhole),
    irtt: orNull(isWhole),
    mtu: orNull(isCount),
    source: (source) =>
      source === null ||
      broken(source as object, { address: isAddress(family), prefixLength: within(128) }).length ===
        0,
  });
}

export function groupProblems(group: Group): string[] {
  return broken(group, {
    interface: isName,
    group: isAddress(group.family),
    refCount: orNull(isWhole),
  });
}

export function counterProblems(counter: Counter): string[] {
  return broken(counter, { group: isName, name: isName, value: isWhole });
}

function addressProblems(own: InterfaceAddress): string[] {
  return broken(own, {
    address: isAddress(own.family),
    prefixLength: within(own.family === 'inet' ? 32 : 128),
    broadcast: orNull(isAddress('inet')),
    peer: orNull(isName),
    scope: (scope) => [null, 'host', 'link', 'site', 'global', 'compat'].includes(scope as null),
  });
}

/** The facts of an interface beside its counters, whatever they are from. */
const linkFields = {
  index: orNull(isUint32),
  mtu: orNull(isUint32),
  flagBits: orNull(isUint32),
  linkType: orNull(isName),
  hardwareAddress: orNull((text) => /^[\da-f]{2}(:[\da-f]{2})*$/.test(String(text))),
  txQueueLength: orNull(isCount),
};

export function linkProblems(
  link: Pick<NetInterface, keyof typeof linkFields>,
  addresses: readonly InterfaceAddress[],
): string[] {
  return [...broken(link, linkFields), ...addresses.flatMap(addressProblems)];
}

export function interfaceProblems(face: NetInterface): string[] {
  const traffic = (way: unknown) =>
    broken(way as object, {
      bytes: orNull(isCount),
      packets: orNull(isCount),
      errors: orNull(isCount),
      dropped: orNull(isCount),
      overruns: orNull(isCount),
      frameOrCarrier: orNull(isCount),
    }).length === 0;
  const problems = broken(face, {
    name: isName,
    // Not known together with the bits alone.
    flags: (flags) =>
      flags === null ? face.flagBits === null : Array.isArray(flags) && flags.every(isName),
    collisions: orNull(isCount),
    multicast: orNull(isCount),
    compressedReceived: orNull(isCount),
    compressedSent: orNull(isCount),
    received: traffic,
    sent: traffic,
  });
  return [...problems, ...linkProblems(face, face.addresses)];
}

/** How many lines the warnings say were left out. */
export function linesLeftOut(warnings: readonly Warning[]): number {
  return warnings
    .filter(({ code }) => code === 'malformed')
    .reduce((sum, { message }) => sum + Number(/: (\d+) lines /.exec(message)?.[1] ?? 1), 0);
}
