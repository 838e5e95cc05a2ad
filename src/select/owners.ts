import type { Owner } from '../model/owner.ts';
import { type Condition, lateCondition } from './condition.ts';
import { wildcardTest } from './wildcard.ts';

/** True where one of the socket's owners passes; a socket without known owners has none that does. */
export function someOwner(test: (owner: Owner) => boolean): Condition {
  return lateCondition((socket) => socket.owners?.some(test) ?? false, 'owners');
}

const windowsSuffix = /\.exe$/i;
const titled = /^([^:]+):(?:\s|$)/;

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
    const title = titled.exec(program)?.[1];
    return title !== undefined && exact(title);
  };
}
