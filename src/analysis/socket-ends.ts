import { placeKey } from '../model/place.ts';
import type { Socket } from '../model/socket.ts';

/** What a socket is known by that no number tells: its place, protocol and ends. */
export function endsOf(socket: Socket): string {
  const place = placeKey(socket);
  if (socket.protocol === 'unix') return `${place} unix ${socket.type} ${socket.path}`;
  const { protocol, family, local, remote } = socket;
  return `${place} ${protocol} ${family} ${local.address}%${local.zone ?? ''} ${local.port} ${remote.address} ${remote.port}`;
}
