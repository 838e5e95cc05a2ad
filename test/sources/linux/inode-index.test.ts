import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inodeIndex, notFound } from '../../../src/sources/linux/inode-index.ts';

/** As the kernel hands them out: 32 bits, and beyond (ino_t of 64 bits). */
const inode = fc.oneof(
  fc.integer({ min: 1, max: 3000 }),
  fc.integer({ min: 1, max: 0xffff_ffff }),
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
);

describe('inodeIndex', () => {
  it('remembers what a Map remembers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(inode, fc.nat()), { maxLength: 3000, size: 'max' }),
        fc.array(inode, { maxLength: 200 }),
        fc.nat({ max: 5000 }),
        (entries, others, expected) => {
          const index = inodeIndex(expected);
          const map = new Map<number, number>();
          for (const [key, value] of entries) {
            index.set(key, value);
            map.set(key, value);
          }
          expect(index.size).toBe(map.size);
          for (const key of [...map.keys(), ...others]) {
            expect(index.get(key)).toBe(map.get(key) ?? notFound);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('grows with hundreds of thousands that follow one another, in any order', () => {
    const index = inodeIndex();
    const count = 300_000;
    for (let at = 0; at < count; at++) index.set(8_000_000 + ((at * 7919) % count), at);
    expect(index.size).toBe(count);
    expect(index.get(8_000_000 + 7919)).toBe(1);
    expect(index.get(8_000_000 + count)).toBe(notFound);
  });
});
