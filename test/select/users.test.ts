import { expect, it } from 'vitest';
import { parseUser } from '../../src/select/users.ts';

const lookups = {
  serviceNumber: () => undefined,
  userId(name: string) {
    if (name === 'late') return { reason: 'about which nobody answered' };
    return name === 'www-data' ? 33 : undefined;
  },
};

it.each([
  ['www-data', 33],
  ['0', 0],
  // The last one, as `(uid_t) -1` is shown.
  ['4294967295', 4_294_967_295],
])('a user is %s', (text, uid) => {
  expect(parseUser(text, lookups)).toBe(uid);
});

it.each([
  ['ghost', "found 'ghost', which is not in this system's list of users"],
  ['late', "found 'late', about which nobody answered"],
  ['4294967296', "found '4294967296'"],
  ['', "found ''"],
])('no user is %j', (text, found) => {
  expect(parseUser(text, lookups)).toEqual({ expected: `a user's name or number, ${found}` });
});
