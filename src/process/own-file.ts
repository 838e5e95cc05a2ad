/** Files whose content the program obeys: options, and the token of `--serve`. */

import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import type { OwnFile } from '../host.ts';

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
    const file = fstatSync(fd);
    if (!file.isFile()) return { text: null, refusal: 'it is not a regular file' };
    if (file.size > maxOwnFile) return { text: null, refusal: 'it is too long' };
    const user = process.geteuid?.();
    // Windows has no such owners and modes; there the folder's permissions decide.
    if (user !== undefined && (file.mode & 0o022) !== 0) {
      return { text: null, refusal: 'others can write it (chmod go-w)' };
    }
    if (user !== undefined && file.uid !== user && file.uid !== 0) {
      return { text: null, refusal: 'it belongs to another user' };
    }
    const shared = file.uid === 0 && user !== 0 ? 0o007 : 0o077;
    if (user !== undefined && isSecret && (file.mode & shared) !== 0) {
      return { text: null, refusal: 'others can read it (chmod 600)' };
    }
    return { text: readFileSync(fd, 'utf8') };
  } catch (error) {
    return { text: null, refusal: `${(error as NodeJS.ErrnoException).code}` };
  } finally {
    closeSync(fd);
  }
}
