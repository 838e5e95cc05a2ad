import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillRing } from '../../../../src/sources/linux/files/fill-ring.ts';
import type { Read } from '../../../../src/sources/linux/files/kernel-reads.ts';
import { emptying } from '../../../../src/sources/linux/files/read-thread.ts';
import {
  at,
  type Ring,
  ringIn,
  ringMemory,
  turn,
} from '../../../../src/sources/linux/files/ring.ts';

/** A ring whose thread already had its turn; what it holds must fit, since here nobody empties it meanwhile. */
function filled(bytes: Uint8Array, pieces: number, failsAt = Number.POSITIVE_INFINITY) {
  const ring = ringIn(ringMemory());
  ring.control[at.turn] = turn.read;
  let position = 0;
  fillRing(
    ring,
    (buffer, offset) => {
      if (position >= failsAt) throw new Error('EIO');
      const part = bytes.subarray(position, position + Math.min(pieces, buffer.length - offset));
      buffer.set(part, offset);
      position += part.length;
      return part.length;
    },
    id,
  );
  return ring;
}

/** The ID of a thread that is not one. */
const id = 12_345;
const alive = () => true;

/** A thread that wakes the reader three times before it fills the first slot. */
function wakesTooEarly({ control, slots }: Ring, text: string): Worker {
  const script = `
    const { workerData: { control, slot, at, text } } = require('node:worker_threads');
    const never = new Int32Array(new SharedArrayBuffer(4));
    for (let woken = 0; woken < 3; ) {
      const now = Atomics.notify(control, at.filled);
      if (now === 0) Atomics.wait(never, 0, 0, 1);
      woken += now;
    }
    slot.set(Buffer.from(text));
    control[at.lengths] = text.length;
    Atomics.store(control, at.filled, 1);
    Atomics.notify(control, at.filled);`;
  return new Worker(script, { eval: true, workerData: { control, slot: slots[0], at, text } });
}

/** Reads of a file that holds these bytes. */
function reads(bytes: Uint8Array): Read {
  let rest = bytes;
  return (buffer, offset) => {
    const part = rest.subarray(0, buffer.length - offset);
    buffer.set(part, offset);
    rest = rest.subarray(part.length);
    return part.length;
  };
}

function readAll(thread: ReturnType<typeof emptying>, size: number): Buffer | null {
  const chunks: Buffer[] = [];
  for (;;) {
    const buffer = Buffer.alloc(size);
    const got = thread.read(buffer, 0);
    if (got === null) return null;
    if (got === 0) return Buffer.concat(chunks);
    chunks.push(buffer.subarray(0, got));
  }
}

describe('the ring between a reading thread and its reader', () => {
  it('hands over every byte in order, whatever the sizes on both sides', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200_000, size: 'max' }),
        fc.integer({ min: 1000, max: 9000 }),
        fc.integer({ min: 500, max: 100_000 }),
        (bytes, pieces, size) => {
          const read = readAll(emptying(filled(bytes, pieces), alive), size);
          expect(read?.equals(bytes)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('leaves the reader to itself until the thread is there', () => {
    const thread = emptying(ringIn(ringMemory()), alive);
    expect(thread.read(Buffer.alloc(10), 0)).toBeNull();
    thread.stop();
  });

  it('hands over what was read before an error, then leaves the reader to itself', () => {
    const thread = emptying(filled(new Uint8Array(100_000).fill(7), 4096, 8192), alive);
    const buffer = Buffer.alloc(20_000);
    expect(thread.read(buffer, 0)).toBe(8192);
    expect(thread.read(buffer, 0)).toBeNull();
    expect(thread.read(buffer, 0)).toBeNull();
  });

  it('stops a thread that still waits for its turn', () => {
    const ring = ringIn(ringMemory());
    emptying(ring, alive).stop();
    let reads = 0;
    fillRing(
      ring,
      () => {
        reads++;
        return 0;
      },
      id,
    );
    expect(reads).toBe(0);
    expect(ring.control[at.ended]).toBe(1);
  });

  it('stops a thread that is just about to wait for room', () => {
    const ring = ringIn(ringMemory());
    const thread = emptying(ring, alive);
    const seen = Atomics.load(ring.control, at.emptied);
    thread.stop();
    expect(Atomics.wait(ring.control, at.emptied, seen, 0)).toBe('not-equal');
  });

  it('waits for a thread however long it takes, as long as there is one', () => {
    const ring = ringIn(ringMemory());
    ring.control[at.ready] = id;
    let looks = 0;
    const thread = emptying(
      ring,
      (asked) => {
        expect(asked).toBe(id);
        // It reads while it is looked at for the tenth time.
        if (++looks === 10) fillRing(ring, reads(Buffer.from('late')), id);
        return true;
      },
      1,
    );
    const buffer = Buffer.alloc(10);
    expect(thread.read(buffer, 0)).toBe(4);
    expect(buffer.toString('latin1', 0, 4)).toBe('late');
    expect([looks, thread.isLost]).toEqual([10, false]);
  });

  it('leaves the reader to itself if the thread died, and reports that it is lost', () => {
    const ring = ringIn(ringMemory());
    ring.control[at.ready] = id;
    const thread = emptying(ring, () => false, 1);
    expect(thread.read(Buffer.alloc(10), 0)).toBeNull();
    expect([thread.isLost, thread.read(Buffer.alloc(10), 0)]).toEqual([true, null]);
    thread.stop();
  });

  it('takes nothing before it is there, though woken', async () => {
    const ring = ringIn(ringMemory());
    ring.control[at.ready] = id;
    // Of the round before.
    ring.control[at.lengths] = 3;
    ring.slots[0]?.set(Buffer.from('old'));
    const thread = wakesTooEarly(ring, 'new');
    const buffer = Buffer.alloc(10);
    const got = emptying(ring, alive).read(buffer, 0);
    await thread.terminate();
    expect([got, buffer.toString('latin1', 0, 3)]).toEqual([3, 'new']);
  });

  it('takes what a thread handed over just before it died', () => {
    const ring = ringIn(ringMemory());
    ring.control[at.ready] = id;
    const lastWords = () => {
      fillRing(ring, reads(Buffer.from('last')), id);
      return false;
    };
    const thread = emptying(ring, lastWords, 1);
    expect([thread.read(Buffer.alloc(10), 0), thread.isLost]).toEqual([4, false]);
  });
});
