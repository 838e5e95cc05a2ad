import type { Socket, UnixSocket } from '../../../model/socket.ts';
import type { TableFile } from '../proc/proc.ts';
import { cutShort, emptyTable, malformedLines } from '../warnings.ts';
import { procTable, type TableSource } from './proc-table.ts';
import type { Table } from './table.ts';
import { tableBlocks } from './table-blocks.ts';
import { parseUnixRow, unixHasInode, unixPath, unixRowForm } from './unix-row.ts';

/**
 * /proc/net/unix. A line that is no row continues the path of the row before it: anybody may put a line
 * break into a name, and what looks like a row after it. So where the first row, which nobody can
 * forge, is in the kernel's own form, a line in any other is no row, whatever could be read out of it. A
 * row that has the inode of an Internet socket stays (that number may have come round a second time), but
 * its owner is not looked up.
 */
export const unixTable: Table = procTable({
  protocol: 'unix',
  family: 'unix',
  path: 'net/unix',
  hasWords: false,
  rows: unixRows,
});

function* unixRows(file: TableFile, source: TableSource): Generator<Socket[]> {
  const isDoubtful = ({ inode }: UnixSocket) => inode !== null && source.isTaken(inode);
  let hasInode: boolean | null = null;
  /** The width of the first row's Num where that row is in the kernel's form; 0 where it is not. */
  let form: number | null = null;
  /** The row before the line, whose path may go on in it. */
  let last = null as UnixSocket | null;
  let malformed = 0;
  let firstMalformed = 0;
  let line = 1;
  let endsInRow = false;
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
        form ??= unixRowForm(bytes, at, lineEnd, hasInode);
        const row = parseUnixRow(bytes, at, lineEnd, hasInode, form);
        const hasEnd = lineEnd < end;
        if (row !== null) {
          if (last !== null) batch.push(last);
          last = isDoubtful(row) ? { ...row, noOwner: 'unknown' } : row;
          endsInRow = !hasEnd;
        } else if (last?.path != null && hasEnd) {
          last = { ...last, path: `${last.path}\n${unixPath(bytes, at, lineEnd) ?? ''}` };
        } else if (malformed++ === 0) {
          firstMalformed = line;
        }
      }
      at = lineEnd + 1;
      line++;
    }
    if (batch.length > 0) yield batch;
  }
  if (last !== null) yield [last];
  if (hasInode === null) source.warnings.warn(emptyTable(source.path));
  if (malformed > 0) source.warnings.warn(malformedLines(source.path, malformed, firstMalformed));
  if (endsInRow) source.warnings.warn(cutShort(source.path));
}
