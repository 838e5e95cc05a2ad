import { type InodeIndex, inodeIndex, notFound } from '../inode-index.ts';

/** Messages by inode, as the kernel's bytes: parsed, each would be several objects for the whole reading. */
export interface KeptMessages {
  readonly size: InodeIndex['size'];
  /** Copies the message of a socket from a datagram; a later one of the same inode takes its place. */
  keep(inode: number, datagram: Buffer, at: number, end: number): void;
  /** What `parse` makes of a socket's message; null: there is none. */
  find<T>(inode: number, parse: (bytes: Buffer, at: number, end: number) => T): T | null;
}

const firstSize = 64 * 1024;

/** Keeps none yet. */
export function keptMessages(): KeptMessages {
  const places = inodeIndex();
  let bytes = Buffer.allocUnsafeSlow(firstSize);
  let used = 0;

  function makeRoom(length: number): void {
    if (used + length <= bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * bytes.length + length);
    bytes.copy(larger, 0, 0, used);
    bytes = larger;
  }

  return {
    get size() {
      return places.size;
    },
    keep(inode, datagram, at, end) {
      makeRoom(end - at);
      datagram.copy(bytes, used, at, end);
      places.set(inode, used);
      used += end - at;
    },
    find(inode, parse) {
      const at = places.get(inode);
      // A message begins with its length.
      return at === notFound ? null : parse(bytes, at, at + bytes.readUInt32LE(at));
    },
  };
}
