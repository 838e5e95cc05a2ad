import { packIn } from '../../../model/packed/sockets.ts';
import type { Chunk, ReportStream, ViewContext } from '../text-view.ts';
import { hostColumn, withHost } from './host-column.ts';
import { inetHeader, inetRow } from './inet.ts';
import type { PackedRows } from './packed-rows.ts';
import { unixHeader, unixRow } from './unix.ts';

/**
 * The socket tables of net-tools' netstat: an Internet section, then a UNIX one, each with its title and column
 * names even without rows. Each of several machines has its own sections.
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
  const gathered = gatherer();
  // Loaded only for big tables.
  let packed: PackedRows | null = null;
  let title = header(sections.inet ? inetHeader(context) : unixHeader(context));
  let unixTitle = sections.inet && sections.unix ? header(unixHeader(context)) : '';
  /** The headers of each further machine's sections; sorted rows of all machines share one table. */
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
        packed ??= (await import('./packed-rows.ts')).packedRows(context, inet);
        if (text !== '') yield text;
        const bytes = packed.of(pack);
        if (gathered.add(bytes)) continue;
        if (gathered.length > 0) yield gathered.take();
        if (!gathered.add(bytes)) yield bytes;
        continue;
      }
      if (gathered.length > 0) yield gathered.take();
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
    if (gathered.length > 0) yield gathered.take();
  } catch (error) {
    if (gathered.length > 0) yield gathered.take();
    // Reading has begun: the title is printed even without rows.
    if (title !== '') yield title;
    throw error;
  } finally {
    packed?.release();
  }
  if (title + unixTitle !== '') yield title + unixTitle;
}

/** The size of a write where rows of two tables alternate. */
const gatherSize = 64 * 1024;

/** Joins small pieces, each of which would be a write of its own. */
function gatherer() {
  let bytes = new Uint8Array(0);
  let length = 0;
  return {
    get length() {
      return length;
    },
    /** Copies a piece; false: there is no room for it. */
    add(piece: Uint8Array): boolean {
      if (length + piece.length > gatherSize) return false;
      if (bytes.length === 0) bytes = new Uint8Array(gatherSize);
      bytes.set(piece, length);
      length += piece.length;
      return true;
    },
    /** The collected bytes; valid until the next `add`. */
    take(): Uint8Array {
      const taken = bytes.subarray(0, length);
      length = 0;
      return taken;
    },
  };
}
