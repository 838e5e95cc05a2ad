import type { InetSocket } from '../../../model/socket/socket.ts';

/** Both ends of a socket as text: what identifies it, within one table, where it has no inode. */
export function endsOf({ local, remote }: InetSocket): string {
  return `${local.address} ${local.port} ${remote.address} ${remote.port}`;
}
