import type { ReportKind, ReportRows, Warning } from '../../src/model/report/snapshot.ts';
import type { Socket } from '../../src/model/socket/socket.ts';
import type {
  Batches,
  SocketQuery,
  Source,
  SourceQuery,
  WarningSink,
} from '../../src/sources/source.ts';

/** A sink that keeps its warnings. */
export function warningSink(): WarningSink & { readonly warnings: Warning[] } {
  const warnings: Warning[] = [];
  return { warnings, warn: (warning) => void warnings.push(warning) };
}

/** Returns all rows in one list. */
export async function collect<Row>(batches: Batches<Row>): Promise<Row[]> {
  return (await allOf(batches)).flat();
}

/** Returns everything that is yielded, in one list. */
export async function allOf<T>(yielded: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of yielded) all.push(one);
  return all;
}

/** Returns a source's answer in one list; empty for a report that it has no facts for. */
export async function answer<K extends ReportKind>(
  source: Source,
  query: SourceQuery<K>,
  warnings: WarningSink = warningSink(),
): Promise<ReportRows[K][]> {
  return source.reports.includes(query.report)
    ? collect(source.read<K>(query, warnings).batches)
    : [];
}

/** A query for the sockets of both families: all of them, and without owners unless `asked` says otherwise. */
export function socketQuery<P extends Pick<SocketQuery, 'protocols'> & Partial<SocketQuery>>(
  asked: P,
): SourceQuery<'sockets'> {
  const all = { report: 'sockets', families: ['inet', 'inet6'], owners: null } as const;
  return { ...all, keep: (_: Socket) => true, ...asked };
}

/** A `begin` callback, if nobody waits for it. */
export const begin = () => {};
