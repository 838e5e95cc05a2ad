import type { Native } from '../../native.ts';
import { largestDatagram } from './datagrams.ts';

/** Datagrams that are read ahead of their reader, by a thread that libc starts (aio(7)). */
export interface ReadAhead {
  /**
   * Copies the next datagram into `bytes`: its length; negative: an errno, negated. null: no more are read ahead, and
   * the reader must read the next one by itself.
   */
  next(bytes: Uint8Array): number | null;
  /** Waits until the thread no longer uses the descriptor. Call once. */
  stop(): void;
}

/** How many datagrams are read ahead. */
const slotCount = 8;

/** A reader who has to wait does so for this many, since waking a thread takes as long as reading a datagram. */
const perWaking = slotCount / 2;

/** glibc's `struct aiocb` on 64-bit processors: its size and its fields' offsets (<bits/types/struct_aiocb.h>). */
const control = { size: 168, descriptor: 0, bytes: 16, length: 24, notify: 44 } as const;

/** The processors for which that is so. */
const processors: ReadonlySet<string> = new Set(['x64', 'arm64']);

/** The memory: the controls, a list of one for each of them, the datagrams. */
const listsAt = slotCount * control.size;
const datagramsAt = 4096;
const memorySize = datagramsAt + slotCount * largestDatagram;

/** <signal.h>: SIGEV_NONE; <fcntl.h>: F_GETFL, F_SETFL, O_NONBLOCK; <asm-generic/errno.h>: EAGAIN, EINPROGRESS. */
const notifyNobody = 1;
const flags = { get: 3, set: 4, unwaiting: 0o4000 } as const;
const wouldBlock = 11;
const inProgress = 115;

/** The functions of libc. Addresses are numbers. */
interface Calls {
  allocate(size: number): number;
  free(memory: number): void;
  copyTo(memory: number, bytes: Uint8Array, length: number): void;
  copyFrom(bytes: Uint8Array, memory: number, length: number): void;
  processors(): number;
  fileControl(descriptor: number, command: number, flags: number): number;
  start(control: number): number;
  errorOf(control: number): number;
  lengthOf(control: number): number;
  waitFor(list: number, length: number, timeout: number): number;
}

/** @throws if one is missing */
function callsOf(native: Native): Calls {
  const libc = native.load(null);
  // Only glibc has it, and reads in turn: musl starts a thread for each read.
  libc.func('void *gnu_get_libc_version()');
  const numeric = (declaration: string) => {
    const call = libc.func(declaration);
    return (...args: number[]) => Number(call(...args));
  };
  return {
    allocate: numeric('size_t malloc(size_t)'),
    free: libc.func('void free(size_t)'),
    copyTo: libc.func('void memcpy(size_t, const void *, size_t)'),
    copyFrom: libc.func('void memcpy(void *, size_t, size_t)'),
    processors: numeric('int get_nprocs()'),
    fileControl: numeric('int fcntl(int, int, int)'),
    start: numeric('int aio_read(size_t)'),
    errorOf: numeric('int aio_error(size_t)'),
    lengthOf: numeric('long aio_return(size_t)'),
    waitFor: numeric('int aio_suspend(size_t, int, size_t)'),
  };
}

/**
 * Returns what reads ahead from a netlink socket to which a request has been sent. null: this libc cannot; and from
 * the function: it has no memory or no thread for it, or no second processor to run it.
 */
export function readerAhead(native: Native): (descriptor: number) => ReadAhead | null {
  let calls: Calls | null = null;
  try {
    if (processors.has(process.arch)) calls = callsOf(native);
  } catch {
    // The reader reads by itself.
  }
  return (descriptor) =>
    calls !== null && calls.processors() > 1 ? readAhead(calls, descriptor) : null;
}

/**
 * The thread writes into memory of libc's. V8 would free its own although the thread still used it, if a worker of
 * a program that uses the library were terminated.
 */
function readAhead(calls: Calls, descriptor: number): ReadAhead | null {
  const memory = calls.allocate(memorySize);
  if (memory === 0) return null;
  const controlOf = (slot: number) => memory + slot * control.size;
  const listOf = (slot: number) => memory + listsAt + slot * 8;
  const datagramOf = (slot: number) => memory + datagramsAt + slot * largestDatagram;
  const head = Buffer.alloc(datagramsAt);
  for (let slot = 0; slot < slotCount; slot++) {
    const at = slot * control.size;
    head.writeInt32LE(descriptor, at + control.descriptor);
    head.writeBigUInt64LE(BigInt(datagramOf(slot)), at + control.bytes);
    head.writeBigUInt64LE(BigInt(largestDatagram), at + control.length);
    head.writeInt32LE(notifyNobody, at + control.notify);
    head.writeBigUInt64LE(BigInt(controlOf(slot)), listsAt + slot * 8);
  }
  calls.copyTo(memory, head, head.length);

  // Until its last datagram an answer always has one: the kernel makes it when the one before is read. Then a read
  // must not wait.
  const waiting = calls.fileControl(descriptor, flags.get, 0);
  calls.fileControl(descriptor, flags.set, waiting | flags.unwaiting);
  /** The slots that are being read or have been read: from `first` on, in this order. */
  let first = 0;
  let used = 0;
  while (used < slotCount && calls.start(controlOf(used)) === 0) used++;

  /** Waits until the slot that comes `after` the first has been read. */
  function waitFor(after: number): void {
    const slot = (first + after) % slotCount;
    while (calls.errorOf(controlOf(slot)) === inProgress) calls.waitFor(listOf(slot), 1, 0);
  }
  function end(): null {
    calls.fileControl(descriptor, flags.set, waiting);
    return null;
  }
  if (used === 0) {
    end();
    calls.free(memory);
    return null;
  }
  return {
    next(bytes) {
      while (used > 0) {
        const slot = first;
        if (calls.errorOf(controlOf(slot)) === inProgress) waitFor(Math.min(perWaking, used) - 1);
        waitFor(0);
        const error = calls.errorOf(controlOf(slot));
        const length = Math.min(calls.lengthOf(controlOf(slot)), bytes.length);
        first = (first + 1) % slotCount;
        used--;
        if (error === wouldBlock) continue;
        if (error !== 0) return -error;
        calls.copyFrom(bytes, datagramOf(slot), length);
        // The slots between are in use, so that it is the last one again.
        if (used === slotCount - 1 && calls.start(controlOf(slot)) === 0) used++;
        return length;
      }
      return end();
    },
    stop() {
      for (; used > 0; used--, first = (first + 1) % slotCount) waitFor(0);
      calls.free(memory);
    },
  };
}
