import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { NetstatError } from '../errors.ts';
import { isDeviceName } from './device-name.ts';

/** Readable by the user alone: who talks to whom is private. */
const ownAlone = 0o600;

/** A file written under a temporary name; it gets its own name once it is complete. */
export interface SavedFile {
  /** Writes text, or UTF-8 bytes. @throws NetstatError `unreadable` if there is no room for it */
  write(text: string | Uint8Array): void;
  /**
   * Renames it to its own name, replacing the old file, which stays until then. @throws NetstatError `unreadable`
   */
  commit(): void;
  /** Removes the temporary file. Does nothing after `commit` or a second time. */
  discard(): void;
}

/**
 * Begins a temporary file in the folder of `path`, with a unique name. `mode`: its permissions, whatever the umask;
 * null: the user's own alone. Windows has no such permissions.
 *
 * A symbolic link to a file or to nothing is replaced like a file, never followed: in a folder that others can
 * write, it may be theirs.
 * @throws NetstatError `unreadable`, in one line that says what is in the way and what to do
 */
export function beginSaved(path: string, mode: number | null): SavedFile {
  try {
    refuseTarget(path);
  } catch (error) {
    throw failed(path, error);
  }
  const aside = join(dirname(path), `.tsnetstat-${randomBytes(9).toString('hex')}.tmp`);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = constants;
  let fd: number | null;
  try {
    fd = openSync(aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, ownAlone);
  } catch (error) {
    throw failed(path, error);
  }
  let isThere = true;
  /** Closes the file, once, even if that fails: its number may be another file's then. */
  const close = () => {
    const file = fd;
    fd = null;
    if (file !== null) closeSync(file);
  };
  const discard = () => {
    try {
      close();
    } catch {
      // It is given up in any case.
    }
    if (isThere) rmSync(aside, { force: true });
    isThere = false;
  };
  const attempt = (work: () => void) => {
    try {
      work();
    } catch (error) {
      discard();
      throw failed(path, error);
    }
  };
  return {
    write(text) {
      attempt(() => {
        let rest = typeof text === 'string' ? Buffer.from(text) : text;
        while (rest.length > 0) rest = rest.subarray(writeSync(fd as number, rest));
      });
    },
    commit() {
      attempt(() => {
        const file = fd as number;
        if (process.platform !== 'win32') fchmodSync(file, mode ?? ownAlone);
        fsyncSync(file);
        close();
        // The target may have changed meanwhile. A folder in its place is refused by rename itself.
        refuseTarget(path);
        renameSync(aside, path);
        isThere = false;
      });
      syncFolder(dirname(path));
    },
    discard,
  };
}

/** Makes sure that the new name is on the disk too, where the system can. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  try {
    const fd = openSync(folder, constants.O_RDONLY);
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch {
    // The file is complete in any case.
  }
}

const noFile = 'it is not a regular file; - is standard output';

/** The target of /dev/stdout, which may lead to a regular file and must stay. */
const descriptor = /^(?:\/proc\/|fd\/)/;

/** @throws if `path` is something that a file must not replace */
function refuseTarget(path: string): void {
  if (path === '' || /[/\\]$/.test(path) || ['.', '..'].includes(basename(path))) {
    throw refusal(path, 'it is a folder; give a file in it');
  }
  if (isDeviceName(path)) throw refusal(path, noFile);
  const own = lstatSync(path, { throwIfNoEntry: false });
  if (own?.isSymbolicLink() && descriptor.test(readlinkSync(path))) throw refusal(path, noFile);
  // What a link leads to decides: /dev/stdout is a link.
  const file = own?.isSymbolicLink() ? targetOf(path) : own;
  if (file === undefined || file.isFile()) return;
  if (file.isDirectory()) throw refusal(path, 'it is a folder; give a file in it');
  throw refusal(path, noFile);
}

function targetOf(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // A loop of links leads to nothing.
    return undefined;
  }
}

function refusal(path: string, reason: string, cause: unknown = undefined): NetstatError {
  return new NetstatError('unreadable', `--save ${path}: ${reason}`, { path, cause });
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder; create it first',
  ENOTDIR: 'a part of its path is not a folder',
  EACCES: 'no permission to write to its folder',
  EPERM: 'no permission to replace it',
  EROFS: 'its file system is read-only',
  ENOSPC: 'the disk is full; nothing was saved',
  EDQUOT: 'the disk quota is used up; nothing was saved',
  EFBIG: 'the file would be too large; nothing was saved',
  EISDIR: 'it is a folder; give a file in it',
  ENAMETOOLONG: 'the name is too long',
  // As a container is given a single file. Windows has no such thing, and says so of a file that is open.
  EBUSY:
    process.platform === 'win32'
      ? 'another program has it open'
      : 'it is a mount point, which cannot be replaced; mount its folder instead',
};

function failed(path: string, error: unknown): NetstatError {
  if (error instanceof NetstatError) return error;
  const { code } = error as NodeJS.ErrnoException;
  const folder = code === 'ENOENT' ? targetOf(dirname(path)) : undefined;
  // As /proc and /dev/fd answer, in which nothing can be created. A working folder that was removed has no links.
  if (folder?.isDirectory() && folder.nlink > 0) {
    return refusal(path, 'no file can be created in its folder; give another one', error);
  }
  return refusal(path, reasons[code ?? ''] ?? `it cannot be written (${code})`, error);
}
