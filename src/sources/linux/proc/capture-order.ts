import { readHead } from '../reader/plain-file.ts';
import { type ByteOrder, byteOrderIn } from './byte-order.ts';

/** How the words of a capture's tables are read. */
export interface CaptureOrder {
  readonly littleEndian: boolean;
  /** Why that may be wrong, where it would change addresses; null: it is known. */
  readonly doubt: string | null;
}

/** What is known of a byte order beside the tables. */
export interface OrderBeside {
  /** What capture.json says; null: there is none. */
  readonly told: ByteOrder | null;
  /** What is taken where nothing tells. */
  readonly fallback: boolean;
}

/** Enough of a file to tell by. */
const headBytes = 64 * 1024;
const protocols = ['tcp', 'udp', 'udplite', 'raw'];

/** Reads the beginnings of files: `place` says where a file of /proc lies. */
export function headsAt(place: (path: string) => string): (path: string) => Buffer {
  return (path) => readHead(place(path), headBytes);
}

/**
 * The byte order of a captured /proc, found out when it is first wanted: from what its tables show, else
 * from capture.json. `head` gives the beginning of a file of /proc, or throws.
 */
export function orderOf(
  head: (path: string) => Buffer,
  { told, fallback }: OrderBeside,
): () => CaptureOrder {
  let known: CaptureOrder | null = null;
  const read = (path: string): string => {
    try {
      return head(path).toString('latin1', 0, headBytes);
    } catch {
      // Whoever wants the file itself tells why it cannot be read.
      return '';
    }
  };
  return () => {
    known ??= decide();
    return known;
  };

  function decide(): CaptureOrder {
    const { order, matters } = byteOrderIn({
      route: read('net/route'),
      igmp: read('net/igmp'),
      fibTrie: read('net/fib_trie'),
      inet: protocols.map((name) => read(`net/${name}`)),
      inet6: protocols.map((name) => read(`net/${name}6`)),
      version: read('version'),
    });
    if (order !== null) {
      const contradicted = told !== null && told !== order;
      return {
        littleEndian: order === 'little',
        doubt: contradicted
          ? `capture.json says ${told}-endian, and its tables are ${order}-endian: read as the tables are`
          : null,
      };
    }
    if (told !== null) return { littleEndian: told === 'little', doubt: null };
    const taken = fallback ? 'little' : 'big';
    return {
      littleEndian: fallback,
      doubt: matters
        ? `nothing in it tells the byte order of its machine: addresses are read as ${taken}-endian, and are reversed if that is wrong (a capture.json can tell)`
        : null,
    };
  }
}
