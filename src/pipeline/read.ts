import { isNetstatError, NetstatError } from '../errors.ts';
import { type Counter, isCounterWanted } from '../model/counter.ts';
import { holdBack } from '../model/defer-failure.ts';
import type { Needs } from '../model/needs.ts';
import type { Query } from '../model/query.ts';
import type { ReportKind, ReportRows, Row } from '../model/snapshot.ts';
import type { Socket } from '../model/socket.ts';
import type { Selection } from '../select/index.ts';
import type {
  Backend,
  Batches,
  FamilyQuery,
  Notes,
  OwnerQuery,
  SocketQuery,
  StatisticsQuery,
} from '../sources/source.ts';

/** How rows are to be read. */
export interface ReadOptions {
  readonly selection: Selection;
  readonly needs: Pick<Needs, 'owners' | 'ownerDetails'>;
  /** The caller keeps all rows anyway, so that repeated ones can be left out. */
  readonly keepsAll: boolean;
}

/**
 * The rows of a query's report, chosen but not yet sorted: read lazily, a batch at a time, unless
 * owners are needed, which takes all of them.
 * @throws NetstatError `unsupported` where the platform has no source for it.
 */
export function readRows<K extends ReportKind>(
  backend: Backend,
  query: Query<K>,
  options: ReadOptions,
  notes: Notes,
): Batches<ReportRows[K]> {
  if (query.report === 'sockets') {
    return readSockets(backend, query, options, notes) as Batches<ReportRows[K]>;
  }
  const read = backend[query.report] as
    | ((query: FamilyQuery | StatisticsQuery, notes: Notes) => Batches<Row>)
    | undefined;
  if (read === undefined) {
    throw new NetstatError(
      'unsupported',
      `${query.report}: ${backend.platform} has no source for this report`,
    );
  }
  const { families, requiredFamilies, protocols, protocolsNamed } = query;
  const required = protocolsNamed ? protocols : [];
  const rows = read({ families, requiredFamilies, required }, notes);
  return (
    query.report === 'statistics' ? countersOf(rows as Batches<Counter>, query) : rows
  ) as Batches<ReportRows[K]>;
}

/** Names and numbers of the interfaces that there are; null where the platform does not tell. */
export async function interfaceNames(backend: Backend): Promise<ReadonlySet<string> | null> {
  const known = new Set<string>();
  try {
    const faces = backend.interfaces?.({ families: [] }, { warn: () => undefined });
    if (faces === undefined) return null;
    for await (const batch of faces) {
      for (const { name, index } of batch) {
        known.add(name);
        if (index !== null) known.add(String(index));
      }
    }
  } catch (error) {
    if (!isNetstatError(error)) throw error;
    return null;
  }
  return known.size > 0 ? known : null;
}

/** -t, -u, -U, -w and -S choose among the counters by protocol. */
async function* countersOf(
  batches: Batches<Counter>,
  { families, protocols, protocolsNamed }: Query,
): Batches<Counter> {
  for await (const batch of batches) {
    yield batch.filter((counter) =>
      isCounterWanted(counter, families, protocolsNamed ? protocols : null),
    );
  }
}

async function* readSockets(
  backend: Backend,
  asked: Query,
  { selection, needs, keepsAll }: ReadOptions,
  notes: Notes,
): Batches<Socket> {
  const query: SocketQuery = {
    protocols: offeredProtocols(backend, asked),
    families: asked.families,
    distinct: needs.owners !== 'none' || keepsAll,
    listeningOnly: selection.which === 'listening',
    required: asked.protocolsNamed,
  };
  const keep = selection.beforeOwners;
  if (needs.owners === 'none') {
    for await (const batch of backend.sockets(query, notes)) yield batch.filter(keep);
    return;
  }
  const wanted: OwnerQuery = { depth: needs.owners, details: needs.ownerDetails };
  const held =
    backend.heldSockets?.(query, keep, wanted, notes) ??
    collectedThenHeld(backend, query, keep, wanted, notes);
  if (!selection.usesOwners) yield* held;
  else for await (const batch of held) yield batch.filter(selection.afterOwners);
}

async function* collectedThenHeld(
  backend: Backend,
  query: SocketQuery,
  keep: Selection['beforeOwners'],
  owners: OwnerQuery,
  notes: Notes,
): Batches<Socket> {
  const chosen: Socket[] = [];
  const all = holdBack(backend.sockets(query, notes));
  for await (const batch of all.batches) {
    for (const socket of batch) if (keep(socket)) chosen.push(socket);
  }
  yield await backend.withOwners(chosen, owners, notes);
  all.rethrow();
}

/**
 * The tables to read: those that were asked for, less what this platform cannot have.
 * @throws NetstatError `unsupported` where such a one was asked for by name.
 */
function offeredProtocols(backend: Backend, { protocols, protocolsNamed }: Query) {
  const lacking = protocols.find((protocol) => !backend.protocols.includes(protocol));
  if (lacking !== undefined && protocolsNamed) {
    throw new NetstatError(
      'unsupported',
      `${lacking}: ${backend.platform} has no source for these sockets; it has ${backend.protocols.join(', ')}`,
    );
  }
  return protocols.filter((protocol) => backend.protocols.includes(protocol));
}
