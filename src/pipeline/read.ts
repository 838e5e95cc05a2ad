import { isNetstatError, NetstatError } from '../errors.ts';
import { isCounterWanted } from '../model/counter.ts';
import type { Needs } from '../model/needs.ts';
import type { PackedFacts } from '../model/packed-sockets.ts';
import type { Query } from '../model/query.ts';
import type { ReportKind, ReportRows, Row } from '../model/snapshot.ts';
import type { Socket } from '../model/socket.ts';
import type { Selection } from '../select/index.ts';
import type { Batches, Reading, Source, SourceQuery, WarningSink } from '../sources/source.ts';

/** How rows are to be read. */
export interface ReadOptions {
  readonly selection: Selection;
  readonly needs: Pick<Needs, 'owners' | 'ownerDetails' | 'tcpInfo'>;
  /** The caller keeps all rows anyway, so that repeated ones can be left out. */
  readonly keepsAll: boolean;
  /** As SocketQuery has it. */
  readonly packed?: PackedFacts | undefined;
}

/**
 * The rows of a query's report, chosen but not yet sorted: read lazily, a batch at a time.
 * @throws NetstatError `unsupported` where the platform has no source for it.
 */
export function readRows<K extends ReportKind>(
  source: Source,
  query: Query<K>,
  options: ReadOptions,
  warnings: WarningSink,
): Reading<ReportRows[K]> {
  return readReport(source, query, options, warnings) as Reading<ReportRows[K]>;
}

function readReport(
  source: Source,
  query: Query,
  options: ReadOptions,
  warnings: WarningSink,
): Reading<Row> {
  const { report, families, requiredFamilies, protocols, protocolsNamed } = query;
  if (!source.reports.includes(report)) {
    throw new NetstatError(
      'unsupported',
      `${report}: ${source.platform} has no source for this report`,
    );
  }
  if (report === 'sockets') return readSockets(source, query, options, warnings);
  if (report !== 'statistics') return source.read({ report, families, requiredFamilies }, warnings);
  const named = protocolsNamed ? protocols : null;
  const counters = { report, families, requiredFamilies, required: named ?? [] } as const;
  // -t, -u, -U, -w and -S choose among the counters by protocol.
  return filtered(source.read(counters, warnings), (counter) =>
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

function readSockets(
  source: Source,
  asked: Query,
  { selection, needs, keepsAll, packed }: ReadOptions,
  warnings: WarningSink,
): Reading<Socket> {
  const { owners, ownerDetails, tcpInfo } = needs;
  if (tcpInfo && !source.facts.includes('tcpInfo')) {
    throw new NetstatError(
      'unsupported',
      `TCP's internals (--tcp-info and its columns): ${source.platform === 'linux' ? 'only a live Linux tells them, not --proc-root' : `${source.platform} has no source for them`}`,
    );
  }
  const query: SourceQuery<'sockets'> = {
    report: 'sockets',
    protocols: offeredProtocols(source, asked),
    families: asked.families,
    distinct: owners !== 'none' || keepsAll,
    listeningOnly: selection.which === 'listening',
    required: asked.protocolsNamed,
    tcpInfo,
    owners: owners === 'none' ? null : { depth: owners, details: ownerDetails },
    keep: selection.beforeOwners,
    packed,
  };
  const reading = source.read(query, warnings);
  return selection.usesOwners ? filtered(reading, selection.afterOwners) : reading;
}

/**
 * The tables to read: those that were asked for, less what this platform cannot have.
 * @throws NetstatError `unsupported` where such a one was asked for by name.
 */
function offeredProtocols(source: Source, { protocols, protocolsNamed }: Query) {
  const lacking = protocols.find((protocol) => !source.protocols.includes(protocol));
  if (lacking !== undefined && protocolsNamed) {
    throw new NetstatError(
      'unsupported',
      `${lacking}: ${source.platform} has no source for these sockets; it has ${source.protocols.join(', ')}`,
    );
  }
  return protocols.filter((protocol) => source.protocols.includes(protocol));
}
