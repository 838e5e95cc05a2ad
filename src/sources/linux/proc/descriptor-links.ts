import { closeSync, constants, openSync, readlinkSync } from 'node:fs';
import { loadNative, type Native } from '../../native.ts';

/** The links in an open /proc/PID/fd. */
export interface DescriptorLinks {
  /**
   * Reads a link: a socket's inode, or the beginning of any other target.
   * @throws an error with a `code`, as from the system call
   */
  read(name: string): number | string;
  close(): void;
}

/** Reads a link relative to an open folder into memory: its length; negative: it failed. */
type ReadLinkAt = (folder: number, name: string, target: Uint8Array) => number;

/**
 * After how many descriptors a thread loads the faster way to read their links: loading takes 5 ms, and saves 4
 * microseconds a link.
 */
const manyLinks = 4096;

/** With fewer descriptors, opening their folder costs more than it saves. */
const fewLinks = 32;

/** More than `socket:[` and any inode. */
const targetSize = 64;

/**
 * Opens a process's links for reading relative to their folder, if there are enough for that to pay off: the kernel
 * need not walk from the root to each, and no string is made of it. null: read them by path.
 */
export function linkOpener(
  load: () => Native = loadNative,
): (folder: string, count: number) => DescriptorLinks | null {
  let looked = 0;
  let readLinkAt: ReadLinkAt | null | undefined;
  const target = Buffer.alloc(targetSize);
  return (folder, count) => {
    looked += count;
    if (looked < manyLinks || count < fewLinks) return null;
    if (readLinkAt === undefined) readLinkAt = bind(load);
    if (readLinkAt === null) return null;
    const call = readLinkAt;
    let fd: number;
    try {
      fd = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
    } catch {
      return null;
    }
    return {
      read(name) {
        const length = call(fd, name, target);
        // A second call gets the reason: errno may have changed before JavaScript reads it.
        if (length < 0) return meaningOf(readlinkSync(`${folder}/${name}`, 'buffer'));
        return meaningOf(target, length);
      },
      close: () => closeSync(fd),
    };
  };
}

/** null if it is not available: the native part is missing, broken or another version. */
function bind(load: () => Native): ReadLinkAt | null {
  try {
    const native = load();
    const readlinkat = native
      .load(null)
      .func('long readlinkat(int, const char *, void *, unsigned long)');
    return (folder, name, target) => Number(readlinkat(folder, name, target, target.length));
  } catch {
    return null;
  }
}

/** A socket's inode, or the beginning of any other target. */
function meaningOf(target: Buffer, length = target.length): number | string {
  return socketIn(target, length) ?? target.toString('latin1', 0, Math.min(length, targetSize));
}

const socketPrefix = Buffer.from('socket:[');

/** The inode in `socket:[12345]` (proc(5)); null: not a socket. */
function socketIn(target: Uint8Array, length: number): number | null {
  for (let i = 0; i < socketPrefix.length; i++) if (target[i] !== socketPrefix[i]) return null;
  if (length <= socketPrefix.length) return null;
  let inode = 0;
  for (let i = socketPrefix.length; i < length - 1; i++) {
    inode = inode * 10 + (target[i] as number) - 48;
  }
  return inode;
}
