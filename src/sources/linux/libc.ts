import { lazily } from '../../flow/lazily.ts';
import { loadNative, type Native } from '../native.ts';
import { type ReadAhead, readerAhead } from './netlink/read-ahead.ts';
import { decodeText } from './text.ts';

/** System calls that Node does not offer: a netlink socket to the kernel. `fs` reads and writes it. */
export interface Libc {
  /**
   * A socket of NETLINK_SOCK_DIAG with a receive timeout in milliseconds: its descriptor; negative: an errno,
   * negated.
   */
  openSockDiag(timeout: number): number;
  /**
   * Moves the calling thread, and no other, into the network namespace of an open file (setns(2)): 0; negative: an
   * errno, negated.
   */
  enterNetwork(descriptor: number): number;
  /**
   * A non-blocking socket of NETLINK_SOCK_DIAG for the kernel's messages of destroyed sockets: its descriptor;
   * negative: an errno, negated. `groups`: a bit set of `destroyedGroup`, less one; `room`: the size of the
   * kernel's buffer in bytes, limited to what it allows.
   */
  openDestroyed(groups: number, room: number): number;
  /** The name of an interface by its number, in the network namespace of a socket; null: none. */
  deviceName(descriptor: number, index: number): string | null;
  /**
   * Waits until one of these descriptors is readable, for at most `timeout` milliseconds; negative: an errno, negated.
   */
  waitForAny(descriptors: readonly number[], timeout: number): number;
  /**
   * Starts to read ahead from a socket of `openSockDiag` to which a request has been sent; null: nothing is read ahead.
   */
  readAhead(descriptor: number): ReadAhead | null;
  /**
   * Opens a file to read, for another thread to close (`closeForeign`): its descriptor; negative: an errno, negated. A
   * thread within a worker thread would close at its end what `fs` opened in it, which by then may be another's.
   */
  openFile(path: string): number;
  /** Reads the next datagram without waiting: its length; negative: an errno, negated. */
  receive(descriptor: number, bytes: Uint8Array): number;
}

/** <linux/netlink.h>, <asm-generic/socket.h>: the same on x86, ARM and RISC-V. */
const family = { netlink: 16 } as const;
const type = { raw: 3, closeOnExec: 0o2000000, unwaiting: 0o4000 } as const;
const protocol = { sockDiag: 4 } as const;
/** <linux/sched.h> */
const newNetwork = 0x4000_0000;
const option = { socket: 1, receiveRoom: 8, receiveTimeout: 20, forceReceiveRoom: 33 } as const;
/** <linux/socket.h>: MSG_DONTWAIT; <asm-generic/poll.h>: POLLIN. */
const unwaiting = 0x40;
const readable = 1;
/** <linux/sockios.h>: SIOCGIFNAME; <linux/if.h>: `struct ifreq`, a name (IFNAMSIZ) followed here by a number. */
const nameOfDevice = 0x8910;
const deviceRequest = { size: 40, name: 16 } as const;

/** libc's functions; null if they are not available: the native part is missing, broken or another version. */
export function loadLibc(load: () => Native = loadNative): Libc | null {
  return loaded(load, false);
}

/**
 * As `loadLibc`, for a thread that process.exit() may end at any time: Node aborts the process if koffi is binding a
 * function then, while calls of bound ones just end. So all of them are bound before this returns.
 */
export function loadBoundLibc(load: () => Native = loadNative): Libc | null {
  return loaded(load, true);
}

function loaded(load: () => Native, isBound: boolean): Libc | null {
  try {
    return libcOf(load(), isBound);
  } catch {
    return null;
  }
}

/** `isBound`: its functions are bound now, not each when it is first needed. */
function libcOf(native: Native, isBound: boolean): Libc {
  const libc = native.load(null);
  const socket = libc.func('int socket(int, int, int)');
  const setOption = libc.func('int setsockopt(int, int, int, const void *, unsigned int)');
  // Binding each function takes time.
  const whenNeeded = (signature: string) => {
    const bound = lazily(() => libc.func(signature));
    if (isBound) bound();
    return bound;
  };
  const close = whenNeeded('int close(int)');
  const bind = whenNeeded('int bind(int, const void *, unsigned int)');
  const open = whenNeeded('int open(const void *, int)');
  const setns = whenNeeded('int setns(int, int)');
  const poll = whenNeeded('int poll(void *, size_t, int)');
  const ioctl = whenNeeded('int ioctl(int, size_t, void *)');
  const receive = whenNeeded('long recv(int, void *, size_t, int)');
  const ahead = lazily(() => readerAhead(native));
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
      const time = timeOf(timeout);
      const set = checked(
        setOption(descriptor, option.socket, option.receiveTimeout, time, time.length),
      );
      if (set >= 0) return descriptor;
      close()(descriptor);
      return set;
    },
    openDestroyed(groups, room) {
      const descriptor = checked(
        socket(family.netlink, type.raw | type.closeOnExec | type.unwaiting, protocol.sockDiag),
      );
      if (descriptor < 0) return descriptor;
      const bytes = Buffer.alloc(4);
      bytes.writeInt32LE(room);
      const { forceReceiveRoom, receiveRoom } = option;
      // Exceeding the system's limit requires CAP_NET_ADMIN.
      if (checked(setOption(descriptor, option.socket, forceReceiveRoom, bytes, 4)) < 0) {
        setOption(descriptor, option.socket, receiveRoom, bytes, 4);
      }
      const address = addressOf(groups);
      const bound = checked(bind()(descriptor, address, address.length));
      if (bound >= 0) return descriptor;
      close()(descriptor);
      return bound;
    },
    deviceName(descriptor, index) {
      const request = Buffer.alloc(deviceRequest.size);
      request.writeUInt32LE(index, deviceRequest.name);
      if (checked(ioctl()(descriptor, nameOfDevice, request)) < 0) return null;
      const name = request.subarray(0, deviceRequest.name);
      const end = name.indexOf(0);
      return decodeText(end < 0 ? name : name.subarray(0, end)) || null;
    },
    waitForAny(descriptors, timeout) {
      return checked(poll()(pollListOf(descriptors), descriptors.length, timeout));
    },
    readAhead(descriptor) {
      return ahead()(descriptor);
    },
    openFile(path) {
      return checked(open()(Buffer.from(`${path}\0`), type.closeOnExec));
    },
    receive(descriptor, bytes) {
      return checked(receive()(descriptor, bytes, bytes.length, unwaiting));
    },
    enterNetwork(descriptor) {
      return checked(setns()(descriptor, newNetwork));
    },
  };
}

/** `struct timeval` of milliseconds: seconds and microseconds, 64 bits each. */
function timeOf(milliseconds: number): Buffer {
  const time = Buffer.alloc(16);
  time.writeBigInt64LE(BigInt(Math.trunc(milliseconds / 1000)), 0);
  time.writeBigInt64LE(BigInt((milliseconds % 1000) * 1000), 8);
  return time;
}

/** `struct sockaddr_nl`: the family, a port that the kernel assigns, the groups. */
function addressOf(groups: number): Buffer {
  const address = Buffer.alloc(12);
  address.writeUInt16LE(family.netlink, 0);
  address.writeUInt32LE(groups, 8);
  return address;
}

/** A `struct pollfd` for each descriptor: itself, the events waited for, the events that occurred. */
function pollListOf(descriptors: readonly number[]): Buffer {
  const list = Buffer.alloc(8 * descriptors.length);
  for (const [at, descriptor] of descriptors.entries()) {
    list.writeInt32LE(descriptor, 8 * at);
    list.writeInt16LE(readable, 8 * at + 4);
  }
  return list;
}
