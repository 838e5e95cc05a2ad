import type { Socket } from '../../../model/socket/socket.ts';
import { type InodeIndex, inodeIndex, notFound } from '../inode-index.ts';
import { endsOf } from './ends-of.ts';
import { keptRecord } from './kernel-record.ts';

/** Detects repeated sockets in one or more tables. */
export interface RepeatFilter {
  /** Whether this is the first row of its socket. */
  isFirst(socket: Socket): boolean;
  /** How many rows had the inode of an earlier row but another name. */
  readonly clashes: number;
  /** Adds the inodes of rows that are not checked one by one; 0: it has none. */
  learn(inodes: Uint32Array, count: number): void;
  /** Whether any row had this inode. */
  knows(inode: number): boolean;
}

/** The sockets of several readings by inode: inodes are unique over all network namespaces. */
export interface KnownSockets {
  readonly inet: InodeIndex;
  readonly unix: InodeIndex;
  /** SCTP sockets by inode and both ends. */
  readonly sctp: Set<string>;
}

/** Knows no socket yet. */
export function knownSockets(): KnownSockets {
  return { inet: inodeIndex(), unix: inodeIndex(), sctp: new Set() };
}

/**
 * A table that changes while it is read can show a row twice. Rows with the same inode and ends, or inode and name,
 * are one socket. An inode belongs to one socket, so comparing ports is enough; except for SCTP, where one socket
 * has many associations, mostly with the same port on many machines.
 *
 * `marks`, `associations`: where the sockets of several network namespaces are remembered. Sockets without an inode
 * are compared within one namespace only, since the next one may have the same addresses.
 */
export function repeatFilter(
  marks: InodeIndex = inodeIndex(),
  associations = new Set<string>(),
): RepeatFilter {
  const withoutInode = new Set<string>();
  let clashes = 0;
  return {
    get clashes() {
      return clashes;
    },
    isFirst(socket) {
      if (socket.inode === null) {
        // Without an inode only TCP sockets can be identified: TIME_WAIT, half-open connections. On two interfaces
        // they may have the same ends.
        if (socket.protocol !== 'tcp') return true;
        return isNew(withoutInode, `${keptRecord(socket)} ${endsOf(socket)}`);
      }
      if (socket.protocol === 'sctp') {
        marks.set(socket.inode, unnamed);
        return isNew(associations, `${socket.inode} ${endsOf(socket)}`);
      }
      const mark =
        socket.protocol === 'unix'
          ? textMark(socket.path)
          : portPair(socket.local.port, socket.remote.port);
      const known = marks.get(socket.inode);
      if (known === mark) return false;
      // A socket may get its name between two readings, but never changes it.
      if (socket.protocol === 'unix' && known > 0 && mark > 0) clashes++;
      marks.set(socket.inode, mark);
      return true;
    },
    learn(inodes, count) {
      for (let row = 0; row < count; row++) {
        const inode = inodes[row] as number;
        if (inode !== 0 && marks.get(inode) === notFound) marks.set(inode, unnamed);
      }
    },
    knows: (inode) => marks.get(inode) !== notFound,
  };
}

/** The mark of a row whose ports were not read. */
const unnamed = 0;

/** Adds a text to a set; false if it is there already. */
function isNew(known: Set<string>, text: string): boolean {
  return known.size < known.add(text).size;
}

/** Two ports in 31 bits: the top bit of the first is folded in, as the number must be ≥ 0. */
function portPair(local: number, remote: number): number {
  return ((local << 16) ^ (local >>> 15) ^ remote) & 0x7fffffff;
}

/** Random, so that nobody can choose two names with the same mark; a power of two of them. */
const weights = Int32Array.from({ length: 512 }, () => Math.random() * 2 ** 32);

/**
 * A hash of a name in 31 bits, multilinear: the sum of each character by the weight of its place. A name made up to look
 * like another row must not hide that row.
 */
function textMark(text: string | null): number {
  if (text === null) return unnamed;
  let mark = weights[text.length & 511] as number;
  for (let i = 0; i < text.length; i++) {
    mark = (mark + Math.imul(weights[i & 511] as number, text.charCodeAt(i))) | 0;
  }
  return mark >>> 1;
}
