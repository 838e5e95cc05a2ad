import type { InetSocket, Socket } from './socket.ts';

/** A symbol shared by separately loaded parts of the program, as in `v6only.ts`; rows do not show it. */
const gone = Symbol.for('tsnetstat.goneAddress');

/** Records beside a row that its network has none of the addresses that the server is bound to. */
export function keepGoneAddress(socket: InetSocket): void {
  (socket as { [gone]?: true })[gone] = true;
}

/** Whether a server is known to be bound only to addresses that its network does not have. */
export function isAtGoneAddress(socket: Socket): boolean {
  return (socket as { [gone]?: true })[gone] === true;
}
