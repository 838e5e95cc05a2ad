import { NetstatError } from '../../errors.js';
import type { InterfaceAddress, NetInterface } from '../../model/interface.js';
import type { Batches, FamilyQuery, Notes } from '../backend.js';
import { type DeviceCounters, parseNetDev } from './interfaces-dev.js';
import { type LinkFacts, type Links, unknownLink } from './interfaces-facts.js';
import { flagNames } from './interfaces-flags.js';
import { type InetAddresses, ownInetAddresses, placedInetAddresses } from './interfaces-inet.js';
import { type DeviceInet6, parseIfInet6 } from './interfaces-inet6.js';
import { askIp } from './interfaces-ip.js';
import { sysfsLinks } from './interfaces-sysfs.js';
import { ownProc } from './net-place.js';
import { littleEndianOf } from './order-warning.js';
import type { Proc } from './proc.js';
import { type ReportSource, reportSource } from './report-source.js';
import { parseRoutes4 } from './routes-inet.js';

/** What tells of interfaces beside /proc/net. */
export interface LinkSource {
  /** All of a link's facts at once; null where nobody tells. */
  links(): Promise<Links | null>;
  /** IPv4 addresses alone; null where they must be pieced together from /proc/net. */
  inetAddresses(): InetAddresses | null;
}

/** The network namespace that this process lives in. */
export const ownLinks: LinkSource = { links: askIp, inetAddresses: () => ownInetAddresses() };

/** A captured or another machine's /proc: only its own files can tell. */
export const otherLinks: LinkSource = { links: async () => null, inetAddresses: () => null };

/**
 * Every interface of /proc/net/dev, in the kernel's order. What stands beside the counters comes
 * from iproute2's `ip`, or else from /sys/class/net; what neither tells is null.
 * @throws NetstatError `unreadable` where /proc/net/dev may not be read, `unsupported` where there is
 * none.
 */
export async function* linuxInterfaces(
  proc: Proc,
  _query: FamilyQuery,
  notes: Notes,
  source: LinkSource,
): Batches<NetInterface> {
  const files = reportSource(proc, notes);
  const text = files.read('net/dev', 'interface table');
  files.settle();
  if (text === null) {
    const path = `${proc.root}/net/dev`;
    throw new NetstatError('unsupported', `${path}: this kernel has no interface table`, { path });
  }

  const devices = files.rows('net/dev', parseNetDev(text));
  const names = devices.map(({ name }) => name);
  // The own /proc may be mounted anywhere; /sys is beside the usual one.
  const beside = proc.isOwn ? ownProc : proc.root;
  const links = (await source.links()) ?? sysfsLinks(beside, names);
  if (links === null) {
    notes.warn({
      code: 'absent',
      message: `${beside}/../sys/class/net: not there, or of another network; MTU, flags and hardware addresses are not known`,
      source: `${beside}/../sys/class/net`,
    });
  }
  const inet = inetAddressesOf(links, source, files, () => littleEndianOf(proc, notes));
  const inet6Text = files.peek('net/if_inet6');
  const inet6 = inet6Text === null ? [] : files.rows('net/if_inet6', parseIfInet6(inet6Text));
  yield devices.map((device) =>
    netInterface(
      device,
      links?.get(device.name) ?? unknownLink,
      inet.get(device.name) ?? [],
      inet6.filter((one) => one.device === device.name),
    ),
  );
}

function inetAddressesOf(
  links: Links | null,
  source: LinkSource,
  files: ReportSource,
  littleEndian: () => boolean,
): InetAddresses {
  const told = [...(links ?? [])].flatMap(([name, { addresses }]) =>
    addresses === null ? [] : [[name, addresses] as const],
  );
  if (told.length > 0) return new Map(told);
  const own = source.inetAddresses();
  if (own !== null) return own;
  const fibTrie = files.peek('net/fib_trie') ?? '';
  const routes = parseRoutes4(files.peek('net/route') ?? '', littleEndian());
  return placedInetAddresses(fibTrie, routes.rows);
}

function netInterface(
  device: DeviceCounters,
  { index, flagBits, ...facts }: LinkFacts,
  inet: readonly InterfaceAddress[],
  inet6: readonly DeviceInet6[],
): NetInterface {
  const { name, received, sent, collisions, multicast, compressedReceived, compressedSent } =
    device;
  return {
    name,
    index: index ?? inet6[0]?.index ?? null,
    mtu: facts.mtu,
    flags: flagNames(flagBits ?? 0),
    flagBits,
    linkType: facts.linkType,
    hardwareAddress: facts.hardwareAddress,
    txQueueLength: facts.txQueueLength,
    collisions,
    multicast,
    compressedReceived,
    compressedSent,
    received,
    sent,
    addresses: [...inet, ...inet6.map(({ address }) => address)],
  };
}
