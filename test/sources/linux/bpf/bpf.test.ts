import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { loadBpf } from '../../../../src/sources/linux/bpf/bpf.ts';
import type { Native } from '../../../../src/sources/native.ts';
import { isOpen } from '../support/is-open.ts';

/** <linux/bpf.h> */
const [createMap, updateMap, loadProgram, runProgram, loadTypes] = [0, 2, 5, 10, 18];
const [createLink, createIterator] = [28, 33];

/** A call, with what it was given as it was then. */
interface Call {
  readonly number: number;
  readonly command: number;
  readonly attribute: Buffer;
  readonly length: number;
}

let given: number[] = [];
afterEach(() => {
  for (const descriptor of given.filter(isOpen)) closeSync(descriptor);
  given = [];
});

/** A kernel that gives real descriptors, but for one command, which fails with an errno. */
function fakeKernel(failing: number | null = null, errno = 0, answer = 0) {
  const calls: Call[] = [];
  const buffers: Buffer[] = [];
  let declaration = '';
  const syscall = (...[number, command, attribute, length]: unknown[]) => {
    calls.push({ number, command, attribute: Buffer.from(attribute as Buffer), length } as Call);
    if (command === failing) return -1n;
    if (command === updateMap) return 0n;
    if (command === runProgram) {
      (attribute as Buffer).writeInt32LE(answer, 4);
      return 0n;
    }
    const descriptor = openSync('.', 'r');
    given.push(descriptor);
    return BigInt(descriptor);
  };
  const native: Native = {
    version: '3.0.0',
    load(library) {
      expect(library).toBeNull();
      return {
        func(text) {
          declaration = text;
          return syscall;
        },
      };
    },
    decode: () => null,
    address: (buffer) => BigInt(buffers.push(buffer)) << 32n,
    errno: () => errno,
  };
  /** The bytes that a field of an attribute points to. */
  const pointed = (attribute: Buffer, at: number) =>
    buffers[Number(attribute.readBigUInt64LE(at) >> 32n) - 1];
  return { calls, native, pointed, declaration: () => declaration };
}

/** The numbers of four bytes that are not zero, by where they stand. */
function wordsOf(attribute: Buffer): Record<number, number> {
  const words: Record<number, number> = {};
  for (let at = 0; at < attribute.length; at += 4) {
    const word = attribute.readUInt32LE(at);
    if (word !== 0) words[at] = word;
  }
  return words;
}

const never = () => {
  throw new Error('not to be called');
};
const bound = (kernel: ReturnType<typeof fakeKernel>, arch = 'x64') => {
  const bpf = loadBpf(() => kernel.native, arch);
  if (bpf === null) throw new Error('cannot be had');
  return bpf;
};

describe('loadBpf', () => {
  it.each(['s390x', 'ia32', 'arm', 'ppc64', 'mips', 'toString', ''])(
    'has nothing on another processor, and loads nothing there: %j',
    (arch) => {
      expect(loadBpf(never, arch)).toBeNull();
    },
  );

  it.each<[string, () => unknown]>([
    ['is not installed', never],
    ['is of another interface', () => ({})],
    ['is nothing', () => null],
    ['has not the function', () => ({ load: () => ({ func: never }) })],
  ])('has nothing where the native part %s', (_, load) => {
    expect(loadBpf(load as () => Native, 'x64')).toBeNull();
  });

  it.each([
    ['x64', 321],
    ['arm64', 280],
    ['riscv64', 280],
    ['loong64', 280],
  ])('calls by the number that it has on %s', (arch, number) => {
    const kernel = fakeKernel();
    bound(kernel, arch).share(Buffer.alloc(4));
    expect(kernel.calls.map((call) => call.number)).toEqual([number, number]);
    expect(kernel.declaration()).toBe('long syscall(long, int, void *, unsigned int)');
  });
});

describe('share', () => {
  it('makes an array of one value and puts the bytes there', () => {
    const kernel = fakeKernel();
    const bytes = Buffer.from('some bytes');
    const map = bound(kernel).share(bytes);
    expect(given).toEqual([map]);
    expect(isOpen(map)).toBe(true);
    const [create, update] = kernel.calls as [Call, Call];
    expect([create.command, update.command]).toEqual([createMap, updateMap]);
    expect([create.length, update.length]).toEqual([16, 32]);
    // BPF_MAP_TYPE_ARRAY, key_size, value_size, max_entries.
    expect(wordsOf(create.attribute)).toEqual({ 0: 2, 4: 4, 8: 10, 12: 1 });
    expect(update.attribute.readUInt32LE(0)).toBe(map);
    expect(kernel.pointed(update.attribute, 8)).toEqual(Buffer.alloc(4));
    expect(kernel.pointed(update.attribute, 16)).toBe(bytes);
    expect(update.attribute.readBigUInt64LE(24)).toBe(0n);
  });

  it('gives the error where there can be no map', () => {
    const kernel = fakeKernel(createMap, 1);
    expect(bound(kernel).share(Buffer.alloc(1))).toBe(-1);
    expect(kernel.calls).toHaveLength(1);
  });

  it('gives the error where nothing can be put there, and keeps no map', () => {
    const kernel = fakeKernel(updateMap, 7);
    expect(bound(kernel).share(Buffer.alloc(1))).toBe(-7);
    expect(given.map(isOpen)).toEqual([false]);
  });
});

describe('answerOf', () => {
  const program = Buffer.alloc(16, 1);

  it.each([4711, 1, 0, -2, -22])('runs a program once, and returns its answer: %d', (answer) => {
    const kernel = fakeKernel(null, 0, answer);
    expect(bound(kernel).answerOf(program, 'GPL')).toBe(answer);
    const [load, run] = kernel.calls as [Call, Call];
    expect(kernel.calls.map(({ command }) => command)).toEqual([loadProgram, runProgram]);
    // BPF_PROG_TYPE_SYSCALL, insn_cnt; BPF_F_SLEEPABLE.
    const numbers = { 0: 31, 4: 2, 44: 16 };
    expect(wordsOf(load.attribute)).toMatchObject(numbers);
    expect(kernel.pointed(load.attribute, 8)).toBe(program);
    const known = new Set([0, 4, 8, 12, 16, 20, 44, 48, 52, 56]);
    const words = Object.keys(wordsOf(load.attribute)).map(Number);
    expect(words.filter((at) => !known.has(at))).toEqual([]);
    expect(wordsOf(run.attribute)).toEqual({ 0: given[0] });
    expect(given.map(isOpen)).toEqual([false]);
  });

  it.each([
    ['the program is refused', loadProgram, 1],
    ['it cannot be run', runProgram, 2],
  ])('gives the error where %s, and leaves nothing open', (_, failing, calls) => {
    const kernel = fakeKernel(failing, 13, 4711);
    expect(bound(kernel).answerOf(program, 'GPL')).toBe(-13);
    expect([kernel.calls.length, given.some(isOpen)]).toEqual([calls, false]);
  });
});

describe('iterate', () => {
  const fitting = {
    code: Buffer.alloc(40, 1),
    types: Buffer.alloc(100, 2),
    functions: Buffer.alloc(8, 3),
    relocations: Buffer.alloc(48, 4),
  };

  it('hands over what the kernel needs to fit a program to itself', () => {
    const kernel = fakeKernel();
    const answer = bound(kernel).iterate(fitting, 4711, 'GPL');
    const [types, load] = kernel.calls as [Call, Call];
    expect(kernel.calls.map(({ command }) => command)).toEqual([
      ...[loadTypes, loadProgram, createLink, createIterator],
    ]);
    expect(kernel.pointed(types.attribute, 0)).toBe(fitting.types);
    expect([types.length, types.attribute.readUInt32LE(16)]).toEqual([24, 100]);
    // prog_btf_fd, func_info_rec_size and _cnt, core_relo_cnt and _rec_size.
    const numbers = { 0: 26, 4: 5, 68: 28, 72: given[0], 76: 8, 88: 1, 108: 4711, 116: 3, 136: 16 };
    expect(wordsOf(load.attribute)).toMatchObject(numbers);
    expect(kernel.pointed(load.attribute, 8)).toBe(fitting.code);
    expect(kernel.pointed(load.attribute, 80)).toBe(fitting.functions);
    expect(kernel.pointed(load.attribute, 128)).toBe(fitting.relocations);
    expect(given.map(isOpen)).toEqual([false, false, false, true]);
    expect(answer).toBe(given[3]);
  });

  it.each([
    ['the description is refused', loadTypes, 1],
    ['the kernel does not fit it', loadProgram, 2],
  ])('gives the error where %s, and leaves nothing open', (_, failing, calls) => {
    const kernel = fakeKernel(failing, 7);
    expect(bound(kernel).iterate(fitting, 4711, 'GPL')).toBe(-7);
    expect([kernel.calls.length, given.some(isOpen)]).toEqual([calls, false]);
  });

  const program = Buffer.alloc(24, 1);

  it('has the program checked, linked to what it iterates over, and run', () => {
    const kernel = fakeKernel();
    const answer = bound(kernel).iterate(program, 123_456, 'Dual MIT/GPL');
    const [load, link, iterator] = kernel.calls as [Call, Call, Call];
    expect(kernel.calls.map(({ command }) => command)).toEqual([
      loadProgram,
      createLink,
      createIterator,
    ]);
    expect(kernel.calls.map(({ length }) => length)).toEqual([144, 16, 8]);
    expect(kernel.calls.every(({ attribute, length }) => attribute.length === length)).toBe(true);

    const { attribute } = load;
    // BPF_PROG_TYPE_TRACING, insn_cnt; expected_attach_type BPF_TRACE_ITER; attach_btf_id.
    const numbers = { 0: 26, 4: 3, 68: 28, 108: 123_456 };
    expect(wordsOf(attribute)).toMatchObject(numbers);
    expect(kernel.pointed(attribute, 8)).toBe(program);
    expect(kernel.pointed(attribute, 16)?.toString('latin1')).toBe('Dual MIT/GPL\0');
    // prog_name: letters, digits, `_` and `.`, and a zero behind it.
    expect(attribute.toString('latin1', 48, 64).replace(/\0+$/, '')).toBe('tsnetstat');
    // Nothing else: no log, no flags, no other program's types.
    const known = new Set([0, 4, 8, 12, 16, 20, 48, 52, 56, 60, 68, 108]);
    expect(Object.keys(wordsOf(attribute)).filter((at) => !known.has(Number(at)))).toEqual([]);

    const [loaded, linked, made] = given as [number, number, number];
    expect(wordsOf(link.attribute)).toEqual({ 0: loaded, 8: 28 });
    expect(wordsOf(iterator.attribute)).toEqual({ 0: linked });
    expect(answer).toBe(made);
    expect([loaded, linked, made].map(isOpen)).toEqual([false, false, true]);
  });

  it('has the program checked again where a signal broke that off, and gives up some time', () => {
    const kernel = fakeKernel(loadProgram, constants.errno.EAGAIN);
    expect(bound(kernel).iterate(program, 1, 'GPL')).toBe(-constants.errno.EAGAIN);
    expect(kernel.calls.map(({ command }) => command)).toEqual(new Array(10).fill(loadProgram));
  });

  it.each([
    ['the program is refused', loadProgram, 1, 1],
    ['it cannot be linked', createLink, 22, 2],
    ['it cannot be run', createIterator, 24, 3],
  ])('gives the error where %s, and leaves nothing open', (_, failing, errno, calls) => {
    const kernel = fakeKernel(failing, errno);
    expect(bound(kernel).iterate(program, 1, 'GPL')).toBe(-errno);
    expect(kernel.calls).toHaveLength(calls);
    expect(given).toHaveLength(calls - 1);
    expect(given.some(isOpen)).toBe(false);
  });
});
