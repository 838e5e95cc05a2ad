import { isNetstatError, NetstatError } from '../errors.ts';
import { type Counter, isCounterWanted } from '../model/counter.ts';
import { holdBack } from '../model/defer-failure.ts';
import type { Request } from '../model/request.ts';
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

/** Columns and sort keys that can only be shown once owners are known. */
const ownerKeys = new Set(['pid', 'program', 'command', 'executable', 'fd', 'noowner']);

/**
 * The rows of a request's report, chosen but not yet sorted: read lazily, a batch at a time, unless
 * owners are needed, which takes all of them. `keepsAll`: the caller keeps them all anyway, so that
 * repeated ones can be left out.
 * @throws NetstatError `unsupported` where the platform has no source for it.
 */
export function readRows<K extends ReportKind>(
  backend: Backend,
  request: Request,
  selection: Selection,
  notes: Notes,
  keepsAll: boolean,
): Batches<ReportRows[K]> {
  if (request.report === 'sockets') {
    return readSockets(backend, request, selection, notes, keepsAll) as Batches<ReportRows[K]>;
  }
  const read = backend[request.report] as
    | ((query: FamilyQuery | StatisticsQuery, notes: Notes) => Batches<Row>)
    | undefined;
  if (read === undefined) {
    throw new NetstatError(
      'unsupported',
      `${request.report}: ${backend.platform} has no source for this report`,
    );
  }
  const { families, requiredFamilies, protocols, protocolsNamed } = request;
  const required = protocolsNamed ? protocols : [];
  const rows = read({ families, requiredFamilies, required }, notes);
  return (
    request.report === 'statistics' ? countersOf(rows as Batches<Counter>, request) : rows
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
  { families, protocols, protocolsNamed }: Request,
): Batches<Counter> {
  for await (const batch of batches) {
    yield batch.filter((counter) =>
      isCounterWanted(counter, families, protocolsNamed ? protocols : null),
    );
  }
}

/** Whether a request needs to know who holds each socket, to choose, to order or to show. */
function wantsOwners(request: Request, selection: Selection): boolean {
  const keys = [...(request.columns ?? []), ...request.sort.map((key) => key.replace(/^-/, ''))];
  return request.programs || selection.usesOwners || keys.some((key) => ownerKeys.has(key));
}

async function* readSockets(
  backend: Backend,
  request: Request,
  selection: Selection,
  notes: Notes,
  keepsAll: boolean,
): Batches<Socket> {
  const owners = wantsOwners(request, selection);
  const query: SocketQuery = {
    protocols: offeredProtocols(backend, request),
    families: request.families,
    distinct: owners || keepsAll,
    listeningOnly: selection.which === 'listening',
    required: request.protocolsNamed,
  };
  const keep = selection.beforeOwners;
  if (!owners) {
    for await (const batch of backend.sockets(query, notes)) yield batch.filter(keep);
    return;
  }
  const firstIsEnough =
    request.format === 'netstat' && request.columns === null && !selection.usesOwners;
  const wanted: OwnerQuery = {
    depth: firstIsEnough ? 'first' : 'all',
    details: showsDetails(request),
  };
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

/** Whether command lines and executables are among what is shown. */
function showsDetails({ format, columns }: Request): boolean {
  if (columns !== null) return columns.includes('command') || columns.includes('executable');
  return format !== 'netstat' && format !== 'table';
}

/**
 * The tables to read: those that were asked for, less what this platform cannot have.
 * @throws NetstatError `unsupported` where such a one was asked for by name.
 */
function offeredProtocols(backend: Backend, request: Request) {
  const lacking = request.protocols.find((protocol) => !backend.protocols.includes(protocol));
  if (lacking !== undefined && request.protocolsNamed) {
    throw new NetstatError(
      'unsupported',
      `${lacking}: ${backend.platform} has no source for these sockets; it has ${backend.protocols.join(', ')}`,
    );
  }
  return request.protocols.filter((protocol) => backend.protocols.includes(protocol));
}
