import type { Socket, UnixSocket } from '../../model/socket.js';
import type { TableFile } from './proc.js';
import type { Table, TableSource } from './table.js';
import { tableBlocks } from './table-blocks.js';
import { decodeText } from './text.js';
import { parseUnixRow, unixHasInode } from './unix-row.js';
import { emptyTable, malformedLines } from './warnings.js';

/** /proc/net/unix. A line that is no row continues the path of the row before it. */
export const unixTable: Table = {
  protocol: 'unix',
  family: 'unix',
  path: 'net/unix',
  hasWords: false,
  rows: unixRows,
};

function* unixRows(file: TableFile, source: TableSource): Generator<Socket[]> {
  let hasInode: boolean | null = null;
  let held = null as UnixSocket | null;
  let malformed = 0;
  let firstMalformed = 0;
  let line = 1;
  for (const { bytes, end, isTooLong } of tableBlocks(file)) {
    if (isTooLong) {
      hasInode ??= true;
      if (malformed++ === 0) firstMalformed = line;
      line++;
      continue;
    }
    const batch: Socket[] = [];
    let at = 0;
    while (at < end) {
      let lineEnd = bytes.indexOf(10, at);
      if (lineEnd < 0 || lineEnd > end) lineEnd = end;
      if (hasInode === null) {
        hasInode = unixHasInode(bytes.toString('latin1', at, lineEnd));
      } else {
        const row = parseUnixRow(bytes, at, lineEnd, hasInode);
        if (row !== null) {
          if (held !== null) batch.push(held);
          held = row;
        } else if (held?.path != null) {
          held = { ...held, path: `${held.path}\n${decodeText(bytes.subarray(at, lineEnd))}` };
        } else if (malformed++ === 0) {
          firstMalformed = line;
        }
      }
      at = lineEnd + 1;
      line++;
    }
    if (batch.length > 0) yield batch;
  }
  if (held !== null) yield [held];
  if (hasInode === null) source.notes.warn(emptyTable(source.path));
  if (malformed > 0) source.notes.warn(malformedLines(source.path, malformed, firstMalformed));
}
