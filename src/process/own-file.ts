/** Files whose content the program obeys: options, and the token of `--serve`. */

import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import type { OwnFile } from '../host.ts';
import { fileText } from '../text/file-text.ts';

/** Maximum size of a file of options, in bytes. */
const maxOwnFile = 64 * 1024;

/**
 * Reads a regular file that only its owner can write. A secret must not be readable by others either; a file of
 * root's may be readable by a group, as systemd's credentials are when an ACL grants a service access. null: there is
 * none.
 */
export function readOwn(path: string, isSecret = false): OwnFile | null {
  const { O_RDONLY, O_NONBLOCK = 0 } = constants;
  let fd: number;
  try {
    fd = openSync(path, O_RDONLY | O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? null : { text: null, refusal: `${code}` };
  }
  try {
    const refusal = refusalOf(fstatSync(fd), isSecret);
    return refusal === null ? { text: fileText(readFileSync(fd)) } : { text: null, refusal };
  } catch (error) {
    return { text: null, refusal: `${(error as NodeJS.ErrnoException).code}` };
  } finally {
    closeSync(fd);
  }
}

/** Why a file is not read; null: it may be. */
function refusalOf(file: Stats, isSecret: boolean): string | null {
  if (!file.isFile()) return 'it is not a regular file';
  if (file.size > maxOwnFile) return 'it is too long';
  const user = process.geteuid?.();
  // Windows has no such owners and modes; there the folder's permissions decide.
  if (user === undefined) return null;
  if ((file.mode & 0o022) !== 0) return 'others can write it (chmod go-w)';
  if (file.uid !== user && file.uid !== 0) return 'it belongs to another user';
  const shared = file.uid === 0 && user !== 0 ? 0o007 : 0o077;
  return isSecret && (file.mode & shared) !== 0 ? 'others can read it (chmod 600)' : null;
}
