import { describe, expect, it } from 'vitest';
import {
  closingRingIn,
  closingRingMemory,
  isEmpty,
  put,
  take,
} from '../../../../src/sources/linux/closings/ring.ts';

function ringOf(size: number) {
  return closingRingIn(closingRingMemory(size));
}

function all(
  ring: ReturnType<typeof ringOf>,
): readonly (readonly [number, number, string | null])[] {
  const taken: [number, number, string | null][] = [];
  take(ring, (number, time, heard) =>
    taken.push([number, time, heard === null ? null : String(heard)]),
  );
  return taken;
}

describe('the ring of what was received', () => {
  it('gives what was put into it, in order, once', () => {
    const ring = ringOf(1024);
    expect(isEmpty(ring)).toBe(true);
    expect(put(ring, 1, 1.5, Buffer.from('first'))).toBe(true);
    expect(put(ring, 2, 2.5, null)).toBe(true);
    expect(put(ring, 3, 3.5, -1)).toBe(true);
    expect(put(ring, 4, 4.5, -4095)).toBe(true);
    expect(isEmpty(ring)).toBe(false);
    expect(all(ring)).toEqual([
      [1, 1.5, 'first'],
      [2, 2.5, null],
      [3, 3.5, '-1'],
      [4, 4.5, '-4095'],
    ]);
    expect(isEmpty(ring)).toBe(true);
    expect(all(ring)).toEqual([]);
  });

  it('refuses what it has no room for, and takes it once there is', () => {
    const ring = ringOf(128);
    let count = 0;
    while (put(ring, count, 0, Buffer.from('0123456789'))) count++;
    expect(count).toBe(3);
    expect(all(ring)).toHaveLength(3);
    expect(put(ring, 9, 0, Buffer.from('0123456789'))).toBe(true);
    expect(all(ring)).toEqual([[9, 0, '0123456789']]);
  });

  it('a record is never larger than the ring', () => {
    const ring = ringOf(64);
    expect(put(ring, 1, 0, Buffer.alloc(100))).toBe(false);
    expect(all(ring)).toEqual([]);
  });

  it('nothing is lost or changed by wrapping around, whatever the lengths', () => {
    const ring = ringOf(256);
    const sent: string[] = [];
    const got: string[] = [];
    for (let i = 0; i < 2000; i++) {
      const text = String(i).padEnd(1 + ((i * 7) % 60), '.');
      while (!put(ring, i, i, Buffer.from(text))) {
        const taken = all(ring);
        expect(taken.length).toBeGreaterThan(0);
        got.push(...taken.map(([, , one]) => one ?? ''));
      }
      sent.push(text);
      if (i % 3 === 0) got.push(...all(ring).map(([, , one]) => one ?? ''));
    }
    got.push(...all(ring).map(([, , one]) => one ?? ''));
    expect(got).toEqual(sent);
  });
});
