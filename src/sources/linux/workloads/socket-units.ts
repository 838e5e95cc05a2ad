import type { Socket } from '../../../model/socket.ts';
export function socketUnits(_root: string): (socket: Socket) => string | null {
  return () => null;
}
