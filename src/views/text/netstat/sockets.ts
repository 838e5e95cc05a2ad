import { packIn } from '../../../model/packed/sockets.ts';
import type { InetSocket, Socket, UnixSocket } from '../../../model/socket/socket.ts';
import { sliced } from '../slices.ts';
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
  const column = hostColumn(context.view);
  const inet = withHost(column, inetRow(context));
  const sections = sectionsOf(context, inet, withHost(column, unixRow(context)));
  const gathered = gatherer();
  // Loaded only for big tables.
  let packed: PackedRows | null = null;
  try {
    for await (const batch of report.batches) {
      const title = sections.begin();
      const pack = packIn(batch);
      if (pack !== null) {
        packed ??= (await import('./packed-rows.ts')).packedRows(context, inet);
        if (title !== '') yield title;
        const bytes = packed.of(pack);
        if (gathered.add(bytes)) continue;
        if (gathered.length > 0) yield gathered.take();
        if (!gathered.add(bytes)) yield bytes;
        continue;
      }
      if (gathered.length > 0) yield gathered.take();
      let text = title;
      for (const rows of sliced(batch, chunkRows)) {
        text += sections.rows(rows);
        if (text !== '') yield text;
        text = '';
      }
    }
    if (gathered.length > 0) yield gathered.take();
  } catch (error) {
    if (gathered.length > 0) yield gathered.take();
    // Reading has begun: the title is printed even without rows.
    const title = sections.begin();
    if (title !== '') yield title;
    throw error;
  } finally {
    packed?.release();
  }
  const titles = sections.end();
  if (titles !== '') yield titles;
}

/** Rows in one chunk of text: no fewer than in a usual batch. Sorted rows are one batch of all rows. */
const chunkRows = 256;

/** The text of rows, each section's title before its first row. */
interface Sections {
  /** The title of the first section; empty if that has begun. */
  begin(): string;
  rows(batch: readonly Socket[]): string;
  /** The titles of the sections that no row has begun. */
  end(): string;
}

function sectionsOf(
  context: ViewContext,
  inet: (socket: InetSocket) => string,
  unix: (socket: UnixSocket) => string,
): Sections {
  const { query, view, paint } = context;
  const hasInet = query.protocols.some((protocol) => protocol !== 'unix');
  const hasUnix = query.protocols.includes('unix');
  const titled = (text: string) =>
    paint === null ? text : text.replace(/.+/g, (line) => paint.heading(line));
  const titles = {
    inet: view.header && hasInet ? titled(inetHeader(context)) : '',
    unix: view.header && hasUnix ? titled(unixHeader(context)) : '',
  };
  // Sorted rows of all machines share one table.
  const isByMachine = view.machineNames !== null && query.sort.length === 0;
  let open: keyof typeof titles | null = null;
  const opened = (section: keyof typeof titles) => {
    open = section;
    return titles[section];
  };
  const begin = () => (open === null ? opened(hasInet ? 'inet' : 'unix') : '');
  return {
    begin,
    rows(batch) {
      let text = '';
      for (const socket of batch) {
        if (socket.protocol === 'unix') {
          if (open !== 'unix') text += opened('unix');
          text += unix(socket);
        } else {
          if (isByMachine && open === 'unix') text += opened('inet');
          text += inet(socket);
        }
      }
      return text;
    },
    end: () => begin() + (open === 'inet' ? opened('unix') : ''),
  };
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
