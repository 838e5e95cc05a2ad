import { closeSync, constants, openSync, readlinkSync } from 'node:fs';
import { loadNative, type Native } from '../../native.ts';

/** The links in an open /proc/PID/fd. */
export interface DescriptorLinks {
  /**
   * Where one leads: a socket's inode, or the beginning of anything else's name.
   * @throws an error with a `code`, as the system call gives it
   */
  read(name: string): number | string;
  close(): void;
}

/** Reads a link relative to an open folder into memory: its length; below zero: it failed. */
type ReadLinkAt = (folder: number, name: string, target: Uint8Array) => number;

/**
 * How many descriptors a thread looks at before it loads what reads their links faster: that takes 5 ms,
 * and saves 4 microseconds a link.
 */
const manyLinks = 4096;

/** Of fewer, opening their folder costs more than it saves. */
const fewLinks = 32;

/** Longer than `socket:[` and any inode. */
const targetSize = 64;

/**
 * Opens a process's links for reading them by descriptor of their folder, where it has so many that
 * this pays: the kernel need not walk from the root to each, and no string is made of it. null: they are
 * to be read by path.
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
        // Why, a second call says: the first one's errno may be another's by the time that JavaScript asks for it.
        if (length < 0) return meaningOf(readlinkSync(`${folder}/${name}`, 'buffer'));
        return meaningOf(target, length);
      },
      close: () => closeSync(fd),
    };
  };
}

/** null where it cannot be had: the native part is missing, broken or another one. */
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

/** A socket's inode, or the beginning of what else a link leads to. */
function meaningOf(target: Buffer, length = target.length): number | string {
  return socketIn(target, length) ?? target.toString('latin1', 0, Math.min(length, targetSize));
}

const socketPrefix = Buffer.from('socket:[');

/** The inode in `socket:[12345]` (proc(5)); null: it is no socket. */
function socketIn(target: Uint8Array, length: number): number | null {
  for (let i = 0; i < socketPrefix.length; i++) if (target[i] !== socketPrefix[i]) return null;
  if (length <= socketPrefix.length) return null;
  let inode = 0;
  for (let i = socketPrefix.length; i < length - 1; i++) {
    inode = inode * 10 + (target[i] as number) - 48;
  }
  return inode;
}
