import type { Socket } from '../../model/socket.js';

/**
 * A table that changes while it is read can show a row twice. The same protocol, ends and inode are
 * one socket: the filter lets the first row of each pass. Make one for each table.
 */
export function repeatFilter(): (socket: Socket) => boolean {
  const byInode = new Map<number, Socket>();
  const withoutInode = new Set<string>();
  return (socket) => {
    if (socket.inode === null) {
      // Without an inode only TCP's ends name a socket: TIME_WAIT, half-open connections.
      if (socket.protocol !== 'tcp') return true;
      const { local, remote } = socket;
      const key = `${local.address} ${local.port} ${remote.address} ${remote.port}`;
      if (withoutInode.has(key)) return false;
      withoutInode.add(key);
      return true;
    }
    const known = byInode.get(socket.inode);
    if (known !== undefined) return !sameEnds(known, socket);
    byInode.set(socket.inode, socket);
    return true;
  };
}

function sameEnds(a: Socket, b: Socket): boolean {
  if (a.protocol === 'unix' || b.protocol === 'unix') return true;
  return (
    a.local.port === b.local.port &&
    a.remote.port === b.remote.port &&
    a.local.address === b.local.address &&
    a.remote.address === b.remote.address
  );
}
