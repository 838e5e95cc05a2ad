import type { Need } from '../model/request/needs.ts';
import {
  areOwnersHidden,
  nameWithoutSureTitle,
  type Owner,
  type OwnersFound,
} from '../model/socket/owner.ts';
import type { Socket } from '../model/socket/socket.ts';
import { type Condition, lateCondition } from './condition.ts';
import { wildcardTest } from './wildcard.ts';

/** Which owners are meant: the socket's own, or those of its other end. */
export type OwnersOf = 'owners' | 'peer';

/** null: there is no such end, or nobody was looked for. */
const foundIn: Readonly<Record<OwnersOf, (socket: Socket) => OwnersFound | null>> = {
  owners: (socket) => socket,
  peer: ({ peer }) => peer ?? null,
};

/**
 * True if any of these owners passes the test; false for a socket without known owners. `isUnknown`: what is tested of
 * this owner is not known. `more`: what the test needs beyond them.
 */
export function someOwner(
  of: OwnersOf,
  test: (owner: Owner) => boolean,
  isUnknown: (owner: Owner) => boolean = () => false,
  more: readonly Need[] = [],
): Condition {
  const found = foundIn[of];
  const fits = (socket: Socket) => found(socket)?.owners?.some(test) ?? false;
  const needs: readonly Need[] = [
    'owners',
    ...(of === 'peer' ? (['peers'] as const) : []),
    ...more,
  ];
  return lateCondition(fits, needs, undefined, (socket) => {
    const all = found(socket);
    if (all === null) return false;
    return areOwnersHidden(all) || (all.owners?.some(isUnknown) === true && !fits(socket));
  });
}

const windowsSuffix = /\.exe$/i;

/**
 * A test of a program's name: the whole name, with `*` for any characters. A server that writes its title over its
 * name (`nginx: worker process`, `redis-server *:6379`) also matches by the text before the colon or the address; not by
 * the first word, since names have blanks too, and scripts kill what matches. Windows' names end in `.exe` and are
 * case-insensitive, so there the suffix may be left out and case is ignored.
 */
export function programTest(pattern: string): (owner: Pick<Owner, 'program'>) => boolean {
  const exact = wildcardTest(pattern);
  const onWindows = wildcardTest(pattern.toLowerCase());
  return ({ program }) => {
    if (program === null) return false;
    if (exact(program)) return true;
    if (windowsSuffix.test(program)) {
      const lower = program.toLowerCase();
      return onWindows(lower) || onWindows(lower.replace(windowsSuffix, ''));
    }
    return exact(nameWithoutSureTitle(program));
  };
}
