import type { Names } from '../../model/names.js';
import type { Request } from '../../model/request.js';
import { sanitize } from '../sanitize.js';
import { decimal } from './number.js';

/** A user by name, or by number as netstat writes it: a signed 32-bit one. */
export function userText(request: Request, names: Names): (uid: number | null) => string {
  return (uid) => {
    if (uid === null) return '0';
    const name = request.numeric.users ? undefined : names.user(uid);
    return name === undefined ? decimal(uid) : sanitize(name);
  };
}
