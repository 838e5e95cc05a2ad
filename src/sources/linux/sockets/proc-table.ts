import type { InetFamily, Protocol } from '../../../model/protocol.ts';
import { tableOf } from '../../../model/report/warned-tables.ts';
import type { Socket } from '../../../model/socket/socket.ts';
import { aboutTables } from '../../about-tables.ts';
import type { WarningSink } from '../../source.ts';
import { littleEndianOf } from '../proc/order-warning.ts';
import { type Proc, rootThere, type TableFile } from '../proc/proc.ts';
import { type TcpCounts, tcpCounts } from './sockstat.ts';
import type { Table, TableReader } from './table.ts';

/** What the parser of a file's rows needs to know. */
export interface TableSource {
  /** The file's path, for messages. */
  readonly path: string;
  /** The byte order of the machine that wrote the file. */
  readonly littleEndian: boolean;
  /** Only listening TCP sockets are needed, and the kernel itself wrote the file: listeners come first. */
  readonly listenersOnly: boolean;
  /** As in TableQuery. */
  readonly socketInfo: boolean;
  /** As in TableQuery. */
  readonly records: boolean;
  /** As in TableQuery. */
  isTaken(inode: number): boolean;
  readonly warnings: WarningSink;
}

/** A file of /proc/net that lists sockets. */
export interface ProcTable {
  readonly protocol: Protocol;
  /** As in Table. */
  readonly family: InetFamily | 'unix';
  /** Under /proc. */
  readonly path: string;
  /** Its addresses are words in the machine's byte order. */
  readonly hasWords: boolean;
  /** The longest line in bytes, if the kernel limits it. */
  readonly longestLine?: number;
  /** Its rows, some hundreds at a time. */
  rows(file: TableFile, source: TableSource): Iterable<Socket[]>;
}

/** A table that is read from this file. */
export function procTable(file: ProcTable): Table {
  return { family: file.family, readers: [procReader(file)] };
}

/** From this many rows on, a thread that reads ahead saves more than the 25 ms it takes to start. */
const bigTable = 10_000;

function procReader(table: ProcTable): TableReader {
  const { path, longestLine } = table;
  const source = (proc: Proc) => `${proc.root}/${path}`;
  return {
    source,
    open(proc, { listeningOnly, socketInfo, records, isTaken, warnings }) {
      const isKernels = proc.isKernels(path);
      const counts = isKernels ? countsFor(proc, table) : null;
      const note = (what: string) => warnings.note?.(`${path.slice('net/'.length)}: ${what}`);
      if (listeningOnly && counts?.inUse === 0) {
        note(`not read: ${rootThere(proc)}/${counts.path} counts no socket`);
        return [];
      }
      // Listeners are few, and come first.
      const isBig = !listeningOnly && (counts?.inUse ?? 0) + (counts?.timeWait ?? 0) > bigTable;
      const file = proc.openTable(path, isKernels ? { isBig, longestLine } : {});
      note(`read from ${rootThere(proc)}/${path}`);
      return table.rows(file, {
        path: source(proc),
        // Only tables with words need the byte order.
        littleEndian: table.hasWords && littleEndianOf(proc, warnings),
        listenersOnly: listeningOnly && isKernels,
        socketInfo,
        records,
        isTaken,
        warnings: aboutTables(warnings, tableOf(table.protocol, table.family)),
      });
    },
  };
}

function countsFor(proc: Proc, { protocol, family }: ProcTable): TcpCounts | null {
  return protocol === 'tcp' && family !== 'unix' ? tcpCounts(proc, family) : null;
}
