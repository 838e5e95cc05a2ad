import { lazily } from '../../../flow/lazily.ts';
import { readHead } from '../files/plain-file.ts';
import { fibTrieFile, groupFiles, inetFiles, routeFiles, versionFile } from '../proc-files.ts';
import { type ByteOrder, byteOrderIn } from './byte-order.ts';

/** The byte order of words in a capture's tables. */
export interface CaptureOrder {
  readonly littleEndian: boolean;
  /** Why it may be wrong, if that would change addresses; null: it is known. */
  readonly doubt: string | null;
}

/** What is known of the byte order without the tables. */
export interface OrderBeside {
  /** The order that capture.json gives; null: none. */
  readonly stated: ByteOrder | null;
  /** Whether to assume little-endian if nothing shows it. */
  readonly fallback: boolean;
}

/** How much of a file is read to find out. */
const headBytes = 64 * 1024;
const tables = Object.values(inetFiles);

/** Reads the beginnings of files: `place` returns the path of a file of /proc. */
export function headsAt(place: (path: string) => string): (path: string) => Buffer {
  return (path) => readHead(place(path), headBytes);
}

/**
 * The byte order of a captured /proc, determined at the first call: from its tables, else from capture.json. `head`
 * returns the beginning of a file of /proc, or throws.
 */
export function orderOf(
  head: (path: string) => Buffer,
  { stated, fallback }: OrderBeside,
): () => CaptureOrder {
  const read = (path: string): string => {
    try {
      return head(path).toString('latin1', 0, headBytes);
    } catch {
      // The error is reported when the file itself is read.
      return '';
    }
  };
  return lazily(decide);

  function decide(): CaptureOrder {
    const { order, matters } = byteOrderIn({
      route: read(routeFiles.inet),
      igmp: read(groupFiles.inet),
      fibTrie: read(fibTrieFile),
      inet: tables.map(({ inet }) => read(inet)),
      inet6: tables.map(({ inet6 }) => read(inet6)),
      version: read(versionFile),
    });
    if (order !== null) {
      const contradicted = stated !== null && stated !== order;
      return {
        littleEndian: order === 'little',
        doubt: contradicted
          ? `capture.json says ${stated}-endian, but its tables are ${order}-endian: they are read as ${order}-endian`
          : null,
      };
    }
    if (stated !== null) return { littleEndian: stated === 'little', doubt: null };
    const taken = fallback ? 'little' : 'big';
    return {
      littleEndian: fallback,
      doubt: matters
        ? `the byte order of its machine cannot be determined: addresses are read as ${taken}-endian, and are reversed if that is wrong (a capture.json can state it)`
        : null,
    };
  }
}
