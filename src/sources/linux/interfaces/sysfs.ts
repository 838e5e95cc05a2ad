import { readdirSync } from 'node:fs';
import { readHead } from '../reader/plain-file.ts';
import { hardwareAddressOf, type LinkFacts } from './facts.ts';
import { interfaceFlags } from './flags.ts';
import { linkTypeOf } from './link-types.ts';

/** Where the /sys lies that belongs to a /proc: beside it, or inside a captured one. */
const places = ['../sys/class/net', 'sys/class/net'];

/**
 * What /sys/class/net tells of a link (Documentation/ABI/testing/sysfs-class-net). A /sys shows the network
 * namespace it was mounted in, which need not be that of /proc/net: null unless it names just the
 * devices that /proc/net/dev does.
 */
export function sysfsLinks(
  procRoot: string,
  devices: readonly string[],
): ((name: string) => LinkFacts) | null {
  for (const place of places) {
    const folder = `${procRoot}/${place}`;
    if (namesJust(folder, devices)) return (name) => linkAt(`${folder}/${name}`);
  }
  return null;
}

function namesJust(folder: string, devices: readonly string[]): boolean {
  try {
    const wanted = new Set(devices);
    const there = readdirSync(folder).filter(
      (name) => wanted.has(name) || read(`${folder}/${name}/ifindex`) !== null,
    );
    return there.length > 0 && there.length === wanted.size && there.every((n) => wanted.has(n));
  } catch {
    return false;
  }
}

/** The kernel's own files here hold no more; those of a captured /sys may be anything. */
const pageBytes = 4096;

function read(path: string): string | null {
  try {
    return readHead(path, pageBytes).toString('utf8').trim();
  } catch {
    return null;
  }
}

function linkAt(folder: string): LinkFacts {
  const number = (file: string): number | null => {
    const text = read(`${folder}/${file}`);
    return text === null || !/^(0x[0-9a-f]+|\d+)$/i.test(text) ? null : Number(text);
  };
  const type = number('type');
  const linkType = type === null ? null : linkTypeOf(type);
  const flags = number('flags');
  return {
    index: number('ifindex'),
    mtu: number('mtu'),
    flagBits: flags === null ? null : withState(flags, folder),
    linkType,
    hardwareAddress: hardwareAddressOf(read(`${folder}/address`) ?? '', linkType),
    txQueueLength: number('tx_queue_len'),
    addresses: null,
  };
}

/**
 * /sys shows what the kernel keeps, not what it tells programs: RUNNING has to be taken from the
 * operational state, and a bridge's port takes everything in without anybody having asked for it.
 */
function withState(flags: number, folder: string): number {
  const state = read(`${folder}/operstate`);
  const running =
    (flags & interfaceFlags.UP) !== 0 && (state === 'up' || state === 'unknown')
      ? interfaceFlags.RUNNING
      : 0;
  const bridged = read(`${folder}/brport/port_no`) !== null;
  const unasked = bridged ? interfaceFlags.PROMISC | interfaceFlags.ALLMULTI : 0;
  return (flags & ~unasked) | running;
}
