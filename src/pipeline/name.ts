import { deferFailure } from '../flow/defer-failure.ts';
import type { PackedOwners } from '../model/packed/owners.ts';
import {
  addressAt,
  keepPack,
  type PackedSockets,
  packIn,
  unknownUser,
  type WritablePack,
} from '../model/packed/sockets.ts';
import { type Names, noNames } from '../model/report/names.ts';
import type { ReportKind, ReportRows } from '../model/report/snapshot.ts';
import type { Needs } from '../model/request/needs.ts';
import type { Socket } from '../model/socket/socket.ts';
import type { LazyResolver, Wanted } from '../resolve/index.ts';
import type { Batches } from '../sources/source.ts';

type Ask = (address: string | null) => void;

/** The addresses in a row whose names would be shown. */
const addressesOf = {
  sockets: (socket, ask) => {
    if (socket.protocol === 'unix') return;
    for (const { address, cut } of [socket.local, socket.remote]) if (!cut) ask(address);
    for (const address of socket.localAlternates ?? []) ask(address);
    for (const address of socket.remoteAlternates ?? []) ask(address);
  },
  routes: (route, ask) => {
    // Networks get names from /etc/networks, not from DNS.
    if (route.family === 'inet6' || route.prefixLength === 32) ask(route.destination);
    ask(route.gateway);
  },
  interfaces: () => {},
  groups: (group, ask) => ask(group.group),
  statistics: () => {},
} satisfies { [K in ReportKind]: (row: ReportRows[K], ask: Ask) => void };

/** The same for packed sockets. */
function packedAddresses(pack: PackedSockets, ask: Ask): void {
  for (let row = 0; row < pack.length; row++) {
    ask(addressAt(pack, pack.locals, row));
    ask(addressAt(pack, pack.remotes, row));
  }
}

/** Adds the users of packed sockets, and of all processes that own sockets of the same answer. */
function packedUsers(to: Set<number>): (pack: PackedSockets) => void {
  let known: PackedOwners['known'] = [];
  let seen = 0;
  return ({ length, uids, owners }) => {
    for (let row = 0; row < length; row++) to.add(uids[row] as number);
    to.delete(unknownUser);
    if (owners === null) return;
    if (owners.known !== known) [known, seen] = [owners.known, 0];
    // Later packs of the answer append to the same list.
    for (; seen < known.length; seen++) {
      for (const { uid } of known[seen] ?? []) if (typeof uid === 'number') to.add(uid);
    }
  };
}

/** Rows, and the names for their numbers. */
export interface Named<K extends ReportKind> {
  readonly batches: Batches<ReportRows[K]>;
  readonly names: Names;
}

/** The names that are looked up. */
type NameNeeds = Pick<Needs, 'hostNames' | 'serviceNames' | 'userNames'>;

/**
 * Looks up the names that are needed. Hosts and users are looked up for all rows at once, so all rows are read
 * first; if only numbers are shown, the rows pass through.
 */
export async function named<K extends ReportKind>(
  batches: Batches<ReportRows[K]>,
  report: K,
  needs: NameNeeds,
  resolver: LazyResolver,
): Promise<Named<K>> {
  const { hostNames, serviceNames, userNames } = needs;
  if (!hostNames && !userNames) {
    if (!serviceNames) return { batches, names: noNames };
    return { batches, names: await (await resolver()).names({ services: true }) };
  }
  const kept: (readonly ReportRows[K][] | WritablePack)[] = [];
  const addresses = new Set<string>();
  const uids = new Set<number>();
  const addUsers = packedUsers(uids);
  const addressesIn = addressesOf[report] as (row: ReportRows[K], ask: Ask) => void;
  const all = deferFailure(batches);
  const ask: Ask = (address) => address !== null && addresses.add(address);
  for await (const batch of all.batches) {
    const pack = packIn(batch);
    if (pack !== null) {
      keepPack(kept, pack);
      if (hostNames) packedAddresses(pack, ask);
      if (userNames) addUsers(pack);
      continue;
    }
    kept.push(batch);
    for (const row of batch) {
      if (hostNames) addressesIn(row, ask);
      if (!userNames) continue;
      if ('uid' in row && row.uid !== null) uids.add(row.uid);
      if (!('owners' in row)) continue;
      for (const { uid } of row.owners ?? []) if (typeof uid === 'number') uids.add(uid);
    }
  }
  const wanted: Wanted = {
    services: serviceNames,
    networks: hostNames,
    ...(hostNames && { addresses }),
    ...(userNames && { uids }),
  };
  return { batches: eachOf(kept, all.rethrow), names: await (await resolver()).names(wanted) };
}

async function* eachOf<R>(
  batches: readonly (readonly R[] | WritablePack)[],
  atEnd: () => void,
): Batches<R> {
  for (const batch of batches) yield batch as readonly R[];
  atEnd();
}

/** The names for sockets that are all in memory. */
export async function namesFor(
  sockets: readonly Socket[],
  needs: NameNeeds,
  resolver: LazyResolver,
): Promise<Names> {
  async function* once(): Batches<Socket> {
    if (sockets.length > 0) yield sockets;
  }
  return (await named(once(), 'sockets', needs, resolver)).names;
}
