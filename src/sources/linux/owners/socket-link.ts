/** The inode in a descriptor's link, `socket:[12345]` (proc(5)); 0 where it is no socket. */
export function socketInode(target: string): number {
  return target.startsWith('socket:[') ? Number(target.slice(8, -1)) || 0 : 0;
}
