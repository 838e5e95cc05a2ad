import type { Socket } from '../../model/socket.js';
import { inodeIndex } from './owners/inode-index.js';

/**
 * A table that changes while it is read can show a row twice. The same ends and inode are one socket:
 * the filter lets the first row of each pass. Make one for each table. An inode is a socket's own, so
 * its ports tell the ends well enough.
 */
export function repeatFilter(): (socket: Socket) => boolean {
  const portsOf = inodeIndex();
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
    const ports = socket.protocol === 'unix' ? 0 : portPair(socket.local.port, socket.remote.port);
    if (portsOf.get(socket.inode) === ports) return false;
    portsOf.set(socket.inode, ports);
    return true;
  };
}

/** Two ports in 31 bits: the top bit of the first is folded in, as a number ≥ 0 is needed. */
function portPair(local: number, remote: number): number {
  return ((local << 16) ^ (local >>> 15) ^ remote) & 0x7fffffff;
}
