import type { Owner } from '../model/socket/owner.ts';
import type { Socket } from '../model/socket/socket.ts';
import type { Attribute, Rest } from './attribute.ts';

/** An attribute with one value for each owner of the socket, or of its peer; rows are sorted by the first owner's. */
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
