import { type PackedSockets, packIn } from '../../../model/packed-sockets.ts';
import type { Chunk, ReportStream, ViewContext } from '../text-view.ts';
import { hostColumn, withHost } from './host-column.ts';
import { inetHeader, inetRow } from './inet.ts';
import { unixHeader, unixRow } from './unix.ts';

/**
 * The socket tables of net-tools' netstat: an Internet section, then a UNIX one, each with its title
 * and column names even where it has no rows. Of several machines each has its sections.
 */
export async function* socketTables(
  report: ReportStream<'sockets'>,
  context: ViewContext,
): AsyncIterable<Chunk> {
  const { query, view } = context;
  const sections = {
    inet: query.protocols.some((protocol) => protocol !== 'unix'),
    unix: query.protocols.includes('unix'),
  };
  const header = (text: string) => {
    if (!view.header) return '';
    return context.paint === null
      ? text
      : text.replace(/.+/g, (line) => context.paint?.heading(line) ?? line);
  };
  const hosts = hostColumn(view);
  const inet = withHost(hosts, inetRow(context));
  const unix = withHost(hosts, unixRow(context));
  // Loaded for big tables only.
  let packed: ((pack: PackedSockets) => Uint8Array) | null = null;
  let title = header(sections.inet ? inetHeader(context) : unixHeader(context));
  let unixTitle = sections.inet && sections.unix ? header(unixHeader(context)) : '';
  /** What a further machine's sections begin with; sorted together all share one table. */
  const again =
    hosts !== null && unixTitle !== '' && query.sort.length === 0
      ? { inet: title, unix: unixTitle }
      : null;
  let host: string | undefined;
  try {
    for await (const batch of report.batches) {
      let text = title;
      title = '';
      const pack = packIn(batch);
      if (pack !== null) {
        packed ??= (await import('./packed-rows.ts')).packedRows(context);
        if (text !== '') yield text;
        yield packed(pack);
        continue;
      }
      for (const socket of batch) {
        if (again !== null && socket.host !== host) {
          if (host !== undefined) {
            if (unixTitle === '') text += socket.protocol === 'unix' ? '' : again.inet;
            if (socket.protocol !== 'unix') unixTitle = again.unix;
          }
          host = socket.host;
        }
        if (socket.protocol !== 'unix') {
          text += inet(socket);
          continue;
        }
        if (unixTitle !== '') {
          text += unixTitle;
          unixTitle = '';
        }
        text += unix(socket);
      }
      if (text !== '') yield text;
    }
  } catch (error) {
    // Reading has begun: the title stands, even over nothing.
    if (title !== '') yield title;
    throw error;
  }
  if (title + unixTitle !== '') yield title + unixTitle;
}
