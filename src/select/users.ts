import type { Lookups } from './lookups.ts';
import { type Problem, quoted } from './problem.ts';

/** A UID, from the number or the user's name. */
export function parseUser(text: string, lookups: Lookups): number | Problem {
  const uid = /^\d+$/.test(text) ? Number(text) : lookups.userId(text);
  if (uid !== undefined && uid <= 0xffffffff) return uid;
  const reason = uid === undefined ? ", which is not in this system's list of users" : '';
  return { expected: `a user's name or number, found ${quoted(text)}${text === '' ? '' : reason}` };
}
