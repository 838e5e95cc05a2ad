import { lstatSync, type Stats, statfsSync, statSync } from 'node:fs';
import { lazily } from '../../../flow/lazily.ts';
import { pathExists } from '../path-exists.ts';

/** PROC_SUPER_MAGIC of <linux/magic.h>. */
const procfsMagic = 0x9fa0;

/** Whether a procfs is mounted there; null: not known. */
export function isProcfs(folder: string): boolean | null {
  try {
    return statfsSync(folder).type === procfsMagic;
  } catch {
    return null;
  }
}

/** The identity of a file: its device and inode. */
export type FileIdentity = Pick<Stats, 'dev' | 'ino'>;

/**
 * Whether a file of a procfs on the device `dev` was made by Linux, judged by its inode: Linux numbers what it
 * registers there from PROC_DYNAMIC_FIRST on (fs/proc/generic.c), gVisor from 1. Something mounted over a file has
 * another device.
 */
export function isLinuxEntry(file: FileIdentity, dev: number): boolean {
  return file.dev === dev && file.ino >= 0xf000_0000 && file.ino <= 0xffff_ffff;
}

/** Which files under a mounted /proc Linux itself fills. */
export interface KernelFiles {
  /** Whether it is Linux's own procfs. */
  isLinux(): boolean;
  /** Whether Linux fills this file, given by its absolute path. */
  has(path: string): boolean;
}

/**
 * Checks what is mounted at `root`. Only files that Linux fills guarantee order, counts and sizes of reads; another
 * kernel's /proc (gVisor's is a procfs too) and other files do not.
 */
export function kernelFiles(root: string): KernelFiles {
  const device = lazily(() => linuxDevice(root));
  return {
    isLinux: () => device() !== null,
    has(path) {
      const dev = device();
      if (dev === null) return false;
      try {
        return isLinuxEntry(statSync(path), dev);
      } catch {
        return false;
      }
    },
  };
}

/** The device of Linux's procfs at `root`; null: it is none. */
function linuxDevice(root: string): number | null {
  try {
    if (isProcfs(root) !== true) return null;
    const self = lstatSync(`${root}/self`);
    // A file that only gVisor has, whatever its inodes.
    return isLinuxEntry(self, self.dev) && !pathExists(`${root}/sentry-meminfo`) ? self.dev : null;
  } catch {
    return null;
  }
}
