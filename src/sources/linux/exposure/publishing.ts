import { readdirSync, readFileSync } from 'node:fs';
import { lazily } from '../../../flow/lazily.ts';
import { distinctBy } from '../../../model/add-to.ts';
import { isLoopback } from '../../../model/address/read.ts';
import { familyOf } from '../../../model/address/text.ts';
import { loopbackIndex } from '../../../model/machine/interface.ts';
import type { Netns } from '../../../model/machine/netns.ts';
import type { InetFamily } from '../../../model/protocol.ts';
import type { PublishedPort } from '../../../model/socket/exposure.ts';
import type { PortForward } from '../../../model/socket/port-forward.ts';
import type { Workload } from '../../../model/socket/workload.ts';
import { systemPrograms } from '../../../trust/system-path.ts';
import type { ForwardsAsked, WarningSink } from '../../source.ts';
import { fibTrieLines } from '../fib-trie.ts';
import { parseIfInet6 } from '../interfaces/inet6.ts';
import {
  type FoundNamespaces,
  keyOfProcess,
  type Namespace,
} from '../namespaces/find-namespaces.ts';
import { type LabelledProc, namedNamespaces } from '../namespaces/labelled.ts';
import { pathExists } from '../path-exists.ts';
import type { Proc, Task } from '../proc/proc.ts';
import { runProgram } from '../run-program.ts';
import { hiddenForwarders } from '../warnings.ts';
import type { Residents } from '../workloads/tenants.ts';
import { addressDevicesIn, type IsOfAnother, ownAddressDevices } from './address-devices.ts';
import { type ProxiedPort, publishedByProxies } from './docker-proxy.ts';
import { type RunProgram, readFirewall } from './firewall.ts';
import {
  forwardersIn,
  type HeldByForwarder,
  mayBeRootless,
  type NamedProcess,
  socketsOf,
} from './forwarders.ts';
import { type Destination, leadsOf, showsDestination } from './led-to.ts';
import { lackedAddresses } from './local-routes.ts';
import { addressesBesides, type PortRule, publishedBy } from './port-rule.ts';
import { mayLeadTo, parentsOf, rootlessPortsOf } from './rootless-ports.ts';
import type { Publishing } from './sockets-with-exposure.ts';

/**
 * Finds the ports that lead into other network namespaces, and what runs there. `path`: PATH; `asksOthers`: sockets of
 * other network namespaces are asked about too.
 */
export async function publishingOf(
  machine: LabelledProc,
  path: string | undefined,
  asksOthers: boolean,
  warnings: WarningSink,
): Promise<Publishing> {
  const { proc } = machine;
  const { rules, doubt } = await firewallOf(proc, path);
  const base: Task = proc.isOwn ? 'self' : 1;
  const running = forwardersIn(proc);
  const held = socketsOf(proc, running);
  const rootless = asksOthers ? await rootlessPortsOf(proc, held) : [];
  const { published, besides, familiesOf } = byHostAddress(proc, rules, running, base);
  const showing = held.filter(showsDestination);
  const others =
    asksOthers || published.length > 0 || showing.length > 0
      ? othersOf(proc, await namedNamespaces(machine))
      : [];
  const routes = lazily(() => proc.isOwn && proc.isLive && routesLoopback(proc.root));
  const ownDevices = lazily(() => (proc.isOwn && proc.isLive ? ownAddressDevices() : nobodys));
  const { residentsAt, workloadsOf } = await residentsOf(machine, others, published, showing);
  return {
    ports: published.map((port) => ({
      ...port,
      workload: residentsAt(port.address)?.label ?? null,
    })),
    doubt,
    forwarding: forwardingSockets(held, warnings, workloadsOf),
    workloadsAt: (address) => residentsAt(address)?.workloads ?? [],
    get routesLoopback() {
      return routes();
    },
    familiesOf,
    addressesOf: (netns) => sameAs(netns, others)?.addresses() ?? null,
    isShared: (address) => others.filter((one) => one.addresses()?.has(address)).length > 1,
    waysBesides(netns, protocol, addresses) {
      if (addresses.some((address) => besides.has(address))) return ruledBesides;
      const other = sameAs(netns, others);
      const pid = other?.of.pids[0];
      if (other === undefined || pid === undefined) return null;
      const ports = rootless.find(
        ({ forwarder, protocols }) =>
          protocols.has(protocol) && mayLeadTo(forwarder, other.parents),
      );
      return ports !== undefined && mayBeRootless(proc.root, base, pid)
        ? `${ports.forwarder.name} forwards ports of the host, but does not report where to`
        : null;
    },
    isOfAnother: (netns, device, address) =>
      (netns === undefined || netns.own
        ? ownDevices()
        : (sameAs(netns, others)?.devices() ?? nobodys))(device, address),
    lacksAddress: lackedAddresses(proc),
    lacksDevice: ({ index }) => lacksDevice(proc, index),
  };
}

const nobodys: IsOfAnother = () => false;

/**
 * The sockets of forwarders, with the workloads that each is known to forward ports for; warns of those that could not be
 * inspected.
 */
function forwardingSockets(
  held: readonly HeldByForwarder[],
  warnings: WarningSink,
  workloadsOf: (one: HeldByForwarder) => readonly Workload[],
): Publishing['forwarding'] {
  const hidden = held.filter(({ isWhole }) => !isWhole);
  if (hidden.length > 0) {
    warnings.warn(hiddenForwarders(hidden.map(({ forwarder }) => forwarder.name)));
  }
  const found = new Map<number, readonly Workload[]>();
  for (const one of held) {
    const workloads = workloadsOf(one);
    for (const inode of one.inodes) found.set(inode, workloads);
  }
  return found;
}

/** Whether a network is known to have no such interface: its first one, loopback, has a name, and this has none. */
function lacksDevice({ deviceName }: Proc, index: number): boolean {
  return deviceName?.(index) === null && deviceName(loopbackIndex) !== null;
}

/** Whether an interface of this network hands packets on to loopback addresses (ip-sysctl: route_localnet). */
function routesLoopback(root: string): boolean {
  const folder = `${root}/sys/net/ipv4/conf`;
  try {
    return readdirSync(folder).some(
      (name) =>
        // That is of interfaces to come.
        name !== 'default' &&
        readFileSync(`${folder}/${name}/route_localnet`, 'latin1').trim() === '1',
    );
  } catch {
    return false;
  }
}

/** As `Source.portForwards`. Ports that lead to an address of the host itself are not included. */
export async function portForwards(
  machine: LabelledProc,
  path: string | undefined,
  { protocols, families, port }: ForwardsAsked,
): Promise<readonly PortForward[]> {
  const { proc } = machine;
  const { rules } = await firewallOf(proc, path);
  const { published, familiesOf } = byHostAddress(proc, rules, forwardersIn(proc), 'self');
  const ofHost = lazily(() => addressesOf(proc, ''));
  const leading = published.filter(
    (one) =>
      one.hostPort === port &&
      protocols.includes(one.protocol) &&
      families.some((family) => familiesOf(one).has(family)) &&
      !isLoopback(one.address) &&
      ofHost()?.has(one.address) !== true,
  );
  if (leading.length === 0) return [];
  const others = othersOf(proc, await namedNamespaces(machine));
  return leading.map(({ protocol, hostAddress, hostPort, address, port }) => {
    const [home, another] = others.filter((one) => one.addresses()?.has(address));
    const netns = home === undefined || another !== undefined ? null : home.of.netns;
    return { protocol, hostAddress, hostPort, address, port, netns };
  });
}

/**
 * The published ports of another machine: only those of its docker-proxies. Its other namespaces were not read, so
 * none of their servers is asked about.
 */
export function publishingElsewhere(proc: Proc, warnings: WarningSink): Publishing {
  const running = forwardersIn(proc);
  return {
    ...publications(publishedByProxies(proc, running).believed, []),
    doubt: notReadElsewhere,
    forwarding: forwardingSockets(socketsOf(proc, running), warnings, () => []),
    workloadsAt: () => [],
    routesLoopback: false,
    addressesOf: () => null,
    isShared: () => false,
    waysBesides: () => null,
    isOfAnother: () => false,
    lacksAddress: () => false,
    lacksDevice: () => false,
  };
}

const notReadElsewhere = "the firewall's rules can be read only for a live machine's own network";

const ruledBesides =
  "the rule that leads there is not for a port of one of the host's addresses, " +
  'but for a network, another address or every port';

/** The ports published at addresses of the host, and the addresses to which all others lead. */
function byHostAddress(
  proc: Proc,
  rules: readonly PortRule[],
  running: readonly NamedProcess[],
  base: Task,
) {
  const baseKey = keyOfProcess(proc.root, base);
  const isOfHost = ({ pid }: NamedProcess) => {
    const key = keyOfProcess(proc.root, pid);
    return key === null || baseKey === null || key === baseKey;
  };
  const host = lazily(() => addressesOf(proc, ''));
  const isHosts = ({ hostAddress }: PublishedPort) =>
    hostAddress === null || isLoopback(hostAddress) || host()?.has(hostAddress) === true;
  // Docker inside a container publishes ports of that container.
  const elsewhere = publishedByProxies(
    proc,
    running.filter((one) => !isOfHost(one)),
  );
  const proxies = publishedByProxies(proc, running.filter(isOfHost));
  const { ports, familiesOf } = publications(proxies.believed, publishedBy(rules));
  const besides = new Set(addressesBesides(rules));
  const doubtful = [...elsewhere.believed, ...elsewhere.doubtful, ...proxies.doubtful];
  for (const { published } of doubtful) besides.add(published.address);
  for (const port of ports) if (!isHosts(port)) besides.add(port.address);
  return { published: ports.filter(isHosts), besides, familiesOf };
}

/** The ports that docker-proxies and rules publish, each once: a rule and a docker-proxy may publish the same one. */
function publications(
  proxied: readonly ProxiedPort[],
  ruled: readonly PublishedPort[],
): Pick<Publishing, 'ports' | 'familiesOf'> {
  const known = new Map<string, Set<InetFamily>>();
  const add = (port: PublishedPort, families: readonly InetFamily[]) => {
    const key = publicationKey(port);
    known.set(key, new Set([...(known.get(key) ?? []), ...families]));
  };
  for (const { published: port, family } of proxied) {
    add(port, family === null ? ['inet', 'inet6'] : [family]);
  }
  for (const port of ruled) add(port, [familyOf(port.hostAddress ?? port.address)]);
  const every = [...proxied.map((one) => one.published), ...ruled];
  return {
    ports: distinctBy(every, publicationKey),
    familiesOf: (port) => known.get(publicationKey(port)) ?? new Set(),
  };
}

/** The firewall's rules; no program here can read those of another machine or network. */
async function firewallOf(proc: Proc, path: string | undefined) {
  if (!proc.isOwn || !proc.isLive) {
    return {
      rules: [],
      doubt: notReadElsewhere,
    };
  }
  const run: RunProgram = async (program, args, limit) => {
    const found = systemPrograms(program, path).find((file) => pathExists(file));
    return found === undefined ? null : runProgram([found, ...args], limit);
  };
  return readFirewall(proc, run);
}

function publicationKey({ protocol, hostAddress, hostPort, address, port }: PublishedPort): string {
  return [protocol, hostAddress, hostPort, address, port].join(' ');
}

/** Another network namespace, with its addresses, which are read on demand. */
interface OtherNamespace extends Destination {
  readonly of: Namespace;
  addresses(): ReadonlySet<string> | null;
  devices(): IsOfAnother | null;
}

function othersOf(proc: Proc, { namespaces }: FoundNamespaces): readonly OtherNamespace[] {
  return namespaces
    .filter(({ isBase }) => !isBase)
    .map((of) => {
      return {
        of,
        inode: of.netns.inode,
        addresses: lazily(() => fromProcess(of, (folder) => addressesOf(proc, folder))),
        devices: lazily(() => fromProcess(of, (folder) => addressDevicesIn(proc, folder))),
        parents: lazily(() => parentsOf(proc, of.pids)),
      };
    });
}

/** Which of these a row's namespace is: by its number, else by a name that only one of them has. */
function sameAs(
  { inode, name }: Netns,
  others: readonly OtherNamespace[],
): OtherNamespace | undefined {
  const [one, another] = others.filter(({ of: { netns } }) =>
    inode === null || netns.inode === null
      ? name !== null && netns.name === name
      : netns.inode === inode,
  );
  return another === undefined ? one : undefined;
}

/** What the files of a process in a namespace show; null: not known. */
function fromProcess<T>({ pids }: Namespace, read: (folder: string) => T | null): T | null {
  for (const pid of pids) {
    // The process may have ended or be unreadable; another one may be readable.
    const found = read(`${pid}/`);
    if (found !== null) return found;
  }
  return null;
}

/** The addresses in the files in `net/` below a folder; null: they cannot be read. */
function addressesOf(proc: Proc, folder: string): ReadonlySet<string> | null {
  try {
    const addresses = new Set<string>();
    const read = fibTrieLines();
    for (const line of proc.readFile(`${folder}net/fib_trie`).toString('latin1').split('\n')) {
      const entry = read(line);
      if (entry?.kind === 'local') addresses.add(entry.address);
    }
    for (const address of inet6In(proc, folder)) addresses.add(address);
    return addresses;
  } catch {
    return null;
  }
}

/** Without IPv6 the file does not exist. */
function inet6In(proc: Proc, folder: string): readonly string[] {
  try {
    const text = proc.readFile(`${folder}net/if_inet6`).toString('latin1');
    return parseIfInet6(text).rows.map(({ address }) => address.address);
  } catch {
    return [];
  }
}

/** Who lives where ports of the host lead. */
interface FoundResidents {
  /** null: not known. */
  residentsAt(address: string): Residents | null;
  /** The workloads that a forwarder shows that it leads to; empty: none is known. */
  workloadsOf(one: HeldByForwarder): readonly Workload[];
}

/** Finds who lives at the addresses of ports, and where forwarders lead. `showing`: those that may show it. */
async function residentsOf(
  machine: LabelledProc,
  others: readonly OtherNamespace[],
  ports: readonly PublishedPort[],
  showing: readonly HeldByForwarder[],
): Promise<FoundResidents> {
  const leadOf = leadsOf(machine.proc, others);
  const leads = new Map(showing.map((one) => [one, leadOf(one.forwarder)]));
  const homes = homesOf(ports, others);
  const ledTo = [...leads.values()].flatMap(({ to }) => to);
  const each = [...new Set([...homes.values(), ...ledTo])];
  const found = await machine.residents(each.map(({ of: { pids } }) => pids));
  const residents = new Map(each.map((home, at) => [home, found[at] ?? null]));
  return {
    residentsAt(address) {
      const home = homes.get(address);
      return home === undefined ? null : (residents.get(home) ?? null);
    },
    workloadsOf(one) {
      const lead = leads.get(one);
      const there = lead?.to.flatMap((home) => residents.get(home)?.workloads ?? []) ?? [];
      return there.filter((workload) => lead?.isBelievedOf(workload));
    },
  };
}

/** The namespace at each address that a port leads to, if only one has that address. The host's loopback is its own. */
function homesOf(
  ports: readonly PublishedPort[],
  others: readonly OtherNamespace[],
): ReadonlyMap<string, OtherNamespace> {
  const homes = new Map<string, OtherNamespace>();
  for (const address of new Set(ports.map((port) => port.address))) {
    if (isLoopback(address)) continue;
    const [one, another] = others.filter((other) => other.addresses()?.has(address));
    if (one !== undefined && another === undefined) homes.set(address, one);
  }
  return homes;
}
