import { existsSync, lstatSync, type Stats, statfsSync, statSync } from 'node:fs';

/** PROC_SUPER_MAGIC of <linux/magic.h>. */
const procfsMagic = 0x9fa0;

/** Whether a procfs is mounted there; null where that cannot be asked. */
export function isProcfs(folder: string): boolean | null {
  try {
    return statfsSync(folder).type === procfsMagic;
  } catch {
    return null;
  }
}

/** Where a file lies, and under which number. */
export type FileIdentity = Pick<Stats, 'dev' | 'ino'>;

/**
 * Whether a file of a procfs on the device `dev` is one that Linux made, by its number: Linux numbers
 * what it registers there from PROC_DYNAMIC_FIRST on (fs/proc/generic.c), gVisor from 1 on. What was
 * mounted over a file has another device.
 */
export function isLinuxEntry(file: FileIdentity, dev: number): boolean {
  return file.dev === dev && file.ino >= 0xf000_0000 && file.ino <= 0xffff_ffff;
}

/** Which files under a mounted /proc Linux itself fills. */
export interface KernelFiles {
  /** It is Linux's own procfs, as a whole. */
  isLinux(): boolean;
  /** Linux fills this file, named by its whole path. */
  has(path: string): boolean;
}

/**
 * Asks what is mounted at `root`. Only what Linux fills keeps what is promised of its order, counts and
 * sizes of reads; another kernel's /proc (gVisor says procfs too) and files from elsewhere do not.
 */
export function kernelFiles(root: string): KernelFiles {
  let known: { readonly dev: number | null } | null = null;
  const device = (): number | null => {
    known ??= { dev: linuxDevice(root) };
    return known.dev;
  };
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

/** The device of Linux's procfs at `root`; null where it is none. */
function linuxDevice(root: string): number | null {
  try {
    if (isProcfs(root) !== true) return null;
    const self = lstatSync(`${root}/self`);
    // gVisor's own file, whatever its numbers.
    return isLinuxEntry(self, self.dev) && !existsSync(`${root}/sentry-meminfo`) ? self.dev : null;
  } catch {
    return null;
  }
}
