import { describe, expect, it } from 'vitest';
import { allToBeFitted, fittedTo, toBeFitted } from '../../../../src/sources/linux/bpf/fitting.ts';
import {
  type Assembler,
  assembler,
  inSequence,
} from '../../../../src/sources/linux/bpf/instructions.ts';
import type { Structures } from '../../../../src/sources/linux/bpf/own-types.ts';

const structures: Structures = {
  number: { value: 'int' },
  task: { id: 'unsigned long', first: 'pointer', all: { each: 'number' } },
};

/** A program with a gap of each kind, and instructions without one between them. */
function build({ loadMember, call, addPlaceOf, multiplyBySizeOf, ...more }: Assembler) {
  loadMember(8, 1, 6, ['task', 'first']);
  call(35);
  addPlaceOf(3, ['task', 'all']);
  more.addressOfValue(2, 5);
  multiplyBySizeOf(1, 'number');
  addPlaceOf(3, ['number', 'value']);
  return more.finish(0);
}
const program = build(assembler());
const linesOf = (code: Buffer) =>
  Array.from({ length: code.length / 8 }, (_, at) => code.toString('hex', at * 8, at * 8 + 8));

describe('fittedTo', () => {
  it('fills each gap with the place or size that it waits for', () => {
    const places: Record<string, number> = {
      'task.first': 2576,
      'task.all': 96,
      'number.value': 8,
    };
    const fitted = fittedTo(program, {
      functionId: 1,
      offsetOf: (struct, member) => places[`${struct}.${member}`] as number,
      sizeOf: (struct) => (struct === 'number' ? 16 : -1),
    });
    expect(linesOf(fitted)).toEqual([
      '7961100a00000000',
      '8500000023000000',
      '0703000060000000',
      ...['1822000005000000', '0000000000000000'],
      '2701000010000000',
      '0703000008000000',
      ...['b700000000000000', '9500000000000000'],
    ]);
  });

  it('leaves the program as it is, for another kernel', () => {
    const before = Buffer.from(program.code);
    fittedTo(program, { functionId: 1, offsetOf: () => 1, sizeOf: () => 1 });
    expect(program.code).toEqual(before);
  });
});

describe('toBeFitted', () => {
  const { code, functions, relocations, types } = toBeFitted(program, structures);

  /** The words of four bytes of each record. */
  const recordsOf = (bytes: Buffer, words: number) =>
    Array.from({ length: bytes.length / 4 / words }, (_, at) =>
      Array.from({ length: words }, (_, word) => bytes.readUInt32LE((at * words + word) * 4)),
    );
  const text = (at: number) => {
    const from = 24 + types.readUInt32LE(16) + at;
    return types.toString('latin1', from, types.indexOf(0, from));
  };

  it('lists for each gap which instruction it is, and which member of which structure goes there', () => {
    const told = recordsOf(relocations, 4).map(([at, , path, what]) => [at, text(path as number), what]); // biome-ignore format: one
    // A member by its number in the structure; BPF_CORE_FIELD_BYTE_OFFSET is 0, BPF_CORE_TYPE_SIZE 9.
    expect(told).toEqual([
      [0, '0:1', 0],
      [16, '0:2', 0],
      [40, '0', 9],
      [48, '0:0', 0],
    ]);
    const [first, all, size, value] = recordsOf(relocations, 4).map(([, type]) => type);
    expect([first === all, size === value, first === size]).toEqual([true, true, false]);
  });

  it('declares that all of it is one function', () => {
    const [[begins, type] = [], ...others] = recordsOf(functions, 2);
    expect([begins, others]).toEqual([0, []]);
    expect(type).toBeGreaterThan(0);
  });

  it('lists where each function begins, with a type for each', () => {
    const both = toBeFitted(inSequence([program, assembler().finish(0)]), structures);
    const [first, second, ...others] = recordsOf(both.functions, 2);
    expect([first?.[0], second?.[0], others]).toEqual([0, program.code.length / 8, []]);
    expect(second?.[1]).toBe((first?.[1] as number) + 1);
  });

  it('has in its gaps what the description contains: the kernel looks for that', () => {
    const lines = linesOf(program.code);
    lines[5] = '2701000004000000';
    expect(linesOf(code)).toEqual(lines);
  });

  it('has no relocation where there is no gap', () => {
    const plain = assembler().finish(0);
    const fitting = toBeFitted(plain, structures);
    expect([fitting.relocations.length, fitting.code]).toEqual([0, plain.code]);
  });
});

describe('allToBeFitted', () => {
  const plain = assembler().finish(0);
  const [one, two] = allToBeFitted([plain, program], structures);

  it('describes the structures once, for all programs', () => {
    expect(one?.types).toBe(two?.types);
    expect(two).toEqual(toBeFitted(program, structures));
    expect(one?.code).toEqual(plain.code);
  });
});
