import { deferFailure } from '../model/defer-failure.ts';
import { type Names, noNames } from '../model/names.ts';
import type { Request } from '../model/request.ts';
import type { ReportKind, ReportRows } from '../model/snapshot.ts';
import type { MachineFacts, NameResolver, Wanted } from '../resolve/index.ts';
import type { Batches } from '../sources/source.ts';

/** A resolver that is loaded when first asked for, and then remembers what it learnt. */
export function lazyResolver(timeoutMs: number, host: MachineFacts): () => Promise<NameResolver> {
  let resolver: Promise<NameResolver> | null = null;
  return () => {
    resolver ??= import('../resolve/index.ts').then(({ nameResolver }) =>
      nameResolver({ timeoutMs, host }),
    );
    return resolver;
  };
}

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
    // Networks are named by /etc/networks, not by DNS.
    if (route.family === 'inet6' || route.prefixLength === 32) ask(route.destination);
    ask(route.gateway);
  },
  interfaces: () => {},
  groups: (group, ask) => ask(group.group),
  statistics: () => {},
} satisfies { [K in ReportKind]: (row: ReportRows[K], ask: Ask) => void };

/** Rows with the names for their numbers. */
export interface Named<K extends ReportKind> {
  readonly batches: Batches<ReportRows[K]>;
  readonly names: Names;
}

/**
 * Looks up the names that a request shows. Hosts and users are asked for all rows at once, which
 * takes all rows first, of a reading that has begun; where they stay numbers the rows pass by unread.
 * JSON, NDJSON and CSV are for programs, and always have numbers.
 */
export async function named<K extends ReportKind>(
  batches: Batches<ReportRows[K]>,
  request: Request,
  resolver: () => Promise<NameResolver>,
): Promise<Named<K>> {
  const wants = namesWanted(request);
  if (!wants.hosts && !wants.users) {
    if (!wants.services) return { batches, names: noNames };
    return { batches, names: await (await resolver()).names({ services: true }) };
  }
  const kept: (readonly ReportRows[K][])[] = [];
  const addresses = new Set<string>();
  const uids = new Set<number>();
  const addressesIn = addressesOf[request.report] as (row: ReportRows[K], ask: Ask) => void;
  const all = deferFailure(batches);
  for await (const batch of all.batches) {
    kept.push(batch);
    for (const row of batch) {
      if (wants.hosts) addressesIn(row, (address) => address !== null && addresses.add(address));
      if (wants.users && 'uid' in row && row.uid !== null) uids.add(row.uid);
    }
  }
  const wanted: Wanted = {
    services: wants.services,
    networks: wants.hosts,
    ...(wants.hosts ? { addresses } : {}),
    ...(wants.users ? { uids } : {}),
  };
  return { batches: eachOf(kept, all.rethrow), names: await (await resolver()).names(wanted) };
}

async function* eachOf<T>(batches: readonly T[], atEnd: () => void): AsyncGenerator<T> {
  yield* batches;
  atEnd();
}

function namesWanted({ report, format, numeric, extend, columns, sort }: Request) {
  if (format !== 'netstat' && format !== 'table') {
    return { hosts: false, services: false, users: sort.some(isUser) };
  }
  const inet = report === 'sockets';
  const showsUsers = columns === null ? extend > 0 || format === 'table' : columns.some(isUser);
  return {
    hosts: !numeric.hosts && (inet || report === 'routes' || report === 'groups'),
    services: !numeric.ports && inet,
    users: !numeric.users && inet && (showsUsers || sort.some(isUser)),
  };
}

function isUser(key: string): boolean {
  return key === 'user' || key === '-user';
}
