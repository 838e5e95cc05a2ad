/**
 * What the thread that listens and whoever takes what it heard share: records, one behind another, round and
 * round. One side writes, the other reads; where there is no room the writer waits, and the kernel keeps what
 * comes meanwhile, as much as it may.
 */
export interface ClosingRing {
  readonly control: Int32Array;
  readonly bytes: Buffer;
}

/** As it is handed to the thread. */
export interface ClosingRingMemory {
  readonly control: SharedArrayBuffer;
  readonly bytes: SharedArrayBuffer;
}

/** Where in `control` what stands. */
export const at = {
  /** Where the next record is written, and where the next one is read: the same where there is none. */
  written: 0,
  taken: 1,
  /** 1: the reader wants to be woken by the next record. */
  wanted: 2,
  /** 1: the thread shall end. */
  stop: 3,
  /** How often the thread was told something: it waits here while it has no descriptor to wait for. */
  orders: 4,
} as const;

/** Some ten thousand closes: two seconds of the most that is counted with. */
const defaultSize = 4 * 1024 * 1024;

/** Of a record: the length of its bytes, the number of its descriptor, and when, on the steady clock. */
const headSize = 16;
/** Lengths that mean something else: the kernel lost some; the next record is at the beginning. */
const [overrun, wrap] = [-1, -2];

/** Memory for a ring of so many bytes, a multiple of 8, all zeros: nothing written. */
export function closingRingMemory(size = defaultSize): ClosingRingMemory {
  return {
    control: new SharedArrayBuffer(Object.keys(at).length * Int32Array.BYTES_PER_ELEMENT),
    bytes: new SharedArrayBuffer(size),
  };
}

/** Either side's view of a ring. */
export function closingRingIn({ control, bytes }: ClosingRingMemory): ClosingRing {
  return { control: new Int32Array(control), bytes: Buffer.from(bytes) };
}

/** What is written: a datagram, or null where the kernel lost some. */
export type Heard = Uint8Array | null;

function sizeOf(length: number): number {
  return headSize + ((length + 7) & ~7);
}

/**
 * Writes a record: what was heard, of the descriptor of that number, at that time. False where there is no
 * room for it.
 */
export function put(
  { control, bytes }: ClosingRing,
  number: number,
  time: number,
  heard: Heard,
): boolean {
  const size = sizeOf(heard?.length ?? 0);
  const taken = Atomics.load(control, at.taken);
  let written = control[at.written] as number;
  // What is written never reaches what was not taken: that would look like nothing.
  if (written >= taken) {
    if (bytes.length - written < size + headSize) {
      if (taken <= size) return false;
      bytes.writeInt32LE(wrap, written);
      written = 0;
    }
  } else if (taken - written <= size) {
    return false;
  }
  bytes.writeInt32LE(heard === null ? overrun : heard.length, written);
  bytes.writeInt32LE(number, written + 4);
  bytes.writeDoubleLE(time, written + 8);
  if (heard !== null) bytes.set(heard, written + headSize);
  Atomics.store(control, at.written, written + size);
  return true;
}

/** Takes all records that are there; their bytes are good until `take` returns. */
export function take(
  { control, bytes }: ClosingRing,
  each: (number: number, time: number, heard: Buffer | null) => void,
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
    const heard = length === overrun ? null : bytes.subarray(first, first + length);
    each(bytes.readInt32LE(next + 4), bytes.readDoubleLE(next + 8), heard);
    next += sizeOf(Math.max(0, length));
    Atomics.store(control, at.taken, next);
  }
  // A writer that found no room may wait.
  Atomics.notify(control, at.taken);
}

/** Whether there is nothing to take. */
export function isEmpty({ control }: ClosingRing): boolean {
  return Atomics.load(control, at.written) === Atomics.load(control, at.taken);
}
