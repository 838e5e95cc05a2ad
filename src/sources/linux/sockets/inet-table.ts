import type { InetFamily } from '../../../model/protocol.ts';
import type { InetSocket, Socket } from '../../../model/socket/socket.ts';
import { noMalformedLines } from '../malformed-lines.ts';
import { diagReader } from '../netlink/diag-reader.ts';
import type { TableFile } from '../proc/proc.ts';
import { inetFiles } from '../proc-files.ts';
import { cutShort, emptyTable } from '../warnings.ts';
import { inetRowParser } from './inet-row.ts';
import { procTable, type TableSource } from './proc-table.ts';
import type { Table } from './table.ts';
import { tableBlocks } from './table-blocks.ts';

/** A row (net/ipv6/tcp_ipv6.c, get_tcp6_sock) takes at most 280, with all numbers as long as possible. */
const longestLine = 512;

/** A protocol whose tables have the format of `inet-row.ts`. */
type TableProtocol = keyof typeof inetFiles;

/** The table of one protocol and family. */
export function inetTable(protocol: TableProtocol, family: InetFamily): Table {
  const table = procTable({
    protocol,
    family,
    path: inetFiles[protocol][family],
    hasWords: true,
    longestLine,
    rows: (file, source) => inetRows(file, source, protocol, family),
  });
  return { ...table, readers: [diagReader(protocol, family), ...table.readers] };
}

/**
 * Whether all listeners have been read: the kernel lists them first (net/ipv4/tcp_ipv4.c, tcp_get_idx). Until Linux
 * 4.3 a listener's half-open connections came after it.
 */
function isPastListeners({ state }: InetSocket): boolean {
  return state !== 'LISTEN' && state !== 'SYN_RECV';
}

/** Rows of one Internet table, a block at a time. Its first line is the header. */
function* inetRows(
  file: TableFile,
  source: TableSource,
  protocol: TableProtocol,
  family: InetFamily,
): Generator<Socket[]> {
  const { littleEndian, socketInfo, records } = source;
  const parse = inetRowParser(protocol, family, littleEndian, socketInfo, records);
  const listenersOnly = source.listenersOnly && protocol === 'tcp';
  let atHeader = true;
  const malformed = noMalformedLines();
  let line = 1;
  let endsInRow = false;
  for (const { bytes, end, isTooLong } of tableBlocks(file)) {
    if (isTooLong) {
      atHeader = false;
      malformed.addBytes(line, bytes, 0, bytes.length);
      line++;
      continue;
    }
    const batch: Socket[] = [];
    let at = 0;
    while (at < end) {
      let lineEnd = bytes.indexOf(10, at);
      if (lineEnd < 0 || lineEnd > end) lineEnd = end;
      if (atHeader) {
        atHeader = false;
      } else if (lineEnd > at) {
        const row = parse(bytes, at, lineEnd);
        if (row !== null) {
          if (listenersOnly && isPastListeners(row)) {
            if (batch.length > 0) yield batch;
            return;
          }
          batch.push(row);
          if (lineEnd === end) endsInRow = true;
        } else malformed.addBytes(line, bytes, at, lineEnd);
      }
      at = lineEnd + 1;
      line++;
    }
    if (batch.length > 0) yield batch;
  }
  if (atHeader) source.warnings.warn(emptyTable(source.path));
  malformed.warn(source.path, source.warnings);
  if (endsInRow) source.warnings.warn(cutShort(source.path));
}
