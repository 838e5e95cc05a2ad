import type { ReportKind, ReportRows, Warning } from '../../src/model/snapshot.ts';
import type { Socket } from '../../src/model/socket.ts';
import type {
  Batches,
  SocketQuery,
  Source,
  SourceQuery,
  WarningSink,
} from '../../src/sources/source.ts';

/** A sink of warnings that can be looked at. */
export function warningSink(): WarningSink & { readonly warnings: Warning[] } {
  const warnings: Warning[] = [];
  return { warnings, warn: (warning) => void warnings.push(warning) };
}

/** All rows in one list. */
export async function collect<Row>(batches: Batches<Row>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches) for (const row of batch) rows.push(row);
  return rows;
}

/** What a source answers, in one list; nothing of a report that it has no facts for. */
export async function answer<K extends ReportKind>(
  source: Source,
  query: SourceQuery<K>,
  warnings: WarningSink = warningSink(),
): Promise<ReportRows[K][]> {
  return source.reports.includes(query.report)
    ? collect(source.read<K>(query, warnings).batches)
    : [];
}

/** A question for the sockets of both families: all, and without their owners unless told otherwise. */
export function socketQuery<P extends Pick<SocketQuery, 'protocols'> & Partial<SocketQuery>>(
  asked: P,
): SourceQuery<'sockets'> {
  const all = { report: 'sockets', families: ['inet', 'inet6'], owners: null } as const;
  return { ...all, keep: (_: Socket) => true, ...asked };
}

/** What a reading calls that begins, where nobody waits for that. */
export const begin = () => {};
