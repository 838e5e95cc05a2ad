import type { ReportKind } from '../../../model/report/snapshot.ts';
import { isForPrograms } from '../../../model/request/view.ts';
import { needsOfTables } from '../shown-needs.ts';
import type { Chunk, Formatter, ReportStream, TextView, ViewContext } from '../text-view.ts';
import { socketTables } from './sockets.ts';

type Layout<K extends ReportKind> = (
  report: ReportStream<K>,
  context: ViewContext,
) => AsyncIterable<Chunk>;

/** net-tools' layout of each report; all but the socket tables are loaded on demand. */
const layouts = {
  sockets: async () => socketTables,
  routes: async () => (await import('./routes.ts')).routesTable,
  interfaces: async () => (await import('./interfaces.ts')).interfacesTable,
  groups: async () => (await import('./groups.ts')).groupsTable,
  statistics: async () => (await import('./statistics.ts')).statisticsTable,
} satisfies { [K in ReportKind]: () => Promise<Layout<K>> };

/** Tables as net-tools prints them, or the columns that were asked for in the same style. */
export const netstat: Formatter = async function* (report, context) {
  const layout =
    context.view.columns === null
      ? ((await layouts[report.kind]()) as Formatter)
      : (await import('./custom.ts')).columnsTable;
  yield* layout(report, context);
};

/** `--format netstat`, the default: shows one owner of a socket, as netstat does. */
export const netstatView: TextView = {
  format: netstat,
  forPrograms: isForPrograms('netstat'),
  hasEnd: false,
  needs: (listing) => needsOfTables(listing, 'first'),
  packed({ query, view }, { socketInfo }) {
    const isPacked = query.report === 'sockets' && view.columns === null && !socketInfo;
    return isPacked ? { users: view.extend > 0 } : null;
  },
};
