import { closeSync, readSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadLibc } from '../../../../src/sources/linux/libc.ts';
import { endsAnswer, largestDatagram } from '../../../../src/sources/linux/netlink/datagrams.ts';
import { readerAhead } from '../../../../src/sources/linux/netlink/read-ahead.ts';
import {
  inetRequest,
  listenState,
  shownStates,
} from '../../../../src/sources/linux/netlink/sock-diag.ts';
import type { Native } from '../../../../src/sources/native.ts';

const errno = { EIO: 5, EAGAIN: 11, EINPROGRESS: 115 } as const;
const unwaiting = 0o4000;

/** glibc on a machine of its own: a memory, a descriptor and what reading from it gives in turn. */
interface FakeLibc {
  readonly descriptor: number;
  readonly native: Native;
  /** The flags of the descriptor. */
  flags: number;
  /** Blocks of memory that are allocated, by address. */
  readonly allocated: Set<number>;
  /** How often a reader slept. */
  slept: number;
}

interface Machine {
  /** Texts of datagrams, or errors. */
  readonly answers: readonly (string | number)[];
  /** How many reads can be started; more are refused. */
  readonly starts?: number;
  /** A read is not finished before its reader sleeps. */
  readonly isSlow?: boolean;
  /** Functions that libc lacks. */
  readonly lacks?: string;
  readonly hasMemory?: boolean;
  readonly processors?: number;
}

function fakeLibc(machine: Machine): FakeLibc {
  const { starts = Infinity, isSlow = false, lacks, hasMemory = true, processors = 2 } = machine;
  const answers = [...machine.answers];
  const base = 0x7000_0000;
  const memory = Buffer.alloc(2 ** 20);
  const errors = new Map<number, number>();
  const lengths = new Map<number, number>();
  const queue: number[] = [];
  let started = 0;
  const finishNext = () => {
    const control = queue.shift() as number;
    const answer = answers.shift() ?? errno.EAGAIN;
    errors.set(control, typeof answer === 'number' ? answer : 0);
    lengths.set(control, typeof answer === 'number' ? -1 : answer.length);
    if (typeof answer === 'number') return;
    expect(memory.readInt32LE(control - base)).toBe(fake.descriptor);
    expect(memory.readBigUInt64LE(control - base + 24)).toBe(BigInt(largestDatagram));
    memory.write(answer, Number(memory.readBigUInt64LE(control - base + 16)) - base, 'latin1');
  };
  const functions: Record<string, (...args: never[]) => unknown> = {
    gnu_get_libc_version: () => 0,
    get_nprocs: () => processors,
    malloc(size: number) {
      expect(size).toBeLessThanOrEqual(memory.length);
      if (!hasMemory) return 0;
      fake.allocated.add(base);
      return BigInt(base);
    },
    free(address: number) {
      expect(queue).toEqual([]);
      expect(fake.allocated.delete(address)).toBe(true);
    },
    memcpy(to: number | Uint8Array, from: number | Uint8Array, length: number) {
      if (typeof to === 'number') memory.set((from as Uint8Array).subarray(0, length), to - base);
      else to.set(memory.subarray((from as number) - base, (from as number) - base + length));
    },
    fcntl(descriptor: number, command: number, flags: number) {
      expect(descriptor).toBe(fake.descriptor);
      if (command === 4) fake.flags = flags;
      return fake.flags;
    },
    aio_read(control: number) {
      if (started === starts) return -1;
      started++;
      errors.set(control, errno.EINPROGRESS);
      queue.push(control);
      if (!isSlow) finishNext();
      return 0;
    },
    aio_error: (control: number) => errors.get(control),
    aio_return: (control: number) => BigInt(lengths.get(control) as number),
    aio_suspend(list: number) {
      fake.slept++;
      const control = Number(memory.readBigUInt64LE(list - base));
      while (errors.get(control) === errno.EINPROGRESS) finishNext();
      return 0;
    },
  };
  const func = (declaration: string) => {
    const name = /(\w+)\(/.exec(declaration)?.[1] as string;
    if (name === lacks) throw new Error(`cannot find ${name}`);
    return functions[name];
  };
  const fake = {
    native: { load: () => ({ func }), errno: () => 0 } as unknown as Native,
    descriptor: 7,
    flags: 2,
    allocated: new Set<number>(),
    slept: 0,
  };
  return fake;
}

/** Everything that is read ahead, until the reader must continue by itself or there is an error. */
function readAll(fake: FakeLibc): (string | number)[] | null {
  const ahead = readerAhead(fake.native)(7);
  if (ahead === null) return null;
  const bytes = Buffer.alloc(largestDatagram);
  const all: (string | number)[] = [];
  for (;;) {
    const got = ahead.next(bytes);
    if (got === null) break;
    all.push(got < 0 ? got : bytes.toString('latin1', 0, got));
    if (got < 0) break;
  }
  ahead.stop();
  return all;
}

const answers = Array.from({ length: 100 }, (_, i) => `datagram ${i}`);
const supported = process.arch === 'x64' || process.arch === 'arm64';

describe.skipIf(!supported)('datagrams read ahead', () => {
  it.each([false, true])('come in order, if each read takes a while: %s', (isSlow) => {
    const fake = fakeLibc({ answers, isSlow });
    expect(readAll(fake)).toEqual(answers);
    expect(fake.allocated.size).toBe(0);
  });

  it('wake their reader for several at once', () => {
    const fake = fakeLibc({ answers, isSlow: true });
    readAll(fake);
    expect(fake.slept).toBeLessThan(answers.length / 3);
  });

  it('end where nothing more is there, and the descriptor waits again', () => {
    const fake = fakeLibc({ answers: ['one', errno.EAGAIN, 'two'] });
    const ahead = readerAhead(fake.native)(7);
    expect(fake.flags).toBe(2 | unwaiting);
    const bytes = Buffer.alloc(largestDatagram);
    expect([ahead?.next(bytes), ahead?.next(bytes), ahead?.next(bytes)]).toEqual([3, 3, null]);
    expect(fake.flags).toBe(2);
    ahead?.stop();
  });

  it('pass on what an error is, in its turn', () => {
    expect(readAll(fakeLibc({ answers: ['one', errno.EIO, 'two'] }))).toEqual(['one', -errno.EIO]);
  });

  it('are cut to the room there is', () => {
    const fake = fakeLibc({ answers: ['a long one'] });
    const bytes = Buffer.alloc(4);
    expect(readerAhead(fake.native)(7)?.next(bytes)).toBe(4);
    expect(bytes.toString()).toBe('a lo');
  });

  it.each([1, 5, 16, 40])('go on by themselves after %i, if no more can be started', (starts) => {
    expect(readAll(fakeLibc({ answers, starts }))).toEqual(answers.slice(0, starts));
  });

  it.each<[string, Machine]>([
    ['no thread', { answers, starts: 0 }],
    ['one processor', { answers, processors: 1 }],
    ['no memory', { answers, hasMemory: false }],
    ['no glibc', { answers, lacks: 'gnu_get_libc_version' }],
    ['a glibc with these functions elsewhere', { answers, lacks: 'aio_read' }],
  ])('are none with %s', (_, machine) => {
    const fake = fakeLibc(machine);
    expect(readAll(fake)).toBeNull();
    expect(fake.flags).toBe(2);
    expect(fake.allocated.size).toBe(0);
  });

  it('leave no memory if nobody wants the rest', () => {
    const fake = fakeLibc({ answers, isSlow: true });
    const ahead = readerAhead(fake.native)(7);
    ahead?.next(Buffer.alloc(largestDatagram));
    ahead?.stop();
    expect(fake.allocated.size).toBe(0);
  });
});

const libc = loadLibc();
const socketOf = () => libc?.openSockDiag(1000) ?? -1;
const probe = socketOf();
if (probe >= 0) closeSync(probe);

describe.skipIf(probe < 0)("the kernel's answer", () => {
  it.each([listenState, shownStates])('is the same read ahead, for states %i', (states) => {
    const request = inetRequest({
      ...{ family: 'inet', protocol: 'tcp', states, attributes: [], sequence: 1 },
    });
    const fd = socketOf();
    writeSync(fd, request);
    const ahead = libc?.readAhead(fd) ?? null;
    const bytes = Buffer.alloc(2 * largestDatagram);
    // Where libc cannot, the reader reads by itself.
    const next = () => ahead?.next(bytes) ?? readSync(fd, bytes, 0, bytes.length, null);
    let got = next();
    while (got > 0 && !endsAnswer(bytes, 0, got)) got = next();
    expect(got).toBeGreaterThan(0);
    if (ahead !== null) expect(ahead.next(bytes)).toBeNull();
    ahead?.stop();
    closeSync(fd);
  });
});
