import type { FormatContext, ReportStream } from '../formatter.js';
import { inetHeader, inetRow } from './inet.js';
import { unixHeader, unixRow } from './unix.js';

/**
 * The socket tables of net-tools' netstat: an Internet section, then a UNIX one, each with its title
 * and column names even where it has no rows.
 */
export async function* socketTables(
  report: ReportStream<'sockets'>,
  context: FormatContext,
): AsyncIterable<string> {
  const { request } = context;
  const sections = {
    inet: request.protocols.some((protocol) => protocol !== 'unix'),
    unix: request.protocols.includes('unix'),
  };
  const header = (text: string) => {
    if (!request.header) return '';
    return context.paint === null ? text : context.paint.heading(text);
  };
  const inet = inetRow(context);
  const unix = unixRow(context);
  let unixBegun = !sections.inet;
  yield header(sections.inet ? inetHeader(request) : unixHeader(request));
  for await (const batch of report.batches) {
    let text = '';
    for (const socket of batch) {
      if (socket.protocol !== 'unix') {
        text += inet(socket);
        continue;
      }
      if (!unixBegun) {
        text += header(unixHeader(request));
        unixBegun = true;
      }
      text += unix(socket);
    }
    if (text !== '') yield text;
  }
  if (sections.unix && !unixBegun) yield header(unixHeader(request));
}
