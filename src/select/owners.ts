import type { Need } from '../model/request/needs.ts';
import { type Owner, programTitle } from '../model/socket/owner.ts';
import type { Socket } from '../model/socket/socket.ts';
import { type Condition, lateCondition } from './condition.ts';
import { areOwnersHidden } from './lacking.ts';
import { wildcardTest } from './wildcard.ts';

/** Which owners are meant: the socket's own, or those of its other end. */
export type OwnersOf = 'owners' | 'peer';

const ownersIn: Readonly<Record<OwnersOf, (socket: Socket) => readonly Owner[] | null>> = {
  owners: ({ owners }) => owners,
  peer: ({ peer }) => peer?.owners ?? null,
};

const areHidden: Readonly<Record<OwnersOf, (socket: Socket) => boolean>> = {
  owners: areOwnersHidden,
  peer: ({ peer }) => peer != null && areOwnersHidden(peer),
};

/**
 * True if any of these owners passes the test; false for a socket without known owners. `more`: what the test needs
 * beyond them.
 */
export function someOwner(
  of: OwnersOf,
  test: (owner: Owner) => boolean,
  more: readonly Need[] = [],
): Condition {
  const ownersOf = ownersIn[of];
  const needs: readonly Need[] = [
    'owners',
    ...(of === 'peer' ? (['peers'] as const) : []),
    ...more,
  ];
  return lateCondition(
    (socket) => ownersOf(socket)?.some(test) ?? false,
    needs,
    undefined,
    areHidden[of],
  );
}

const windowsSuffix = /\.exe$/i;

/**
 * A test of a program's name: the whole name, with `*` for any characters. A server that writes its title over its
 * name (`nginx: worker process`, `sshd: user`) also matches by the text before the colon. Windows' names end in
 * `.exe` and are case-insensitive, so there the suffix may be left out and case is ignored.
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
    return exact(programTitle(program));
  };
}
