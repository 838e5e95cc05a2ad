import type { InetSocket, Socket } from '../../../model/socket.ts';
import { type InodeIndex, inodeIndex, notFound } from '../inode-index.ts';

/** Knows the sockets of one or more tables. */
export interface RepeatFilter {
  /** Whether this is the first row of its socket. */
  isFirst(socket: Socket): boolean;
  /** How many rows had the inode of an earlier one and another name. */
  readonly clashes: number;
  /** Some rows that are not asked about one by one, by their inodes; 0: it has none. */
  learn(inodes: Uint32Array, count: number): void;
  /** Whether a row had this inode. */
  knows(inode: number): boolean;
}

/** The sockets of several readings by their inodes: those are unique over all network namespaces. */
export interface KnownSockets {
  readonly inet: InodeIndex;
  readonly unix: InodeIndex;
  /** Those of SCTP by their inode and both ends. */
  readonly sctp: Set<string>;
}

/** None so far. */
export function knownSockets(): KnownSockets {
  return { inet: inodeIndex(), unix: inodeIndex(), sctp: new Set() };
}

/**
 * A table that changes while it is read can show a row twice. The same ends and inode are one socket, and
 * so are the same name and inode. An inode is a socket's own, so its ports tell the ends well enough; but for SCTP,
 * where one socket has many associations, mostly with the same port of many machines.
 *
 * `marks`, `associations`: where the sockets of several network namespaces are remembered. Those without an inode
 * are known in one namespace only, since the next may have the same addresses.
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
        // Without an inode only TCP's ends name a socket: TIME_WAIT, half-open connections.
        if (socket.protocol !== 'tcp') return true;
        return isNew(withoutInode, endsOf(socket));
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
      // A socket may get its name between two readings, but it never changes it.
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

/** The mark of a row whose ports nobody looked at. */
const unnamed = 0;

/** Puts a text into a set; false where it is there already. */
function isNew(known: Set<string>, text: string): boolean {
  return known.size < known.add(text).size;
}

function endsOf({ local, remote }: InetSocket): string {
  return `${local.address} ${local.port} ${remote.address} ${remote.port}`;
}

/** Two ports in 31 bits: the top bit of the first is folded in, as a number ≥ 0 is needed. */
function portPair(local: number, remote: number): number {
  return ((local << 16) ^ (local >>> 15) ^ remote) & 0x7fffffff;
}

/** A name in 31 bits: a name can be made up to look like another's row, and must not hide that. */
function textMark(text: string | null): number {
  let mark = 0;
  for (let i = 0; i < (text?.length ?? 0); i++) {
    mark = (Math.imul(mark, 31) + (text as string).charCodeAt(i)) | 0;
  }
  return mark & 0x7fffffff;
}
