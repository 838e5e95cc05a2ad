import type { Lookups } from './lookups.ts';
import { type Problem, quoted } from './problem.ts';

/** A UID, from the number or the user's name. */
export function parseUser(text: string, lookups: Lookups): number | Problem {
  const uid = /^\d+$/.test(text) ? Number(text) : lookups.userId(text);
  if (typeof uid === 'number' && uid <= 0xffffffff) return uid;
  const expected = `a user's name or number, found ${quoted(text)}`;
  if (text === '' || typeof uid === 'number') return { expected };
  return {
    expected: `${expected}, ${uid?.reason ?? "which is not in this system's list of users"}`,
  };
}
