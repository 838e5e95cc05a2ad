/** What `get` returns for an inode that is not in the index. */
export const notFound = -1;

/**
 * A map from inode to a small number ≥ 0, in typed arrays: a tenth of the memory of a Map, and no work for the
 * garbage collector. Open addressing with linear probing. Inodes are consecutive, and as they are would fill long
 * runs of slots that a miss has to walk through: they are spread by multiplicative hashing (Knuth, TAOCP 6.4),
 * which uses the upper bits.
 */
export interface InodeIndex {
  readonly size: number;
  get(inode: number): number;
  set(inode: number, value: number): void;
}

/** 2³² divided by the golden ratio. */
const goldenRatio = 0x9e3779b1;

/** The shift that keeps as many of 32 bits as index the slots. */
function shiftFor(capacity: number): number {
  return Math.clz32(capacity) + 1;
}

/** An empty index with room for `expected` inodes; it grows as needed. */
export function inodeIndex(expected = 1024): InodeIndex {
  let capacity = 1024;
  while (capacity < expected * 2) capacity *= 2;
  // 0 is not an inode, so it marks an empty slot.
  let keys = new Float64Array(capacity);
  let values = new Int32Array(capacity);
  let size = 0;
  let shift = shiftFor(capacity);

  function slotOf(inode: number): number {
    let slot = Math.imul(inode, goldenRatio) >>> shift;
    while (keys[slot] !== 0 && keys[slot] !== inode) slot = (slot + 1) & (capacity - 1);
    return slot;
  }

  function put(inode: number, value: number): void {
    const slot = slotOf(inode);
    if (keys[slot] === 0) size++;
    keys[slot] = inode;
    values[slot] = value;
  }

  function grow(): void {
    const [oldKeys, oldValues] = [keys, values];
    capacity *= 2;
    keys = new Float64Array(capacity);
    values = new Int32Array(capacity);
    shift = shiftFor(capacity);
    size = 0;
    for (let slot = 0; slot < oldKeys.length; slot++) {
      const inode = oldKeys[slot] as number;
      if (inode !== 0) put(inode, oldValues[slot] as number);
    }
  }

  return {
    get size() {
      return size;
    },
    get(inode) {
      const slot = slotOf(inode);
      return keys[slot] === 0 ? notFound : (values[slot] as number);
    },
    set(inode, value) {
      if (size * 2 >= capacity) grow();
      put(inode, value);
    },
  };
}
