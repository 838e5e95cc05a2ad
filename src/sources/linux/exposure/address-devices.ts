import { readdirSync, readFileSync } from 'node:fs';
import type { BoundDevice } from '../../../model/socket-device.ts';
import { fibTrieLines } from '../fib-trie.ts';
import {
  completedInetAddresses,
  directNetworks,
  type InetAddresses,
  ownInetAddresses,
} from '../interfaces/inet.ts';
import type { Proc } from '../proc/proc.ts';
import { parseLines } from '../report-source.ts';
import { parseRoutes4 } from '../routes/inet.ts';

/**
 * Tells of an IPv4 address whether it is known to be another interface's than this one, so that what is sent to it comes
 * by that one. False where it is not known.
 */
export type IsOfAnother = (device: BoundDevice, address: string) => boolean;

/**
 * Of the network that this process lives in. An interface that others are part of, such as a VRF, gets what is sent to
 * their addresses too: of these nothing is known.
 */
export function ownAddressDevices(
  tell: () => InetAddresses = ownInetAddresses,
  hasParts: (device: BoundDevice) => boolean = hasPartsInSys,
): IsOfAnother {
  const isOther = otherThan(tell());
  return (device, address) => isOther(device, address) && !hasParts(device);
}

/**
 * Of another network, by its files in `net/` below a folder. Addresses of a VRF's interfaces are in networks that are
 * not in the main table of routes, and so not placed.
 */
export function addressDevicesIn(proc: Proc, folder: string): IsOfAnother {
  try {
    const text = (name: string) => proc.readFile(`${folder}net/${name}`).toString('latin1');
    const networks = directNetworks();
    for (const route of parseRoutes4(text('route'), proc.littleEndian).rows) networks.add(route);
    const { rows } = parseLines(text('fib_trie'), fibTrieLines());
    return otherThan(completedInetAddresses(new Map(), rows, networks));
  } catch {
    return () => false;
  }
}

/** An address that several interfaces have may be any of theirs. */
function otherThan(byDevice: InetAddresses): IsOfAnother {
  const devices = new Map<string, Set<string>>();
  for (const [device, addresses] of byDevice) {
    for (const { address } of addresses) {
      devices.set(address, (devices.get(address) ?? new Set()).add(device));
    }
  }
  return ({ name }, address) => devices.get(address)?.has(name) === false;
}

/** Whether others are part of an interface (Documentation/ABI/testing/sysfs-class-net), or that is not told. */
function hasPartsInSys({ name, index }: BoundDevice): boolean {
  const folder = `/sys/class/net/${name}`;
  try {
    // Mounted in another network namespace, it shows the interfaces of that.
    if (readFileSync(`${folder}/ifindex`, 'latin1').trim() !== String(index)) return true;
    return readdirSync(folder).some((file) => file.startsWith('lower_'));
  } catch {
    return true;
  }
}
