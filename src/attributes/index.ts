import { NetstatError } from '../errors.ts';
import type { Request } from '../model/request.ts';
import type { ReportKind, ReportRows, Row } from '../model/snapshot.ts';
import type { Column, ReportColumns } from './attribute.ts';
import { groupColumns } from './groups.ts';
import { interfaceColumns } from './interfaces.ts';
import { routeColumns } from './routes.ts';
import { socketColumns } from './sockets.ts';
import { statisticsColumns } from './statistics.ts';

const registry = {
  sockets: socketColumns,
  routes: routeColumns,
  interfaces: interfaceColumns,
  groups: groupColumns,
  statistics: statisticsColumns,
} satisfies { [K in ReportKind]: ReportColumns<ReportRows[K]> };

/** Every report has it, last: when the row was read, so that the rounds of `-c` can be told apart. */
const taken: Column<Row> = {
  key: 'taken',
  header: 'Taken At',
  align: 'left',
  width: 24,
  tone: 'quiet',
  value: (_, { takenAt }) => takenAt,
};

/** All columns that a report can show, in CSV's order. */
export function columnsOf(kind: ReportKind): readonly Column<Row>[] {
  return [...(registry[kind] as ReportColumns<Row>).columns, taken];
}

/** The keys that `--columns` takes for a report. */
export function columnKeys(kind: ReportKind): readonly string[] {
  return columnsOf(kind).map(({ key }) => key);
}

/** Which columns the boxed table shows for a row: see `ReportColumns.tableKeys`. */
export function tableKeys(
  kind: ReportKind,
  request: Request,
): (row: Row | null) => readonly string[] {
  return (registry[kind] as ReportColumns<Row>).tableKeys(request);
}

/** Tells the rows that tables for eyes leave out unless -a is given, as netstat does; null: there are none. */
export function minorRows(kind: ReportKind): ((row: Row) => boolean) | null {
  return (registry[kind] as ReportColumns<Row>).isMinor ?? null;
}

/** Columns that one table may have; a key may be named more than once. */
export const mostColumns = 1000;

/**
 * The columns with these keys, in this order.
 * @throws NetstatError `usage` where there is no such column, no key at all, or too many.
 */
export function pickColumns(kind: ReportKind, keys: readonly string[]): readonly Column<Row>[] {
  const columns = new Map(columnsOf(kind).map((column) => [column.key, column]));
  const known = `columns of ${kind}: ${[...columns.keys()].join(', ')}`;
  if (keys.length === 0) throw new NetstatError('usage', `no column named; ${known}`);
  if (keys.length > mostColumns) {
    throw new NetstatError(
      'usage',
      `--columns: ${keys.length} columns named; a table has at most ${mostColumns}`,
    );
  }
  return keys.map((key) => {
    const column = columns.get(key);
    if (!column) throw new NetstatError('usage', `unknown column "${key}"; ${known}`);
    return column;
  });
}

/**
 * Tells a wrong `--columns` before anything is read.
 * @throws NetstatError `usage`, with the keys that there are.
 */
export function checkColumns(kind: ReportKind, keys: readonly string[]): void {
  pickColumns(kind, keys);
}
