import type { Socket, UnixSocket } from '../../../model/socket/socket.ts';
import { noMalformedLines } from '../malformed-lines.ts';
import type { TableFile } from '../proc/proc.ts';
import { unixFile } from '../proc-files.ts';
import { cutShort, emptyTable } from '../warnings.ts';
import { procTable, type TableSource } from './proc-table.ts';
import type { Table } from './table.ts';
import { tableBlocks } from './table-blocks.ts';
import { parseUnixRow, unixHasInode, unixPath, unixRowForm } from './unix-row.ts';

/**
 * /proc/net/unix. A line that is not a row continues the path of the row before: any process can put a line break, and
 * text that looks like a row, into a name. So if the first row, which cannot be forged, has the kernel's exact form, a
 * line in any other form is not a row, even if it could be parsed as one. A row with the inode of an Internet socket
 * stays (the number may have been reused), but its owner is not looked up.
 */
export const unixTable: Table = procTable({
  protocol: 'unix',
  family: 'unix',
  path: unixFile,
  hasWords: false,
  rows: unixRows,
});

function* unixRows(file: TableFile, source: TableSource): Generator<Socket[]> {
  const isDoubtful = ({ inode }: UnixSocket) => inode !== null && source.isTaken(inode);
  let hasInode: boolean | null = null;
  /** The width of Num in the first row, if that row has the kernel's exact form; else 0. */
  let form: number | null = null;
  /** The row before the current line, whose path may continue in it. */
  let last = null as UnixSocket | null;
  const malformed = noMalformedLines();
  let line = 1;
  let endsInRow = false;
  for (const { bytes, end, isTooLong } of tableBlocks(file)) {
    if (isTooLong) {
      hasInode ??= true;
      malformed.addBytes(line, bytes, 0, bytes.length);
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
        form ??= unixRowForm(bytes, at, lineEnd, hasInode);
        const row = parseUnixRow(bytes, at, lineEnd, hasInode, form);
        const hasEnd = lineEnd < end;
        if (row !== null) {
          if (last !== null) batch.push(last);
          last = isDoubtful(row) ? { ...row, noOwner: 'unknown' } : row;
          endsInRow = !hasEnd;
        } else if (last?.path != null && hasEnd) {
          last = { ...last, path: `${last.path}\n${unixPath(bytes, at, lineEnd) ?? ''}` };
        } else {
          malformed.addBytes(line, bytes, at, lineEnd);
        }
      }
      at = lineEnd + 1;
      line++;
    }
    if (batch.length > 0) yield batch;
  }
  if (last !== null) yield [last];
  if (hasInode === null) source.warnings.warn(emptyTable(source.path));
  malformed.warn(source.path, source.warnings);
  if (endsInRow) source.warnings.warn(cutShort(source.path));
}
