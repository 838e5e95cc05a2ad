import type { Owner } from '../model/owner.ts';
import type { Socket } from '../model/socket.ts';
import type { Attribute, Rest } from './attribute.ts';

/** A fact of each of several owners, its own or its peer's; rows are sorted by that of the first. */
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
