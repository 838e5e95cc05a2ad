import { loadNative, type Native } from '../../native.ts';

/**
 * The one call that Node has no function for: a socket that speaks with the kernel. What is written to
 * and read from it, `fs` does.
 */
export interface Libc {
  /**
   * A socket of NETLINK_SOCK_DIAG that waits at most so many milliseconds for an answer: its descriptor;
   * below zero: an errno, negated.
   */
  openSockDiag(timeout: number): number;
  /**
   * Puts the calling thread, and no other, into the network namespace of an open file (setns(2)): 0; below
   * zero: an errno, negated.
   */
  enterNetwork(descriptor: number): number;
}

/** <linux/netlink.h>, <asm-generic/socket.h>: the same on x86, ARM and RISC-V. */
const family = { netlink: 16 } as const;
const type = { raw: 3, closeOnExec: 0o2000000 } as const;
const protocol = { sockDiag: 4 } as const;
/** <linux/sched.h> */
const newNetwork = 0x4000_0000;
const option = { socket: 1, receiveTimeout: 20 } as const;

/** libc's own calls; null where they cannot be had: the native part is missing, broken or another one. */
export function loadLibc(load: () => Native = loadNative): Libc | null {
  try {
    return bind(load());
  } catch {
    return null;
  }
}

function bind(native: Native): Libc {
  const libc = native.load(null);
  const socket = libc.func('int socket(int, int, int)');
  const setOption = libc.func('int setsockopt(int, int, int, const void *, unsigned int)');
  const close = libc.func('int close(int)');
  let setns: ReturnType<typeof libc.func> | null = null;
  const checked = (answer: unknown): number => {
    const number = Number(answer);
    return number < 0 ? -native.errno() : number;
  };
  return {
    openSockDiag(timeout) {
      const descriptor = checked(
        socket(family.netlink, type.raw | type.closeOnExec, protocol.sockDiag),
      );
      if (descriptor < 0) return descriptor;
      // struct timeval: seconds and microseconds, of 64 bits each.
      const time = Buffer.alloc(16);
      time.writeBigInt64LE(BigInt(Math.trunc(timeout / 1000)), 0);
      time.writeBigInt64LE(BigInt((timeout % 1000) * 1000), 8);
      const set = checked(
        setOption(descriptor, option.socket, option.receiveTimeout, time, time.length),
      );
      if (set >= 0) return descriptor;
      close(descriptor);
      return set;
    },
    enterNetwork(descriptor) {
      setns ??= libc.func('int setns(int, int)');
      return checked(setns(descriptor, newNetwork));
    },
  };
}
