import { type Owner, programTitle } from '../model/owner.ts';
import type { Socket } from '../model/socket.ts';
import { type Condition, lateCondition } from './condition.ts';
import { wildcardTest } from './wildcard.ts';

/** Whose owners are asked about: the socket's own, or those of its other end. */
export type OwnersOf = 'owners' | 'peer';

const ownersIn: Readonly<Record<OwnersOf, (socket: Socket) => readonly Owner[] | null>> = {
  owners: ({ owners }) => owners,
  peer: ({ peer }) => peer?.owners ?? null,
};

/** True where one of these owners passes; a socket without known ones has none that does. */
export function someOwner(of: OwnersOf, test: (owner: Owner) => boolean): Condition {
  const ownersOf = ownersIn[of];
  const needs = of === 'peer' ? (['owners', 'peers'] as const) : (['owners'] as const);
  return lateCondition((socket) => ownersOf(socket)?.some(test) ?? false, needs);
}

const windowsSuffix = /\.exe$/i;

/**
 * A test of a program's name: the whole name, in which `*` stands for any characters.
 * A server that writes its title over its name (`nginx: worker process`, `sshd: user`) goes by what
 * is before the colon too. Windows' names end in `.exe` and are told apart by letters alone, so
 * there the suffix may be left out and case does not count.
 */
export function programTest(pattern: string): (owner: Owner) => boolean {
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
