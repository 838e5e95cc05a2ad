import type { InetFamily, Protocol, Socket } from '../../../model/socket.ts';
import type { WarningSink } from '../../source.ts';
import { littleEndianOf } from '../proc/order-warning.ts';
import type { Proc, TableFile } from '../proc/proc.ts';
import { type TcpCounts, tcpCounts } from './sockstat.ts';
import type { Table, TableReader } from './table.ts';

/** What the parser of a file's rows is told. */
export interface TableSource {
  /** The file's path, for messages. */
  readonly path: string;
  /** Byte order of the machine that wrote it. */
  readonly littleEndian: boolean;
  /** Only listening TCP sockets are wanted, and the kernel itself lists them: before all others. */
  readonly listenersOnly: boolean;
  /** As TableQuery has it. */
  readonly socketInfo: boolean;
  /** As TableQuery has it. */
  isTaken(inode: number): boolean;
  readonly warnings: WarningSink;
}

/** A file of /proc/net that lists sockets. */
export interface ProcTable {
  readonly protocol: Protocol;
  /** As Table has it. */
  readonly family: InetFamily | 'unix';
  /** Under /proc. */
  readonly path: string;
  /** Its addresses are words in the machine's byte order. */
  readonly hasWords: boolean;
  /** No line of it is longer, in bytes, where the kernel sees to that. */
  readonly longestLine?: number;
  /** Its rows, some hundreds at a time. */
  rows(file: TableFile, source: TableSource): Iterable<Socket[]>;
}

/** A table that is read from this file. */
export function procTable(file: ProcTable): Table {
  return { protocol: file.protocol, family: file.family, readers: [procReader(file)] };
}

/** From this many rows on a thread that reads the table ahead saves more than the 25 ms it takes to start. */
const bigTable = 10_000;

function procReader(table: ProcTable): TableReader {
  const { path, longestLine } = table;
  const source = (proc: Proc) => `${proc.root}/${path}`;
  return {
    source,
    open(proc, { listeningOnly, socketInfo, isTaken, warnings }) {
      const isKernels = proc.isKernels(path);
      const counts = isKernels ? countsFor(proc, table) : null;
      // The kernel says so itself: it need not be read.
      if (listeningOnly && counts?.inUse === 0) return [];
      // Of listeners there are few, and they come first.
      const isBig = !listeningOnly && (counts?.inUse ?? 0) + (counts?.timeWait ?? 0) > bigTable;
      const file = proc.openTable(path, isKernels ? { isBig, longestLine } : {});
      return table.rows(file, {
        path: source(proc),
        // Only those tables hold words; the others need not have the order found out.
        littleEndian: table.hasWords && littleEndianOf(proc, warnings),
        listenersOnly: listeningOnly && isKernels,
        socketInfo,
        isTaken,
        warnings,
      });
    },
  };
}

function countsFor(proc: Proc, { protocol, family }: ProcTable): TcpCounts | null {
  return protocol === 'tcp' && family !== 'unix' ? tcpCounts(proc, family) : null;
}
