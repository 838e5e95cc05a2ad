import { isNetstatError, NetstatError } from '../errors.ts';
import { isCounterWanted } from '../model/counter.ts';
import type { Request } from '../model/request.ts';
import type { ReportKind, ReportRows, Row } from '../model/snapshot.ts';
import type { Socket } from '../model/socket.ts';
import type { Selection } from '../select/index.ts';
import type {
  Batches,
  OwnerQuery,
  Reading,
  Source,
  SourceQuery,
  WarningSink,
} from '../sources/source.ts';

/** Columns and sort keys that can only be shown once owners are known. */
const ownerKeys = new Set(['pid', 'program', 'command', 'executable', 'fd', 'noowner']);

/**
 * The rows of a request's report, chosen but not yet sorted: read lazily, a batch at a time. `keepsAll`:
 * the caller keeps them all anyway, so that repeated ones can be left out.
 * @throws NetstatError `unsupported` where the platform has no source for it.
 */
export function readRows<K extends ReportKind>(
  source: Source,
  request: Request,
  selection: Selection,
  warnings: WarningSink,
  keepsAll: boolean,
): Reading<ReportRows[K]> {
  return readReport(source, request, selection, warnings, keepsAll) as Reading<ReportRows[K]>;
}

function readReport(
  source: Source,
  request: Request,
  selection: Selection,
  warnings: WarningSink,
  keepsAll: boolean,
): Reading<Row> {
  const { report, families, requiredFamilies, protocols, protocolsNamed } = request;
  if (!source.reports.includes(report)) {
    throw new NetstatError(
      'unsupported',
      `${report}: ${source.platform} has no source for this report`,
    );
  }
  if (report === 'sockets') return readSockets(source, request, selection, warnings, keepsAll);
  if (report !== 'statistics') return source.read({ report, families, requiredFamilies }, warnings);
  const named = protocolsNamed ? protocols : null;
  const query = { report, families, requiredFamilies, required: named ?? [] } as const;
  // -t, -u, -U, -w and -S choose among the counters by protocol.
  return filtered(source.read(query, warnings), (counter) =>
    isCounterWanted(counter, families, named),
  );
}

/** Names and numbers of the interfaces that there are; null where the platform does not tell. */
export async function interfaceNames(source: Source): Promise<ReadonlySet<string> | null> {
  if (!source.reports.includes('interfaces')) return null;
  const known = new Set<string>();
  try {
    const query = { report: 'interfaces', families: [] } as const;
    for await (const batch of source.read(query, { warn: () => undefined }).batches) {
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

/** The rows of a reading that `keep` chooses. */
function filtered<T>(reading: Reading<T>, keep: (row: T) => boolean): Reading<T> {
  async function* kept(): Batches<T> {
    for await (const batch of reading.batches) {
      const rows = batch.filter(keep);
      if (rows.length > 0) yield rows;
    }
  }
  return { begun: reading.begun, batches: kept() };
}

/** Whether a request needs to know who holds each socket, to choose, to order or to show. */
function wantsOwners(request: Request, selection: Selection): boolean {
  const keys = [...(request.columns ?? []), ...request.sort.map((key) => key.replace(/^-/, ''))];
  return request.programs || selection.usesOwners || keys.some((key) => ownerKeys.has(key));
}

function readSockets(
  source: Source,
  request: Request,
  selection: Selection,
  warnings: WarningSink,
  keepsAll: boolean,
): Reading<Socket> {
  const owners = ownersWanted(request, selection);
  const query: SourceQuery<'sockets'> = {
    report: 'sockets',
    protocols: offeredProtocols(source, request),
    families: request.families,
    distinct: owners !== null || keepsAll,
    listeningOnly: selection.which === 'listening',
    required: request.protocolsNamed,
    owners,
    keep: selection.beforeOwners,
  };
  const reading = source.read(query, warnings);
  return selection.usesOwners ? filtered(reading, selection.afterOwners) : reading;
}

function ownersWanted(request: Request, selection: Selection): OwnerQuery | null {
  if (!wantsOwners(request, selection)) return null;
  const firstIsEnough =
    request.format === 'netstat' && request.columns === null && !selection.usesOwners;
  return { depth: firstIsEnough ? 'first' : 'all', details: showsDetails(request) };
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
function offeredProtocols(source: Source, request: Request) {
  const lacking = request.protocols.find((protocol) => !source.protocols.includes(protocol));
  if (lacking !== undefined && request.protocolsNamed) {
    throw new NetstatError(
      'unsupported',
      `${lacking}: ${source.platform} has no source for these sockets; it has ${source.protocols.join(', ')}`,
    );
  }
  return request.protocols.filter((protocol) => source.protocols.includes(protocol));
}
