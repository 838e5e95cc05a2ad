import { describe, expect, it } from 'vitest';
import {
  type Assembler,
  assembler,
  inSequence,
} from '../../../../src/sources/linux/bpf/instructions.ts';

/** What a program consists of, one instruction a line in hexadecimal. */
function assembled(build: (assembly: Assembler) => void): string[] {
  const assembly = assembler();
  build(assembly);
  return instructionsOf(assembly.finish(0).code);
}

function instructionsOf(code: Buffer): string[] {
  expect(code.length % 8).toBe(0);
  return Array.from({ length: code.length / 8 }, (_, at) =>
    code.toString('hex', at * 8, at * 8 + 8),
  );
}

/** Every program ends so: register 0 is 0, and it returns. */
const end = ['b700000000000000', '9500000000000000'];

describe('an instruction', () => {
  // RFC 9669, section 3: opcode, registers (source, destination), offset, number, the lower byte first.
  it.each<[string, (assembly: Assembler) => void, string]>([
    ['r1 = *(u8 *)(r2 + 3)', (a) => a.load(1, 1, 2, 3), '7121030000000000'],
    ['r3 = *(u32 *)(r10 - 8)', (a) => a.load(4, 3, 10, -8), '61a3f8ff00000000'],
    ['r9 = *(u64 *)(r6 + 32767)', (a) => a.load(8, 9, 6, 0x7fff), '7969ff7f00000000'],
    ['*(u32 *)(r10 - 16) = r3', (a) => a.store(4, 10, -16, 3), '633af0ff00000000'],
    ['*(u64 *)(r10 - 24) = r9', (a) => a.store(8, 10, -24, 9), '7b9ae8ff00000000'],
    ['r6 = r1', (a) => a.copy(6, 1), 'bf16000000000000'],
    ['r2 = 24', (a) => a.set(2, 24), 'b702000018000000'],
    ['r2 = -1', (a) => a.set(2, -1), 'b7020000ffffffff'],
    ['r3 += r1', (a) => a.add(3, 1), '0f13000000000000'],
    ['r3 += 2500', (a) => a.addNumber(3, 2500), '07030000c4090000'],
    ['r1 += -32', (a) => a.addNumber(1, -32), '07010000e0ffffff'],
    ['*(u32 *)(r10 - 24) = -2', (a) => a.storeNumber(4, 10, -24, -2), '620ae8fffeffffff'],
    ['*(u8 *)(r1 + 0) = 1', (a) => a.storeNumber(1, 1, 0, 1), '7201000001000000'],
    ['r2 &= 65535', (a) => a.keepBits(2, 0xffff), '57020000ffff0000'],
    ['r4 >>= r2', (a) => a.shiftRight(4, 2), '7f24000000000000'],
    ['r4 >>= 3', (a) => a.shiftRightBy(4, 3), '7704000003000000'],
    ['r1 <<= 3', (a) => a.shiftLeftBy(1, 3), '6701000003000000'],
    ['call 113', (a) => a.call(113), '8500000071000000'],
  ])('%s', (_, build, bytes) => {
    expect(assembled(build)).toEqual([bytes, ...end]);
  });

  it('has two places where its number is a wide one: the address of a value in a map', () => {
    expect(assembled((a) => a.addressOfValue(1, 7))).toEqual([
      '1821000007000000',
      '0000000000000000',
      ...end,
    ]);
  });
});

describe('an instruction with a gap', () => {
  it.each<[string, (assembly: Assembler) => void, string, object]>([
    [
      'r1 = *(u32 *)(r7 + a member)',
      (a) => a.loadMember(4, 1, 7, ['task_struct', 'pid']),
      '6171000000000000',
      { struct: 'task_struct', member: 'pid', into: 'distance' },
    ],
    [
      'r2 = *(u64 *)(r1 + a member)',
      (a) => a.loadMember(8, 2, 1, ['inode', 'i_sb']),
      '7912000000000000',
      { struct: 'inode', member: 'i_sb', into: 'distance' },
    ],
    [
      'r3 += where a member is',
      (a) => a.addPlaceOf(3, ['pid', 'level']),
      '0703000000000000',
      { struct: 'pid', member: 'level', into: 'number' },
    ],
    [
      'r1 *= a structure’s size',
      (a) => a.multiplyBySizeOf(1, 'upid'),
      '2701000000000000',
      { struct: 'upid', member: null, into: 'number' },
    ],
  ])('%s has 0 there, and names what it waits for', (_, build, bytes, gap) => {
    const assembly = assembler();
    // A wide number has two places.
    assembly.addressOfValue(1, 7);
    build(assembly);
    const { code, gaps } = assembly.finish(0);
    expect(instructionsOf(code).slice(2)).toEqual([bytes, ...end]);
    expect(gaps).toEqual([{ at: 2, ...gap }]);
  });
});

describe('a program', () => {
  it('ends with what is in register 0 where no answer is given', () => {
    const assembly = assembler();
    assembly.call(1);
    expect(instructionsOf(assembly.finish().code)).toEqual(['8500000001000000', end[1]]);
  });

  it('returns 0 where there is nothing else in it', () => {
    expect(assembled(() => {})).toEqual(end);
  });

  // A jump goes on so many instructions behind the next one.
  it.each<[string, (assembly: Assembler) => void, string]>([
    ['r7 == 0', (a) => a.leaveIf(7, '==', 0), '1507030000000000'],
    ['r2 != the sockets', (a) => a.leaveIf(2, '!=', 0x534f434b), '550203004b434f53'],
    ['r1 == r2', (a) => a.leaveIfSame(1, 2), '1d21030000000000'],
    ['r1 != r2', (a) => a.leaveUnlessSame(1, 2), '5d21030000000000'],
  ])('is left where %s', (_, build, bytes) => {
    const program = assembled((a) => {
      build(a);
      a.addressOfValue(1, 3);
      a.call(1);
    });
    expect(program[0]).toBe(bytes);
    expect(program).toHaveLength(1 + 3 + 2);
  });

  it('may be left from many places, the last of them right before its end', () => {
    const program = assembled((a) => {
      a.leaveIf(1, '==', 0);
      a.call(1);
      a.leaveUnlessSame(1, 2);
      a.leaveIf(3, '!=', 5);
    });
    expect(program.slice(0, -2)).toEqual([
      '1501030000000000',
      '8500000001000000',
      '5d21010000000000',
      '5503000005000000',
    ]);
  });

  it('passes over what is skipped, where it may be left as well', () => {
    const program = assembled((a) => {
      a.unless(2, 9, () => {
        a.leaveIf(2, '!=', 4);
        a.addressOfValue(1, 3);
        a.set(3, 0);
      });
      a.call(1);
    });
    expect(program.slice(0, 2)).toEqual(['1502040009000000', '5502040004000000']);
    expect(program[5]).toBe('8500000001000000');
  });

  it('passes over what is skipped where two registers are the same', () => {
    const program = assembled((a) => a.unlessSame(1, 2, () => a.leaveIfSame(3, 4)));
    expect(program).toEqual(['1d21010000000000', '1d43000000000000', ...end]);
  });

  it('passes over nothing where nothing is skipped', () => {
    expect(assembled((a) => a.unless(2, 9, () => {}))).toEqual(['1502000009000000', ...end]);
  });
});

it('may end in the middle with an answer of its own', () => {
  const program = assembled((a) => a.unless(3, 10, () => a.endWith(1)));
  expect(program).toEqual(['150302000a000000', 'b700000001000000', '9500000000000000', ...end]);
});

describe('functions in sequence', () => {
  const first = assembler();
  first.call(5);
  first.addressOfNext(2);
  first.loadMember(4, 1, 7, ['task_struct', 'pid']);
  const second = assembler();
  second.copy(1, 2);
  second.addPlaceOf(3, ['file', 'f_inode']);
  const program = inSequence([first.finish(0), second.finish(0)]);

  it('are one program, in which the first knows the address of the next by its distance', () => {
    expect(instructionsOf(program.code)).toEqual([
      '8500000005000000',
      // From the instruction behind it (BPF_PSEUDO_FUNC) to the seventh.
      ...['1842000004000000', '0000000000000000'],
      '6171000000000000',
      ...end,
      'bf21000000000000',
      '0703000000000000',
      ...end,
    ]);
    expect(program.functions).toEqual([0, 6]);
  });

  it('have their gaps where they are in the whole', () => {
    expect(program.gaps.map(({ at, member }) => [at, member])).toEqual([
      [3, 'pid'],
      [7, 'f_inode'],
    ]);
  });
});
