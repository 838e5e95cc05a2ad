import { areOwnersHidden, type Owner } from '../model/socket/owner.ts';
import type { Socket } from '../model/socket/socket.ts';
import type { Attribute, Filter, Rest } from './attribute.ts';

/**
 * An attribute with one value for each owner of the socket, or of its peer (`ownersOf`); rows are sorted by the first
 * owner's.
 */
export function ofEach(
  ownersOf: (socket: Socket) => readonly Owner[] | null | undefined,
  rest: Rest<Socket>,
  pick: (owner: Owner) => number | string | null,
): Attribute<Socket> {
  return {
    align: 'left',
    value: (socket) => ownersOf(socket)?.map((owner) => String(pick(owner) ?? '')) ?? '',
    sort: (socket) => {
      const [first] = ownersOf(socket) ?? [];
      return first === undefined ? null : pick(first);
    },
    ...rest,
  };
}

/** Whether a fact of the socket's owners is not known: of some of them, or since they are hidden. */
export function unknownOf(isUnknown: (owner: Owner) => boolean): (socket: Socket) => boolean {
  return (socket) => areOwnersHidden(socket) || socket.owners?.some(isUnknown) === true;
}

/** How expressions compare the texts of a socket's owners; `words`: all possible ones, if there are few. */
export function textOfEach(
  expected: string,
  pick: (owner: Owner) => string | null,
  words?: readonly string[],
): Extract<Filter<Socket>, { kind: 'text' }> {
  return {
    kind: 'text',
    expected,
    of: ({ owners }) => owners?.map(pick) ?? [],
    ...(words !== undefined && { words }),
  };
}
