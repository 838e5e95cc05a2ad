import type { DescriptorLinks } from '../proc/descriptor-links.ts';
import { errnoOf, isGone, type Proc } from '../proc/proc.ts';

/** How many descriptors of a process are looked at. */
const mostDescriptors = 4096;

/** The inode of a descriptor's socket; null: not a socket, or not open. */
export function socketAt(proc: Proc, pid: number, fd: string): number | null {
  return unlessClosed(() => {
    const inode = /^socket:\[(\d{1,15})\]$/.exec(proc.readLink(pid, `fd/${fd}`))?.[1];
    return inode === undefined ? null : Number(inode);
  });
}

/** The same, relative to the open folder of descriptors. */
function openSocketAt(links: DescriptorLinks, fd: string): number | null {
  return unlessClosed(() => {
    const target = links.read(fd);
    return typeof target === 'number' ? target : null;
  });
}

/** The result of reading a descriptor; null: it is not open. */
function unlessClosed(look: () => number | null): number | null {
  try {
    return look();
  } catch (error) {
    if (isGone(errnoOf(error))) return null;
    throw error;
  }
}

/** The inodes of the sockets that a process holds; if it has very many descriptors, of the first ones. */
export function socketsOf(proc: Proc, pid: number): readonly number[] {
  const inodes = new Set<number>();
  const names = proc.descriptors(pid).slice(0, mostDescriptors);
  const links = proc.openLinks?.(pid, names.length) ?? null;
  try {
    for (const fd of names) {
      const inode = links === null ? socketAt(proc, pid, fd) : openSocketAt(links, fd);
      if (inode !== null) inodes.add(inode);
    }
  } finally {
    links?.close();
  }
  return [...inodes];
}
