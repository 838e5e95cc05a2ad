import { posix } from 'node:path';
import { errorNaming } from '../../../errors.ts';
import { addTo } from '../../../model/add-to.ts';
import type { InterfaceAddress, NetInterface } from '../../../model/machine/interface.ts';
import { flagNames } from '../../../model/machine/interface-flags.ts';
import type { Warning } from '../../../model/report/snapshot.ts';
import { manyRows } from '../../reading.ts';
import type { Batches, FamilyQuery, WarningSink } from '../../source.ts';
import { type FibAddress, fibTrieLines } from '../fib-trie.ts';
import { fromFirstLine } from '../line-reader.ts';
import { ownProc } from '../proc/net-place.ts';
import { littleEndianOf } from '../proc/order-warning.ts';
import type { Proc } from '../proc/proc.ts';
import { fibTrieFile, interfaceFiles, routeFiles } from '../proc-files.ts';
import { refused, refusedWarning } from '../refused.ts';
import { type ReportFiles, reportSource } from '../report-files.ts';
import { routeLines4 } from '../routes/inet.ts';
import { type DeviceCounters, parseNetDev } from './dev.ts';
import { type LinkFacts, type Links, unknownLink } from './facts.ts';
import {
  completedInetAddresses,
  directNetworks,
  type InetAddresses,
  ownInetAddresses,
} from './inet.ts';
import { type DeviceInet6, ifInet6Line } from './inet6.ts';
import { askIp, type RunProgram } from './ip.ts';
import { sysfsLinks } from './sysfs.ts';

/** Where facts about interfaces come from besides /proc/net and /sys. */
export interface LinkSource {
  /** All facts about this many links; null: not available. */
  links(devices: number, warnings: WarningSink): Promise<Links | null>;
  /** Only IPv4 addresses. */
  inetAddresses(): InetAddresses;
  /**
   * /sys here shows another network, which may have devices of the same names: what to warn of if `links` lacks facts.
   */
  readonly withoutSysfs?: Warning;
}

/** The network namespace of this process; `path`: PATH. */
export function ownLinks(path: string | undefined): LinkSource {
  return {
    links: (devices, warnings) => askIp(path, devices, warnings),
    inetAddresses: () => ownInetAddresses(),
  };
}

/** A captured /proc: only its own files are available. */
export const otherLinks: LinkSource = { links: async () => null, inetAddresses: () => new Map() };

/** Another machine; `links`: what it sent. */
export function receivedLinks(links: LinkSource['links']): LinkSource {
  return { ...otherLinks, links, withoutSysfs: unsentFacts };
}

/** Another network namespace; `run`: runs a program there, null: not possible. */
export function insideLinks(path: string | undefined, run: RunProgram | null): LinkSource {
  return {
    ...otherLinks,
    ...(run !== null && {
      links: (devices: number, warnings: WarningSink) => askIp(path, devices, warnings, run),
    }),
    withoutSysfs: unknownElsewhere,
  };
}

const batchSize = 256;
/** An interface takes as much memory as this number of sockets: iproute2 answers with JSON. */
const asSockets = 10;

/**
 * Every interface of /proc/net/dev, in the kernel's order. Other facts come from iproute2's `ip`; what it lacks,
 * for all or for one, from /sys/class/net and the kernel's address tables; what no source reports is null.
 * @throws NetstatError `unreadable` if /proc/net/dev cannot be read, `unsupported` if there is none.
 */
export async function* linuxInterfaces(
  proc: Proc,
  _query: FamilyQuery,
  warnings: WarningSink,
  source: LinkSource,
): Batches<NetInterface> {
  const files = reportSource(proc, warnings);
  const text = files.read(interfaceFiles.devices, 'interface table');
  files.settle();
  if (text === null) {
    const path = `${proc.root}/${interfaceFiles.devices}`;
    throw errorNaming('unsupported', path, 'this kernel has no interface table');
  }

  const devices = files.rows(interfaceFiles.devices, text, parseNetDev);
  const size = devices.length * asSockets;
  if (size >= manyRows) proc.onManyRows?.(size);
  const links = (await source.links(devices.length, warnings)) ?? new Map<string, LinkFacts>();
  // This process's /proc may be mounted anywhere; /sys is beside the default one.
  const beside = proc.isOwn ? ownProc : proc.root;
  const { withoutSysfs } = source;
  const sysfs = {
    root: beside,
    linksOf: withoutSysfs ? () => null : sysfsLinks,
    withoutIt: withoutSysfs ?? unknownBeside(beside, proc.isOwn),
  };
  const factsOf = completedFacts(devices, links, sysfs, warnings);
  const inetOf = inetFinder(links, devices, source, files, () => littleEndianOf(proc, warnings));
  const inet6 = inet6ByDevice(files);
  for (let at = 0; at < devices.length; at += batchSize) {
    yield devices
      .slice(at, at + batchSize)
      .map((device) =>
        netInterface(
          device,
          factsOf(device.name),
          inetOf(device.name),
          inet6.get(device.name) ?? [],
        ),
      );
  }
}

/** How the /sys beside a /proc is asked, and the warning where it tells nothing. */
interface Sysfs {
  readonly root: string;
  readonly linksOf: typeof sysfsLinks;
  readonly withoutIt: Warning;
}

/** The facts of each device: those of `links`, completed from /sys. */
function completedFacts(
  devices: readonly DeviceCounters[],
  links: Links,
  { root, linksOf, withoutIt }: Sysfs,
  warnings: WarningSink,
): (name: string) => LinkFacts {
  const given = (name: string) => links.get(name) ?? unknownLink;
  if (devices.every(({ name }) => isWhole(given(name)))) return given;
  const names = devices.map(({ name }) => name);
  let lacking: Warning | null = null;
  const sysfs = linksOf(root, names, (folder, error) => {
    lacking ??= refusedWarning(folder, refused(folder, error));
  });
  if (sysfs === null) {
    warnings.warn(lacking ?? withoutIt);
    return given;
  }
  return (name) => {
    const facts = given(name);
    return isWhole(facts) ? facts : completed(facts, sysfs(name));
  };
}

const linkFactNames = 'MTU, flags and hardware addresses';

/** In another network namespace only `ip` can tell the facts, which has to run inside; the same for all of them. */
const unknownElsewhere: Warning = {
  code: 'incomplete',
  message: `interfaces of other network namespaces: ${linkFactNames} are unknown, so some may be down: a program has to ask inside, which takes root, koffi's native part and ip (iproute2)`,
  source: '/sys/class/net',
};

/** Another machine sent neither. */
const unsentFacts: Warning = {
  code: 'incomplete',
  message: `${linkFactNames} of interfaces are unknown, so some may be down: there is neither an ip (iproute2) that prints JSON nor /sys/class/net`,
  source: '/sys/class/net',
};

/** Neither `ip` nor the /sys beside this /proc has the facts. `isLive`: it is no capture, which may lack them for good. */
function unknownBeside(root: string, isLive: boolean): Warning {
  const source = posix.normalize(`${root}/../sys/class/net`);
  return {
    code: isLive ? 'incomplete' : 'absent',
    message: `${source}: missing, or of another network; ${linkFactNames} are unknown${isLive ? '; install ip (iproute2), or mount /sys' : ''}`,
    source,
  };
}

/** Whether nothing essential is missing: not every link has a known type or a hardware address. */
function isWhole({ index, mtu, flagBits, txQueueLength }: LinkFacts): boolean {
  return index !== null && mtu !== null && flagBits !== null && txQueueLength !== null;
}

function completed(facts: LinkFacts, more: LinkFacts): LinkFacts {
  return {
    index: facts.index ?? more.index,
    mtu: facts.mtu ?? more.mtu,
    flagBits: facts.flagBits ?? more.flagBits,
    linkType: facts.linkType ?? more.linkType,
    hardwareAddress: facts.hardwareAddress ?? more.hardwareAddress,
    txQueueLength: facts.txQueueLength ?? more.txQueueLength,
    addresses: facts.addresses,
  };
}

/** The IPv4 addresses of each device: those of `links`, else those that can be inferred. */
function inetFinder(
  links: Links,
  devices: readonly DeviceCounters[],
  source: LinkSource,
  files: ReportFiles,
  littleEndian: () => boolean,
): (name: string) => readonly InterfaceAddress[] {
  const given = (name: string) => links.get(name)?.addresses ?? null;
  if (devices.every(({ name }) => given(name) !== null)) return (name) => given(name) ?? [];
  const networks = directNetworks();
  for (const routes of files.batches(
    routeFiles.inet,
    null,
    fromFirstLine(() => routeLines4(littleEndian())),
  )) {
    for (const route of routes) networks.add(route);
  }
  const known = new Map(source.inetAddresses());
  for (const { name } of devices) {
    const addresses = given(name);
    if (addresses !== null) known.set(name, addresses);
  }
  const others = completedInetAddresses(known, fibAddresses(files), networks);
  return (name) => given(name) ?? others.get(name) ?? [];
}

function* fibAddresses(files: ReportFiles): Generator<FibAddress> {
  for (const batch of files.batches(fibTrieFile, null, fibTrieLines())) yield* batch;
}

function inet6ByDevice(files: ReportFiles): ReadonlyMap<string, DeviceInet6[]> {
  const byDevice = new Map<string, DeviceInet6[]>();
  for (const batch of files.batches(interfaceFiles.inet6, null, ifInet6Line)) {
    for (const one of batch) {
      addTo(byDevice, one.device, one);
    }
  }
  return byDevice;
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
    flags: flagBits === null ? null : flagNames(flagBits),
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
