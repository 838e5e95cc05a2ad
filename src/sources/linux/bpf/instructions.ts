import { bytesOfWords } from './words.ts';

/** A register of the BPF virtual machine: 0 is the return value, 1 to 5 are arguments, 10 is the end of the stack. */
export type Register = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

/** A member of a kernel structure: `['file', 'f_inode']`. */
export type Member = readonly [struct: string, member: string];

/** An instruction that lacks a number of the running kernel: the offset of a member, or the size of a structure. */
export interface Gap {
  /** The index of the instruction. */
  readonly at: number;
  readonly struct: string;
  /** null: the size of the structure. */
  readonly member: string | null;
  /** Where the number is written: the instruction's offset (16 bits) or its immediate (32 bits). */
  readonly into: 'distance' | 'number';
}

/** A program that is not fitted to a kernel yet: its gaps contain 0. */
export interface Program {
  /** Instructions of eight bytes each. */
  readonly code: Buffer;
  readonly gaps: readonly Gap[];
  /** The index of the first instruction of each function; the first one is the program. */
  readonly functions: readonly number[];
}

/** The size of an instruction in bytes. */
export const instructionSize = 8;

/** Builds a program, one instruction after another (RFC 9669). */
export interface Assembler {
  /** `to = *(from + offset)`, `size` bytes. */
  load(size: 1 | 4 | 8, to: Register, from: Register, offset: number): void;
  /** `to = from->member`, `size` bytes. */
  loadMember(size: 4 | 8, to: Register, from: Register, member: Member): void;
  /** `*(to + offset) = from`, `size` bytes. */
  store(size: 4 | 8, to: Register, offset: number, from: Register): void;
  /** `*(to + offset) = number`, `size` bytes. */
  storeNumber(size: 1 | 4, to: Register, offset: number, number: number): void;
  /** `to = from` */
  copy(to: Register, from: Register): void;
  /** `to = number` */
  set(to: Register, number: number): void;
  /** `to += from` */
  add(to: Register, from: Register): void;
  addNumber(to: Register, number: number): void;
  /** `to += offsetof(struct, member)` */
  addPlaceOf(to: Register, member: Member): void;
  /** `to *= sizeof(struct)` */
  multiplyBySizeOf(to: Register, struct: string): void;
  /** `to &= number` */
  keepBits(to: Register, number: number): void;
  /** `to >>= from` */
  shiftRight(to: Register, from: Register): void;
  shiftRightBy(to: Register, number: number): void;
  shiftLeftBy(to: Register, number: number): void;
  /** `to = ` address of the only value of a map, given by its descriptor. */
  addressOfValue(to: Register, map: number): void;
  /** `to = ` address of the function that will follow this one (`inSequence`). */
  addressOfNext(to: Register): void;
  /** Calls a helper function of the kernel (<linux/bpf.h>). */
  call(helper: number): void;
  /** Jumps to the end if `one` equals the number, or does not. */
  leaveIf(one: Register, is: '==' | '!=', number: number): void;
  /** Skips the instructions that `skipped` adds if `one` equals the number. */
  unless(one: Register, number: number, skipped: () => void): void;
  /** Skips the instructions that `skipped` adds if both are equal. */
  unlessSame(one: Register, other: Register, skipped: () => void): void;
  /** Ends the program here, with this answer. */
  endWith(answer: number): void;
  /** Jumps to the end if both are equal. */
  leaveIfSame(one: Register, other: Register): void;
  /** Jumps to the end if they differ. */
  leaveUnlessSame(one: Register, other: Register): void;
  /** Returns the program, which returns `answer`; if that is absent, register 0. */
  finish(answer?: number): Program;
}

/** Opcodes (RFC 9669, sections 3 to 5): class, source and operation. */
const code = {
  ...({ load1: 0x71, load4: 0x61, load8: 0x79, store4: 0x63, store8: 0x7b } as const),
  ...({ storeNumber1: 0x72, storeNumber4: 0x62 } as const),
  ...({ copy: 0xbf, set: 0xb7, add: 0x0f, addNumber: 0x07, multiplyBy: 0x27 } as const),
  ...({ keepBits: 0x57, shiftRight: 0x7f, shiftRightBy: 0x77 } as const),
  ...({ shiftLeftBy: 0x67, wide: 0x18 } as const),
  ...({
    call: 0x85,
    exit: 0x95,
    ifNumber: 0x15,
    ifNotNumber: 0x55,
    ifSame: 0x1d,
    ifNotSame: 0x5d,
  } as const),
};

/** BPF_PSEUDO_MAP_VALUE: the wide immediate is the address of a map's value. */
const valueOfMap = 2;
/** BPF_PSEUDO_FUNC: the wide immediate is the address of a function, given by its distance. */
const functionAhead = 4;

/** An empty program. */
export function assembler(): Assembler {
  // Two for each instruction, as this is code that mostly runs once: opcode, registers and offset, then the number.
  const words: number[] = [];
  const leaving: number[] = [];
  const pointing: number[] = [];
  const gaps: Gap[] = [];

  /** The index of the next instruction. */
  const next = () => words.length / 2;
  function emit(opcode: number, to = 0, from = 0, offset = 0, number = 0): void {
    words.push(opcode | (to << 8) | (from << 12) | (offset << 16), number);
  }
  /** Lets a jump go on at the next instruction. */
  function land(jump: number): void {
    words[jump * 2] = ((words[jump * 2] as number) & 0xffff) | ((next() - jump - 1) << 16);
  }
  /** Records a gap in the next instruction. */
  function leaveOpen(into: Gap['into'], struct: string, member: string | null): void {
    gaps.push({ at: next(), struct, member, into });
  }
  function leave(opcode: number, to: Register, from: number, number = 0): void {
    leaving.push(next());
    emit(opcode, to, from, 0, number);
  }

  function passOver(
    skipped: () => void,
    opcode: number,
    one: Register,
    other: number,
    number: number,
  ): void {
    const at = next();
    emit(opcode, one, other, 0, number);
    skipped();
    land(at);
  }

  const assembly: Assembler = {
    load: (size, to, from, offset) => emit(code[`load${size}`], to, from, offset),
    loadMember(size, to, from, [struct, member]) {
      leaveOpen('distance', struct, member);
      emit(code[`load${size}`], to, from);
    },
    store: (size, to, offset, from) => emit(code[`store${size}`], to, from, offset),
    storeNumber: (size, to, offset, number) =>
      emit(code[`storeNumber${size}`], to, 0, offset, number),
    copy: (to, from) => emit(code.copy, to, from),
    set: (to, number) => emit(code.set, to, 0, 0, number),
    add: (to, from) => emit(code.add, to, from),
    addNumber: (to, number) => emit(code.addNumber, to, 0, 0, number),
    addPlaceOf(to, [struct, member]) {
      leaveOpen('number', struct, member);
      emit(code.addNumber, to);
    },
    multiplyBySizeOf(to, struct) {
      leaveOpen('number', struct, null);
      emit(code.multiplyBy, to);
    },
    keepBits: (to, number) => emit(code.keepBits, to, 0, 0, number),
    shiftRight: (to, from) => emit(code.shiftRight, to, from),
    shiftRightBy: (to, number) => emit(code.shiftRightBy, to, 0, 0, number),
    shiftLeftBy: (to, number) => emit(code.shiftLeftBy, to, 0, 0, number),
    addressOfValue(to, map) {
      emit(code.wide, to, valueOfMap, 0, map);
      // The upper half: the offset in the value.
      emit(0);
    },
    addressOfNext(to) {
      pointing.push(next());
      emit(code.wide, to, functionAhead);
      emit(0);
    },
    call: (helper) => emit(code.call, 0, 0, 0, helper),
    leaveIf: (one, is, number) =>
      leave(is === '==' ? code.ifNumber : code.ifNotNumber, one, 0, number),
    unless: (one, number, skipped) => passOver(skipped, code.ifNumber, one, 0, number),
    unlessSame: (one, other, skipped) => passOver(skipped, code.ifSame, one, other, 0),
    endWith(answer) {
      emit(code.set, 0, 0, 0, answer);
      emit(code.exit);
    },
    leaveIfSame: (one, other) => leave(code.ifSame, one, other),
    leaveUnlessSame: (one, other) => leave(code.ifNotSame, one, other),
    finish(answer) {
      for (const at of leaving) land(at);
      if (answer === undefined) emit(code.exit);
      else assembly.endWith(answer);
      for (const at of pointing) words[at * 2 + 1] = next() - at - 1;
      return { code: bytesOfWords(words), gaps, functions: [0] };
    },
  };
  return assembly;
}

/** Returns one program of these functions: the first is the program itself, each of the others is used by the one before. */
export function inSequence(functions: readonly Program[]): Program {
  let length = 0;
  const parts = functions.map((one) => {
    const from = length;
    length += one.code.length / instructionSize;
    return { from, ...one };
  });
  return {
    code: Buffer.concat(parts.map((part) => part.code)),
    gaps: parts.flatMap(({ from, gaps }) => gaps.map((gap) => ({ ...gap, at: gap.at + from }))),
    functions: parts.map((part) => part.from),
  };
}
