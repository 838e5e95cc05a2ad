import type { ReportKind } from '../../model/snapshot.js';
import type { FormatContext, Formatter, ReportStream } from '../formatter.js';
import { socketTables } from './sockets.js';

type Tables = {
  [K in ReportKind]: (report: ReportStream<K>, context: FormatContext) => AsyncIterable<string>;
};

/** net-tools' own layout of each report. */
const layouts = { sockets: socketTables } as Tables;

/** Tables as net-tools prints them. */
export const netstat: Formatter = (report, context) =>
  (layouts[report.kind] as Formatter)(report, context);
