import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { isatty } from 'node:tty';
import { errorNaming, NetstatError } from '../errors.ts';
import { readSome } from '../flow/read-some.ts';
import { isDeviceName } from './device-name.ts';
import { documentOfLines } from './document-of-lines.ts';
import { parseSaved, type Saved, savedOf } from './parse-saved.ts';

/** The largest file that is read: an answer of a million sockets with their owners. */
const mostBytes = 500 * 1024 * 1024;

const standardInput = 0;

const firstSize = 64 * 1024;

/**
 * Reads a saved answer: a file, or a pipe such as a shell's `<(…)`; `-` is standard input. null: there is no such
 * file.
 * @throws NetstatError `unreadable` or `unrecognized`, in one line that names the file and says what to do
 */
export function readSaved(path: string): Saved | null {
  const isInput = path === '-';
  const name = isInput ? 'standard input' : path;
  if (isInput && isatty(standardInput)) {
    throw new NetstatError('usage', '-: standard input is a terminal; give a file', { path });
  }
  let fd = standardInput;
  if (!isInput) {
    if (isDeviceName(path)) throw unreadable(name, device);
    try {
      fd = openSync(path, constants.O_RDONLY);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return null;
      throw unreadable(name, reasons[code ?? ''] ?? `${code}`, error);
    }
  }
  try {
    const document = isInput ? null : documentIn(fd);
    return document === null ? parseSaved(bytesOf(fd, name), name) : savedOf(document, name);
  } finally {
    if (!isInput) closeSync(fd);
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
  EISDIR: 'it is a folder; give the file in it',
  ENOTDIR: 'a part of its path is not a folder',
  ELOOP: 'it is a loop of symbolic links',
  ENXIO: 'it is a socket; give a file',
  ENAMETOOLONG: 'the name is too long',
};

const device = 'it is a device; give a file';

function unreadable(name: string, reason: string, cause: unknown = undefined): NetstatError {
  return errorNaming('unreadable', name, reason, { cause });
}

/** The document in a file, read piece by piece; null: not a regular file, or one to be read as a whole. */
function documentIn(fd: number): Readonly<Record<string, unknown>> | null {
  let room = Buffer.alloc(0);
  try {
    const file = fstatSync(fd);
    if (!file.isFile() || file.size > mostBytes) return null;
    return documentOfLines({
      size: file.size,
      read(from, to) {
        if (room.length < to - from) room = Buffer.allocUnsafe(to - from);
        for (let at = from; at < to; ) {
          const length = readSync(fd, room, at - from, to - at, at);
          if (length === 0) throw new RangeError('the file has become shorter');
          at += length;
        }
        return room.subarray(0, to - from);
      },
    });
  } catch {
    return null;
  }
}

function bytesOf(fd: number, name: string): Buffer {
  let bytes = Buffer.allocUnsafe(firstSize);
  let length = 0;
  try {
    const file = fstatSync(fd);
    if (file.isDirectory()) throw unreadable(name, reasons.EISDIR ?? '');
    // A terminal has no end, nor has /dev/zero.
    if (file.isBlockDevice() || file.isCharacterDevice()) {
      throw unreadable(name, device);
    }
    if (file.isFile()) {
      // A file of /proc has no size, and reading one may wait for ever (/proc/kmsg).
      if (file.size === 0) return bytes.subarray(0, 0);
      if (file.size > mostBytes) throw tooLarge(name);
      bytes = Buffer.allocUnsafe(file.size + 1);
    }
    for (;;) {
      const read = readSome(fd, bytes.subarray(length));
      if (read === 0) return bytes.subarray(0, length);
      length += read;
      if (length > mostBytes) throw tooLarge(name);
      if (length === bytes.length) bytes = Buffer.concat([bytes, Buffer.allocUnsafe(length)]);
    }
  } catch (error) {
    if (error instanceof NetstatError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw unreadable(name, reasons[code ?? ''] ?? `it cannot be read (${code})`, error);
  }
}

function tooLarge(name: string): NetstatError {
  const most = `${mostBytes / 1024 / 1024} MiB`;
  return unreadable(name, `it is too large: more than ${most} are not read`);
}
