import { placeKey } from '../../model/machine/place.ts';
import type { Socket } from '../../model/socket/socket.ts';

/** What identifies a socket without any number: its place, protocol and ends. */
export function endsOf(socket: Socket): string {
  const place = placeKey(socket);
  if (socket.protocol === 'unix') return `${place} unix ${socket.type} ${socket.path}`;
  const { protocol, family, local, remote } = socket;
  return `${place} ${protocol} ${family} ${local.address}%${local.zone ?? ''} ${local.port} ${remote.address} ${remote.port}`;
}
