import type { Names } from '../../../model/report/names.ts';
import type { Which } from '../../../model/request/query.ts';
import type { View } from '../../../model/request/view.ts';
import { sanitize } from '../../../text/sanitize.ts';
import { decimal } from './number.ts';

/** What a section's title says about the rows that it has. */
export const whichText: Record<Which, string> = {
  connected: '(w/o servers)',
  listening: '(only servers)',
  all: '(servers and established)',
};

/** A user's name, or the number as netstat prints it: as a signed 32-bit one. */
export function userText(view: View, names: Names): (uid: number | null) => string {
  return (uid) => {
    if (uid === null) return '0';
    const name = view.numeric.users ? undefined : names.user(uid);
    return name === undefined ? decimal(uid) : sanitize(name);
  };
}
