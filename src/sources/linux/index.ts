import { allOf } from '../../flow/all-of.ts';
import type { OwnAddress } from '../../model/machine/own-address.ts';
import {
  machineFacts,
  type SystemFact,
  type SystemFacts,
} from '../../model/machine/system-facts.ts';
import { allProtocols } from '../../model/protocol.ts';
import type { Fact } from '../../model/report/facts.ts';
import { sourceOfReaders } from '../readers.ts';
import type {
  Batches,
  Closings,
  ClosingsQuery,
  ForwardsAsked,
  PlatformHost,
  SocketQuery,
  Source,
  WarningSink,
} from '../source.ts';
import { ownersAtOnceFor } from './bpf/owners-at-once-for.ts';
import type { ReadNetns } from './namespaces/in-namespaces.ts';
import { deviceNamer } from './netlink/device-name.ts';
import { sockDiagFor } from './netlink/sock-diag-for.ts';
import { ownerMemory } from './owners/owner-memory.ts';
import { socketsWithOwners } from './owners/sockets-with-owners.ts';
import { isProcfs } from './proc/kernel-files.ts';
import { openProc } from './proc/open-proc.ts';
import type { Proc } from './proc/proc.ts';
import {
  everywhere,
  hasNetns,
  readersOf,
  type Setup,
  type World,
  withAsked,
  worldOf,
} from './readers.ts';
import { noUnixPeers, onlyFiles } from './warnings.ts';

/** The facts about sockets that every /proc contains. */
export const facts: readonly Fact[] = [
  ...([
    'queues',
    'users',
    'inodes',
    'timers',
    'datagramPeers',
    'processFacts',
    'executables',
    'socketInfo',
    'workloads',
    'exposure',
  ] as const),
];
/** The facts that only a live kernel provides, over netlink. */
const liveFacts: readonly Fact[] = ['tcpInfo', 'tcpInternals', 'boundSockets', 'netns'];

function factsOf({ procRoot }: PlatformHost): readonly Fact[] {
  if (procRoot === null) return [...facts, ...liveFacts];
  return isProcfs(procRoot) === true ? [...facts, 'netns'] : facts;
}

/** Linux: everything from /proc. Whatever is not about sockets is loaded on demand. */
export function linuxSource(host: PlatformHost): Source {
  const own = ownOf(host.procRoot);
  const asked = host.socketSource ?? 'auto';
  const sockDiag = host.procRoot === null ? sockDiagFor(own, asked) : undefined;
  const deviceName = sockDiag && deviceNamer();
  const ownersAtOnce = ownersAtOnceFor(own, asked, host.pause);
  const isStill = host.procRoot !== null && isProcfs(host.procRoot) !== true;
  const files = machineFiles(own, host.procRoot);
  return sourceOf(own, host, {
    ...{ sockDiag, deviceName, ownersAtOnce, files, isStill, facts: factsOf(host) },
  });
}

/** The /proc to read; another one may be of the own network too. */
function ownOf(procRoot: string | null): Proc {
  const proc = openProc(procRoot);
  if (procRoot === null || !proc.isOwn) return proc;
  return { ...proc, whyUnavailable: onlyFiles('--proc-root') };
}

/** A source for one /proc. */
export function sourceOf(own: Proc, host: PlatformHost, setup: Setup): Source {
  const world = worldOf(own, host, setup);
  const { proc, machine } = world;
  const { files } = setup;
  const source = sourceOfReaders(
    {
      platform: 'linux',
      protocols: allProtocols,
      facts: setup.facts,
    },
    readersOf(world),
    host,
  );
  return {
    ...source,
    isStill: setup.isStill,
    closings: (query, warnings) => closingsIn(world, query, warnings),
    async withOwners(sockets, query, warnings) {
      const read = (begin: () => void) => {
        begin();
        return batchOf(sockets);
      };
      const owned = socketsWithOwners(proc, read, query.owners, warnings, ownerMemory(), () => {});
      // Owners are written into the rows as they pass.
      for await (const _ of withAsked(world, owned, query, warnings));
    },
    systemFacts: (facts, warnings) => systemFactsIn(world, facts, warnings),
    ...(setup.facts.includes('netns') && {
      async waysInto() {
        const { waysInto } = await import('./namespaces/ways-into.ts');
        return waysInto(proc);
      },
    }),
    ...(files !== null && {
      async portUnits(protocols: readonly string[], port: number) {
        const { portUnits } = await import('./workloads/port-units.ts');
        return portUnits(proc, files, protocols, port);
      },
    }),
    // The rules of a firewall are read with programs, which show those of this machine alone.
    ...(proc.isOwn &&
      proc.isLive && {
        async portForwards(asked: ForwardsAsked) {
          const { portForwards } = await import('./exposure/publishing.ts');
          return portForwards(machine, host.env.PATH, asked);
        },
      }),
    ownAddresses: (query) => ownAddressesIn(world, query),
    unixPeers: (warnings) => unixPeersIn(world, warnings),
  };
}

/** As `Source.closings`, in the network namespaces that are asked for. */
async function closingsIn(
  world: World,
  query: ClosingsQuery,
  warnings: WarningSink,
): Promise<Closings | null> {
  const { host, setup, proc, netns, machine } = world;
  const { linuxClosings, roundsOnly } = await import('./closings/closings.ts');
  if (setup.sockDiag === undefined) {
    const why = host.procRoot === null && proc.isOwn ? '--source proc' : 'another /proc';
    warnings.note?.(roundsOnly(why));
    return null;
  }
  const find = async () => {
    if (!hasNetns(world, query)) {
      const { ownPlace } = await import('./closings/listened-places.ts');
      return { places: [ownPlace(null)], end: () => {} };
    }
    const { placesToListen } = await import('./namespaces/in-namespaces.ts');
    return placesToListen(machine, netns);
  };
  return linuxClosings(query, find, warnings);
}

/** As `Source.unixPeers`, in the network namespaces that are asked for. */
async function unixPeersIn(
  { host, proc, netns, machine }: World,
  warnings: WarningSink,
): Promise<ReadonlyMap<number, number> | null> {
  const { unixPeers } = await import('./netlink/unix-peers.ts');
  const isLive = host.procRoot === null;
  if (proc.isElsewhere === true) {
    warnings.warn(noUnixPeers(proc.root, proc.whyUnavailable ?? ''));
    return null;
  }
  if (netns === 'own') return unixPeers(proc, isLive, warnings);
  const { unixPeersInNamespaces } = await import('./namespaces/in-namespaces.ts');
  return unixPeersInNamespaces(machine, netns, warnings, (place, sink) =>
    unixPeers(place, isLive, sink),
  );
}

/** The facts of each network that is read; those of the machine are with the first. */
async function systemFactsIn(
  world: World,
  facts: readonly SystemFact[],
  warnings: WarningSink,
): Promise<readonly SystemFacts[]> {
  const { proc, netns, setup } = world;
  const { others, files } = setup;
  const { filesBelow, systemFacts } = await import('./system/system-facts.ts');
  const beside = others ?? (files === null ? null : filesBelow(files));
  if (netns === 'own') return [systemFacts(proc, beside, facts)];
  const ofMachine = facts.filter((one) => machineFacts.has(one));
  const ofNetwork = facts.filter((one) => !machineFacts.has(one));
  const read: ReadNetns<SystemFacts> = async function* ({ proc: place, isBase }) {
    const own = systemFacts(place, beside, isBase ? facts : ofNetwork);
    if (isBase || netns === 'all') yield [own];
    // The only network that is read: those of the machine are needed beside its own.
    else yield [joined(systemFacts(proc, beside, ofMachine), own)];
  };
  return allOf(await everywhere(world, [read], warnings, () => {}));
}

/** Different facts, read at two places. */
function joined(some: SystemFacts, others: SystemFacts): SystemFacts {
  return {
    values: { ...some.values, ...others.values },
    missing: { ...some.missing, ...others.missing },
  };
}

/** The addresses of each network that is read. */
async function ownAddressesIn(
  world: World,
  query: Pick<SocketQuery, 'netns'>,
): Promise<readonly OwnAddress[]> {
  const { ownAddresses } = await import('./own-addresses.ts');
  if (!hasNetns(world, query)) return allOf(ownAddresses(world.proc));
  const read: ReadNetns<OwnAddress> = (place) => ownAddresses(place.proc);
  // Missing namespaces are reported when sockets are read.
  return allOf(await everywhere(world, [read], { warn: () => {} }, () => {}));
}

/** The root folder of the machine that the /proc belongs to; null: not accessible. */
function machineFiles({ isLive, isOwn }: Proc, procRoot: string | null): string | null {
  if (!isLive) return null;
  return procRoot === null || isOwn ? '' : `${procRoot}/1/root`;
}

async function* batchOf<T>(rows: readonly T[]): Batches<T> {
  if (rows.length > 0) yield rows;
}
