import type { WalkDepth } from '../owners/socket-descriptors.ts';
import type { Assembler, Register } from './instructions.ts';

/**
 * A bitmap of the wanted sockets, indexed by the lowest bits of the inode. Others with the same bits are reported too.
 */
export const wantedBits = { inodeBits: 16, bytes: 2 ** 16 / 8 } as const;

/**
 * Behind the bitmap: a byte for each open file, indexed by some bits of its address, which is a multiple of 64.
 * A file with the same bits as a marked one counts as marked too.
 */
const fileMarks = { aligned: 6, addressBits: 16, bytes: 2 ** 16 } as const;

/** Returns a bitmap of these inodes; for `all` including 0, which stands for anonymous files. */
export function bitsOf(inodes: Iterable<number>, depth: WalkDepth): Buffer {
  return bitmap(wantedBits.bytes, inodes, depth);
}

/** Returns a bitmap of these inodes, and room for the marks of their files. */
export function bitsAndMarks(inodes: Iterable<number>): Buffer {
  return bitmap(wantedBits.bytes + fileMarks.bytes, inodes, 'netstat');
}

function bitmap(size: number, inodes: Iterable<number>, depth: WalkDepth): Buffer {
  const bits = Buffer.alloc(size);
  if (depth === 'all') bits[0] = 1;
  for (const inode of inodes) {
    const low = inode % 2 ** wantedBits.inodeBits;
    bits[low >> 3] = (bits[low >> 3] as number) | (1 << (low & 7));
  }
  return bits;
}

/** Leaves unless the bit of the inode in register 3 is set. `wanted`: the descriptor of a map with the bitmap. */
export function leaveUnlessWanted(assembly: Assembler, wanted: number): void {
  const { add, copy, load, keepBits } = assembly;
  assembly.addressOfValue(1, wanted);
  copy(2, 3);
  keepBits(2, 2 ** wantedBits.inodeBits - 1);
  copy(4, 2);
  assembly.shiftRightBy(4, 3);
  add(1, 4);
  load(1, 4, 1, 0);
  keepBits(2, 7);
  assembly.shiftRight(4, 2);
  keepBits(4, 1);
  assembly.leaveIf(4, '==', 0);
}

/** `to = ` address of the mark of the file whose address is in a register; 2 is overwritten. */
export function addressOfMark(assembly: Assembler, to: 1, file: Register, shared: number): void {
  const { add, addNumber, copy, keepBits } = assembly;
  assembly.addressOfValue(to, shared);
  addNumber(to, wantedBits.bytes);
  copy(2, file);
  assembly.shiftRightBy(2, fileMarks.aligned);
  keepBits(2, 2 ** fileMarks.addressBits - 1);
  add(to, 2);
}
