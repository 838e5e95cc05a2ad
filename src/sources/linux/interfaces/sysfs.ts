import { readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { interfaceFlags } from '../../../model/machine/interface-flags.ts';
import { readHead } from '../files/plain-file.ts';
import { errnoOf, isGone } from '../proc/proc.ts';
import { hardwareAddressOf, type LinkFacts } from './facts.ts';
import { linkTypeOf } from './link-types.ts';

/** Where the /sys of a /proc may be: beside it, or inside a captured one. */
const places = ['../sys/class/net', 'sys/class/net'];

/**
 * Reads /sys/class/net (Documentation/ABI/testing/sysfs-class-net). A /sys shows the network namespace that it was
 * mounted in, not necessarily that of /proc/net: null unless it has exactly the devices of /proc/net/dev. `refused` is
 * called if it is there but cannot be read.
 */
export function sysfsLinks(
  procRoot: string,
  devices: readonly string[],
  refused: (folder: string, error: unknown) => void = () => {},
): ((name: string) => LinkFacts) | null {
  for (const place of places) {
    const folder = `${procRoot}/${place}`;
    try {
      if (namesJust(folder, devices)) {
        return (name) => linkOf((file) => read(`${folder}/${name}/${file}`));
      }
    } catch (error) {
      if (!isGone(errnoOf(error))) refused(posix.normalize(folder), error);
    }
  }
  return null;
}

/** @throws the error of the system call if the folder cannot be read */
function namesJust(folder: string, devices: readonly string[]): boolean {
  const wanted = new Set(devices);
  const there = readdirSync(folder).filter(
    (name) => wanted.has(name) || read(`${folder}/${name}/ifindex`) !== null,
  );
  return there.length > 0 && there.length === wanted.size && there.every((n) => wanted.has(n));
}

/** The kernel's own files here are at most this long; those of a captured /sys may have any length. */
const pageBytes = 4096;

function read(path: string): string | null {
  try {
    return readHead(path, pageBytes).toString('utf8').trim();
  } catch {
    return null;
  }
}

/** The files of a link that are read. */
export const linkFiles = [
  ...(['ifindex', 'mtu', 'flags', 'type', 'address', 'tx_queue_len', 'operstate'] as const),
  'brport/port_no',
] as const;

/** Reads a file of a link, trimmed; null: it does not exist. */
export type ReadLinkFile = (file: (typeof linkFiles)[number]) => string | null;

/** The facts in the files of a link. */
export function linkOf(read: ReadLinkFile): LinkFacts {
  const number = (file: (typeof linkFiles)[number]): number | null => {
    const text = read(file);
    return text === null || !/^(0x[0-9a-f]+|\d+)$/i.test(text) ? null : Number(text);
  };
  const type = number('type');
  const linkType = type === null ? null : linkTypeOf(type);
  const flags = number('flags');
  return {
    index: number('ifindex'),
    mtu: number('mtu'),
    flagBits: flags === null ? null : withState(flags, read),
    linkType,
    hardwareAddress: hardwareAddressOf(read('address') ?? '', linkType),
    txQueueLength: number('tx_queue_len'),
    addresses: null,
  };
}

/**
 * /sys shows the kernel's internal flags, not those that programs see: RUNNING is derived from the operational
 * state, and PROMISC and ALLMULTI of a bridge port were not set by a user.
 */
function withState(flags: number, read: ReadLinkFile): number {
  const state = read('operstate');
  const running =
    (flags & interfaceFlags.UP) !== 0 && (state === 'up' || state === 'unknown')
      ? interfaceFlags.RUNNING
      : 0;
  const bridged = read('brport/port_no') !== null;
  const unasked = bridged ? interfaceFlags.PROMISC | interfaceFlags.ALLMULTI : 0;
  return (flags & ~unasked) | running;
}
