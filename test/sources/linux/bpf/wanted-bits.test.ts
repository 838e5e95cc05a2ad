import { describe, expect, it } from 'vitest';
import { bitsAndMarks, bitsOf, wantedBits } from '../../../../src/sources/linux/bpf/wanted-bits.ts';

describe('bitsOf', () => {
  const set = (inodes: readonly number[]) => {
    const bits: number[] = [];
    for (const [at, byte] of bitsOf(inodes, 'netstat').entries()) {
      for (let bit = 0; bit < 8; bit++) if ((byte >> bit) & 1) bits.push(at * 8 + bit);
    }
    return bits;
  };

  it.each<[readonly number[], readonly number[]]>([
    [[], []],
    [
      [0, 65_535],
      [0, 65_535],
    ],
    [
      [7, 8, 9],
      [7, 8, 9],
    ],
    [
      [65_536, 65_537],
      [0, 1],
    ],
    [[5, 5 + 65_536, 5 + 2 ** 20], [5]],
    [
      [2 ** 32 + 12, 2 ** 52 + 1],
      [1, 12],
    ],
    [
      [0xffff_ffff, 0x8000_0000],
      [0, 65_535],
    ],
  ])('sets, for %j, the bits %j', (inodes, bits) => {
    expect(set(inodes)).toEqual(bits);
  });

  it('is as long as the program takes it to be, whatever is wanted', () => {
    expect(bitsOf([], 'netstat')).toHaveLength(8192);
    expect(wantedBits).toEqual({ inodeBits: 16, bytes: 8192 });
  });
});

it('bitsAndMarks has the same bits, and a free mark for each of 65,536 addresses', () => {
  const inodes = [3, 77, 65_536 + 9];
  const both = bitsAndMarks(inodes);
  expect(both.subarray(0, wantedBits.bytes).equals(bitsOf(inodes, 'netstat'))).toBe(true);
  expect(both.subarray(wantedBits.bytes).equals(Buffer.alloc(65_536))).toBe(true);
});
