import type { InetFamily, Protocol, Socket } from '../../../model/socket.ts';
import type { Notes } from '../../source.ts';
import type { TableFile } from '../proc/proc.ts';

/** What a table's reader is told. */
export interface TableSource {
  /** The file's path, for messages. */
  readonly path: string;
  /** Byte order of the machine that wrote it. */
  readonly littleEndian: boolean;
  /** Only listening TCP sockets are wanted, and the kernel itself lists them: before all others. */
  readonly listenersOnly: boolean;
  /** Whether an Internet socket is known to have this inode, so that its owners are not a UNIX socket's. */
  isTaken(inode: number): boolean;
  readonly notes: Notes;
}

/** One file of /proc/net that lists sockets. */
export interface Table {
  readonly protocol: Protocol;
  /** The family that asks for it. SCTP has one file for both, and it goes with IPv4. */
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
