import type { Names } from '../../../model/names.ts';
import type { Request } from '../../../model/request.ts';
import { sanitize } from '../../../text/sanitize.ts';
import { decimal } from './number.ts';

/** A user by name, or by number as netstat writes it: a signed 32-bit one. */
export function userText(request: Request, names: Names): (uid: number | null) => string {
  return (uid) => {
    if (uid === null) return '0';
    const name = request.numeric.users ? undefined : names.user(uid);
    return name === undefined ? decimal(uid) : sanitize(name);
  };
}
