import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { errorNaming } from '../../../errors.ts';

/** More than any file of /proc that is read as a whole for a report. */
const mostBytes = 256 * 1024 * 1024;

/** The kind of a file in words; null: a regular file. */
export function oddKind(stats: Stats): string | null {
  if (stats.isFile()) return null;
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a FIFO';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}

/**
 * Opens a file in a folder that anybody may have made. Anything but a regular file could block the reader, or never
 * end.
 * @throws NetstatError `unreadable` if it is not a regular file, or the error of the system call
 */
export function openPlain(path: string): number {
  // Checked before opening, which can already have an effect, and again afterwards.
  refuseOdd(path, statSync(path));
  const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    refuseOdd(path, fstatSync(fd));
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function refuseOdd(path: string, stats: Stats): void {
  const kind = oddKind(stats);
  if (kind === null) return;
  throw errorNaming(
    'unreadable',
    path,
    `${kind}; of a captured /proc, only regular files are read`,
  );
}

/** How much is read at a time. Sizes are not used: not every file system reports them. */
const pieceBytes = 64 * 1024;

/**
 * The first bytes of a regular file, at most `most`.
 * @throws as `openPlain` does
 */
export function readHead(path: string, most: number): Buffer {
  const fd = openPlain(path);
  try {
    const pieces: Buffer[] = [];
    for (let left = most; left > 0; ) {
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, left));
      const got = readSync(fd, piece, 0, piece.length, null);
      if (got === 0) break;
      pieces.push(piece.subarray(0, got));
      left -= got;
    }
    return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
  } finally {
    closeSync(fd);
  }
}

/**
 * The content of a regular file.
 * @throws as `openPlain` does, and NetstatError `unreadable` for more than `most` bytes
 */
export function readPlain(path: string, most = mostBytes): Buffer {
  const bytes = readHead(path, most + 1);
  if (bytes.length <= most) return bytes;
  throw errorNaming('unreadable', path, `larger than ${most} bytes, unlike any file of /proc`);
}
