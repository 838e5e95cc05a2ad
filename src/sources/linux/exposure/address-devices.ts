import { readdirSync, readFileSync } from 'node:fs';
import type { BoundDevice } from '../../../model/socket/device.ts';
import { fibTrieLines } from '../fib-trie.ts';
import {
  completedInetAddresses,
  directNetworks,
  type InetAddresses,
  ownInetAddresses,
} from '../interfaces/inet.ts';
import { parseLines } from '../line-reader.ts';
import type { Proc } from '../proc/proc.ts';
import { parseRoutes4 } from '../routes/inet.ts';

/**
 * Whether an IPv4 address is known to belong to another interface than this one, so that packets to it arrive on
 * that one. False if it is not known.
 */
export type IsOfAnother = (device: BoundDevice, address: string) => boolean;

/**
 * For the network of this process. An interface with lower ones, such as a VRF, also receives what is sent to their
 * addresses: of these nothing is known.
 */
export function ownAddressDevices(
  read: () => InetAddresses = ownInetAddresses,
  hasParts: (device: BoundDevice) => boolean = hasPartsInSys,
): IsOfAnother {
  const isOther = otherThan(read());
  return (device, address) => isOther(device, address) && !hasParts(device);
}

/**
 * For another network, by its files in `net/` below a folder. Addresses of a VRF's interfaces are in networks that
 * are missing in the main routing table, so they are not placed. null: the files cannot be read.
 */
export function addressDevicesIn(proc: Proc, folder: string): IsOfAnother | null {
  try {
    const text = (name: string) => proc.readFile(`${folder}net/${name}`).toString('latin1');
    const networks = directNetworks();
    for (const route of parseRoutes4(text('route'), proc.littleEndian).rows) networks.add(route);
    const { rows } = parseLines(text('fib_trie'), fibTrieLines());
    return otherThan(completedInetAddresses(new Map(), rows, networks));
  } catch {
    return null;
  }
}

/** An address of several interfaces may be any of theirs. */
function otherThan(byDevice: InetAddresses): IsOfAnother {
  const devices = new Map<string, Set<string>>();
  for (const [device, addresses] of byDevice) {
    for (const { address } of addresses) {
      devices.set(address, (devices.get(address) ?? new Set()).add(device));
    }
  }
  return ({ name }, address) => devices.get(address)?.has(name) === false;
}

/** Whether an interface has lower ones (Documentation/ABI/testing/sysfs-class-net), or that is not known. */
function hasPartsInSys({ name, index }: BoundDevice): boolean {
  const folder = `/sys/class/net/${name}`;
  try {
    // A /sys mounted in another network namespace shows the interfaces there.
    if (readFileSync(`${folder}/ifindex`, 'latin1').trim() !== String(index)) return true;
    return readdirSync(folder).some((file) => file.startsWith('lower_'));
  } catch {
    return true;
  }
}
