/**
 * Memory shared by a reading thread and its reader: slots that are filled in turn, and both positions. Each side
 * waits for the other where necessary.
 */
export interface Ring {
  readonly control: Int32Array;
  readonly slots: readonly Uint8Array[];
}

/** A ring's memory as it is sent to the thread. */
export interface RingMemory {
  readonly control: SharedArrayBuffer;
  readonly slots: SharedArrayBuffer;
}

const slotCount = 8;
const slotSize = 64 * 1024;

/** The indexes in `control`; the lengths of the slots follow. */
export const at = {
  /** The thread's ID, once it waits for its turn; 0 before. */
  ready: 0,
  /** One of `turn`. */
  turn: 1,
  /** How many slots have been filled. */
  filled: 2,
  /** How many of them have been emptied. */
  emptied: 3,
  /** 1 once the thread has stopped reading. */
  ended: 4,
  lengths: 5,
} as const;

/** Whether the thread may read, or must stop. */
export const turn = { wait: 0, read: 1, stop: 2 } as const;

/** The length of a slot that stands for an error: the reader continues by itself from there. */
export const failed = -1;

/** Memory for a ring, all zeros: nothing read, no turn yet. */
export function ringMemory(): RingMemory {
  return {
    control: new SharedArrayBuffer((at.lengths + slotCount) * 4),
    slots: new SharedArrayBuffer(slotCount * slotSize),
  };
}

/** Resets the memory for another reading, once neither side uses it any more. */
export function clearedRing(memory: RingMemory): RingMemory {
  new Int32Array(memory.control).fill(0);
  return memory;
}

/** A view of a ring, for either side. */
export function ringIn(memory: RingMemory): Ring {
  return {
    control: new Int32Array(memory.control),
    slots: Array.from(
      { length: slotCount },
      (_, slot) => new Uint8Array(memory.slots, slot * slotSize, slotSize),
    ),
  };
}
