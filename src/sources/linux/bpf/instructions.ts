/** A register of the kernel's virtual machine: 0 has what is given back, 1 to 5 what is given, 10 the stack's end. */
export type Register = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

/** What a program is put together from, one instruction after another (RFC 9669). */
export interface Assembler {
  /** `to = *(from + offset)`, of so many bytes. */
  load(size: 1 | 4 | 8, to: Register, from: Register, offset: number): void;
  /** `*(to + offset) = from`, of so many bytes. */
  store(size: 4 | 8, to: Register, offset: number, from: Register): void;
  /** `to = from` */
  copy(to: Register, from: Register): void;
  /** `to = number` */
  set(to: Register, number: number): void;
  /** `to += from`; a register or a number. */
  add(to: Register, from: Register): void;
  addNumber(to: Register, number: number): void;
  multiplyBy(to: Register, number: number): void;
  /** Keeps of `to` only the bits that the number has. */
  keepBits(to: Register, number: number): void;
  /** `to >>= from`; a register or a number. */
  shiftRight(to: Register, from: Register): void;
  shiftRightBy(to: Register, number: number): void;
  /** `to = ` where the only value of a map lies, which this process has by that descriptor. */
  addressOfValue(to: Register, map: number): void;
  /** Calls a function of the kernel by its number (<linux/bpf.h>). */
  call(helper: number): void;
  /** Goes to the end where `one` is the number, or is not. */
  leaveIf(one: Register, is: '==' | '!=', number: number): void;
  /** Passes over what `skipped` adds where `one` is the number. */
  unless(one: Register, number: number, skipped: () => void): void;
  /** Passes over what `skipped` adds where they are the same. */
  unlessSame(one: Register, other: Register, skipped: () => void): void;
  /** Goes to the end where they are the same. */
  leaveIfSame(one: Register, other: Register): void;
  /** Goes to the end where they are not. */
  leaveUnlessSame(one: Register, other: Register): void;
  /** The program, which ends with the answer 0; how many instructions: an eighth of its bytes. */
  finish(): Buffer;
}

/** RFC 9669, sections 3 to 5: class, source and operation of each. */
const code = {
  ...({ load1: 0x71, load4: 0x61, load8: 0x79, store4: 0x63, store8: 0x7b } as const),
  ...({ copy: 0xbf, set: 0xb7, add: 0x0f, addNumber: 0x07, multiplyBy: 0x27 } as const),
  ...({ keepBits: 0x57, shiftRight: 0x7f, shiftRightBy: 0x77, wide: 0x18 } as const),
  ...({
    call: 0x85,
    exit: 0x95,
    ifNumber: 0x15,
    ifNotNumber: 0x55,
    ifSame: 0x1d,
    ifNotSame: 0x5d,
  } as const),
};

const instructionSize = 8;
/** BPF_PSEUDO_MAP_VALUE: what a wide number is. */
const valueOfMap = 2;

/** A program without an instruction. */
export function assembler(): Assembler {
  const instructions: Buffer[] = [];
  const leaving: number[] = [];

  function emit(opcode: number, to = 0, from = 0, offset = 0, number = 0): void {
    const bytes = Buffer.alloc(instructionSize);
    bytes[0] = opcode;
    bytes[1] = to | (from << 4);
    bytes.writeInt16LE(offset, 2);
    bytes.writeInt32LE(number, 4);
    instructions.push(bytes);
  }
  function leave(opcode: number, to: Register, from: number, number = 0): void {
    leaving.push(instructions.length);
    emit(opcode, to, from, 0, number);
  }

  function passOver(
    skipped: () => void,
    opcode: number,
    one: Register,
    other = 0,
    number = 0,
  ): void {
    const at = instructions.length;
    emit(opcode, one, other, 0, number);
    skipped();
    instructions[at]?.writeInt16LE(instructions.length - at - 1, 2);
  }

  return {
    load: (size, to, from, offset) => emit(code[`load${size}`], to, from, offset),
    store: (size, to, offset, from) => emit(code[`store${size}`], to, from, offset),
    copy: (to, from) => emit(code.copy, to, from),
    set: (to, number) => emit(code.set, to, 0, 0, number),
    add: (to, from) => emit(code.add, to, from),
    addNumber: (to, number) => emit(code.addNumber, to, 0, 0, number),
    multiplyBy: (to, number) => emit(code.multiplyBy, to, 0, 0, number),
    keepBits: (to, number) => emit(code.keepBits, to, 0, 0, number),
    shiftRight: (to, from) => emit(code.shiftRight, to, from),
    shiftRightBy: (to, number) => emit(code.shiftRightBy, to, 0, 0, number),
    addressOfValue(to, map) {
      emit(code.wide, to, valueOfMap, 0, map);
      // Its upper half: how far into the value.
      emit(0);
    },
    call: (helper) => emit(code.call, 0, 0, 0, helper),
    leaveIf: (one, is, number) =>
      leave(is === '==' ? code.ifNumber : code.ifNotNumber, one, 0, number),
    unless: (one, number, skipped) => passOver(skipped, code.ifNumber, one, 0, number),
    unlessSame: (one, other, skipped) => passOver(skipped, code.ifSame, one, other),
    leaveIfSame: (one, other) => leave(code.ifSame, one, other),
    leaveUnlessSame: (one, other) => leave(code.ifNotSame, one, other),
    finish() {
      const end = instructions.length;
      for (const at of leaving) instructions[at]?.writeInt16LE(end - at - 1, 2);
      emit(code.set);
      emit(code.exit);
      return Buffer.concat(instructions);
    },
  };
}
