/**
 * What a reading thread and its reader share: slots that are filled in turn, and how far both are.
 * Each side waits for the other where it has to.
 */
export interface Ring {
  readonly control: Int32Array;
  readonly slots: readonly Uint8Array[];
}

/** As it is handed to the thread. */
export interface RingMemory {
  readonly control: SharedArrayBuffer;
  readonly slots: SharedArrayBuffer;
}

const slotCount = 8;
const slotSize = 64 * 1024;

/** Where in `control` what stands; the lengths of the slots stand after. */
export const at = {
  /** The thread's ID, once it waits for its turn; 0 before. */
  ready: 0,
  /** 1: the thread may read; 2: it shall stop. */
  turn: 1,
  /** How many slots were filled so far. */
  filled: 2,
  /** How many of them were emptied. */
  emptied: 3,
  /** 1 once the thread reads no more. */
  ended: 4,
  lengths: 5,
} as const;

/** What stands at `turn`: whether the thread may read, or shall stop. */
export const turn = { wait: 0, read: 1, stop: 2 } as const;

/** The length of a slot that stands for an error: the reader goes on by itself from there. */
export const failed = -1;

/** Memory for a ring, all zeros: nothing read, no turn given. */
export function ringMemory(): RingMemory {
  return {
    control: new SharedArrayBuffer((at.lengths + slotCount) * 4),
    slots: new SharedArrayBuffer(slotCount * slotSize),
  };
}

/** The same for another reading, once neither side uses it any more. */
export function clearedRing(memory: RingMemory): RingMemory {
  new Int32Array(memory.control).fill(0);
  return memory;
}

/** Either side's view of a ring. */
export function ringIn(memory: RingMemory): Ring {
  return {
    control: new Int32Array(memory.control),
    slots: Array.from(
      { length: slotCount },
      (_, slot) => new Uint8Array(memory.slots, slot * slotSize, slotSize),
    ),
  };
}

/** Sets a value, and wakes whoever waits for it to change. */
export function signal(control: Int32Array, place: number, value: number): void {
  Atomics.store(control, place, value);
  Atomics.notify(control, place);
}
