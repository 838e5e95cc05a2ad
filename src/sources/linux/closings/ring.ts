/**
 * Memory shared by the listening thread and its reader: a ring buffer of records. One side writes, the other reads;
 * if it is full the writer waits, and the kernel buffers what comes meanwhile, as far as it can.
 */
export interface ClosingRing {
  readonly control: Int32Array;
  readonly bytes: Buffer;
}

/** A ring's memory as it is sent to the thread. */
export interface ClosingRingMemory {
  readonly control: SharedArrayBuffer;
  readonly bytes: SharedArrayBuffer;
}

/** The indexes of the fields in `control`. */
export const at = {
  /** The offsets of the next record to write and to read: equal if the ring is empty. */
  written: 0,
  taken: 1,
  /** 1: the next record must wake the reader. */
  wanted: 2,
  /** One of `stops`: whether the thread must end. */
  stop: 3,
  /** The number of orders sent to the thread, which waits here while it has no descriptor to wait for. */
  orders: 4,
  /** 1: the thread has loaded libc. */
  loaded: 5,
} as const;

/** When the thread must end: not yet, once what it has read is in the ring, or at once, since nobody reads that. */
export const stops = { not: 0, whenPut: 1, atOnce: 2 } as const;

/** Some ten thousand closes: two seconds at the highest expected rate. */
const defaultSize = 4 * 1024 * 1024;

/** A record's header: the length of its bytes, the number of its descriptor, and the time on the steady clock. */
const headSize = 16;
/** Special lengths: the kernel lost some messages; the next record is at the beginning. */
const [overrun, wrap] = [-1, -2];
/** Lengths below it: it, and a negated errno with which reading ended. */
const failure = -0x10000;

/** Memory for an empty ring of `size` bytes, a multiple of 8. */
export function closingRingMemory(size = defaultSize): ClosingRingMemory {
  return {
    control: new SharedArrayBuffer(Object.keys(at).length * Int32Array.BYTES_PER_ELEMENT),
    bytes: new SharedArrayBuffer(size),
  };
}

/** Resets the memory to that of an empty ring, once neither side uses it any more. */
export function clearedClosingRing(memory: ClosingRingMemory): ClosingRingMemory {
  new Int32Array(memory.control).fill(0);
  return memory;
}

/** A view of a ring, for either side. */
export function closingRingIn({ control, bytes }: ClosingRingMemory): ClosingRing {
  return { control: new Int32Array(control), bytes: Buffer.from(bytes) };
}

/**
 * A datagram; null: the kernel lost some; a number: nothing more can be read from the descriptor, for this errno,
 * negated.
 */
export type Heard<Bytes extends Uint8Array = Uint8Array> = Bytes | null | number;

const lengthOf = (heard: Heard) =>
  heard === null ? overrun : typeof heard === 'number' ? failure + heard : heard.length;

function sizeOf(length: number): number {
  return headSize + ((length + 7) & ~7);
}

/** Writes a record: what was received, on which descriptor, and when. False if there is no room for it. */
export function put(
  { control, bytes }: ClosingRing,
  number: number,
  time: number,
  heard: Heard,
): boolean {
  const length = lengthOf(heard);
  const size = sizeOf(Math.max(0, length));
  const taken = Atomics.load(control, at.taken);
  let written = control[at.written] as number;
  // The write offset must not reach the read offset: then the ring would look empty.
  if (written >= taken) {
    if (bytes.length - written < size + headSize) {
      if (taken <= size) return false;
      bytes.writeInt32LE(wrap, written);
      written = 0;
    }
  } else if (taken - written <= size) {
    return false;
  }
  bytes.writeInt32LE(length, written);
  bytes.writeInt32LE(number, written + 4);
  bytes.writeDoubleLE(time, written + 8);
  if (heard instanceof Uint8Array) bytes.set(heard, written + headSize);
  Atomics.store(control, at.written, written + size);
  return true;
}

/** Takes all records; their bytes are valid until `take` returns. */
export function take(
  { control, bytes }: ClosingRing,
  each: (number: number, time: number, heard: Heard<Buffer>) => void,
): void {
  const written = Atomics.load(control, at.written);
  let next = control[at.taken] as number;
  while (next !== written) {
    const length = bytes.readInt32LE(next);
    if (length === wrap) {
      next = 0;
      continue;
    }
    const first = next + headSize;
    each(bytes.readInt32LE(next + 4), bytes.readDoubleLE(next + 8), heardIn(bytes, first, length));
    next += sizeOf(Math.max(0, length));
    Atomics.store(control, at.taken, next);
  }
  // The writer may wait for room.
  Atomics.notify(control, at.taken);
}

/** What a record of this length says; its bytes begin at `first`. */
function heardIn(bytes: Buffer, first: number, length: number): Heard<Buffer> {
  if (length >= 0) return bytes.subarray(first, first + length);
  return length === overrun ? null : length - failure;
}

/** Whether there is nothing to take. */
export function isEmpty({ control }: ClosingRing): boolean {
  return Atomics.load(control, at.written) === Atomics.load(control, at.taken);
}
