import type { ReportKind } from '../../model/snapshot.js';
import type { FormatContext, Formatter, ReportStream } from '../formatter.js';
import { columnsTable } from './custom.js';
import { groupsTable } from './groups.js';
import { interfacesTable } from './interfaces.js';
import { routesTable } from './routes.js';
import { socketTables } from './sockets.js';
import { statisticsTable } from './statistics.js';

type Tables = {
  [K in ReportKind]: (report: ReportStream<K>, context: FormatContext) => AsyncIterable<string>;
};

/** net-tools' own layout of each report. */
const layouts = {
  sockets: socketTables,
  routes: routesTable,
  interfaces: interfacesTable,
  groups: groupsTable,
  statistics: statisticsTable,
} satisfies Tables;

/** Tables as net-tools prints them, or the columns that were asked for in its manner. */
export const netstat: Formatter = (report, context) =>
  context.request.columns === null
    ? (layouts[report.kind] as Formatter)(report, context)
    : columnsTable(report, context);
