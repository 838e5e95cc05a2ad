/** The opcodes of the instructions that are known here; the kernel's instruction-set.rst lists them. */
const opcodes = {
  exit: 0x95,
  load1: 0x71,
  load4: 0x61,
  load8: 0x79,
  storeNumber1: 0x72,
  storeNumber4: 0x62,
  store4: 0x63,
  store8: 0x7b,
  move: 0xbf,
  moveNumber: 0xb7,
  add: 0x0f,
  addNumber: 0x07,
  multiplyByNumber: 0x27,
  andNumber: 0x57,
  shiftRight: 0x7f,
  shiftRightByNumber: 0x77,
  shiftLeftByNumber: 0x67,
  jumpIfNumber: 0x15,
  jumpUnlessNumber: 0x55,
  jumpIfEqual: 0x1d,
  jumpUnlessEqual: 0x5d,
  loadMap: 0x18,
  call: 0x85,
} as const;

/** A machine as a program sees it. */
export interface MachineMemory {
  /** Writes so many bytes at an address. */
  write(address: number, size: 1 | 4 | 8, value: number): void;
  /** The descriptor of a map, and where its value is: the one thing besides the stack that a program may write. */
  readonly maps: Map<number, number>;
  /** The end of each map's value that may be written; by its beginning. */
  readonly writable: Map<number, number>;
  /** The task that reads: what helper 35 gives. */
  current: number;
  /** Further functions of the kernel, by number: what they are given, and what they give. */
  readonly helpers: Map<number, Helper>;
  /** What the program that ran last gave back. */
  answer: bigint;
  readonly bytes: Map<number, number>;
}

type Helper = (read: (address: bigint, size: number) => bigint, given: readonly bigint[]) => bigint;

export function machineMemory(): MachineMemory {
  const bytes = new Map<number, number>();
  return {
    bytes,
    maps: new Map(),
    writable: new Map(),
    current: 0,
    helpers: new Map(),
    answer: 0n,
    write(address, size, value) {
      for (let i = 0; i < size; i++) bytes.set(address + i, Math.floor(value / 256 ** i) % 256);
    },
  };
}

const stackEnd = 0x7000_0000;
const stackSize = 512;
/** BPF_MAX_LOOPS, and what bpf_loop gives beyond it: -E2BIG. */
const mostLoops = 2 ** 23;
const tooMany = BigInt.asUintN(64, -7n);
const helpers = { currentTask: 35, readKernel: 113, writeOut: 127, loop: 181 };

/**
 * Runs a program for one context, by those instructions of RFC 9669 that are used: what it wrote. It throws where it
 * leaves itself, does not end, or reads what is not there.
 */
export function runProgram(program: Buffer, context: number, memory: MachineMemory): Buffer[] {
  const written: Buffer[] = [];
  memory.answer = runFunction(program, 0, [BigInt(context)], { memory, written, stack: new Map(), depth: 0 }); // biome-ignore format: one
  return written;
}

/** What the functions of a program share. */
interface Running {
  readonly memory: MachineMemory;
  readonly written: Buffer[];
  readonly stack: Map<number, number>;
  /** How many functions wait for this one. */
  readonly depth: number;
}

function runFunction(
  program: Buffer,
  from: number,
  given: readonly bigint[],
  running: Running,
): bigint {
  const { memory, written, stack, depth } = running;
  const { bytes, maps } = memory;
  // Each function has its own part of the stack, and may use those of its callers.
  const end = stackEnd - depth * stackSize;
  const isStack = (at: number) => at < stackEnd && at >= end - stackSize;
  const isWritable = (at: number) => [...memory.writable].some(([from, to]) => at >= from && at < to); // biome-ignore format: one
  const registers = new Array<bigint>(11).fill(0n);
  for (const [at, value] of given.entries()) registers[at + 1] = value;
  registers[10] = BigInt(end);
  const read = (address: bigint, size: number) => {
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) {
      const at = Number(address) + i;
      const byte = (isStack(at) ? stack : bytes).get(at);
      if (byte === undefined) throw new Error(`nothing at ${at.toString(16)}`);
      value = (value << 8n) | BigInt(byte);
    }
    return value;
  };
  const store = (address: bigint, size: number, value: bigint) => {
    for (let i = 0; i < size; i++) {
      const at = Number(address) + i;
      if (!isStack(at) && !isWritable(at)) throw new Error(`writes at ${at.toString(16)}`);
      (isStack(at) ? stack : bytes).set(at, Number((value >> BigInt(8 * i)) & 0xffn));
    }
  };
  /** As the kernel does it: what cannot be read is 0. */
  const readable = (address: bigint, size: number) => {
    try {
      return read(address, size);
    } catch {
      return 0n;
    }
  };
  const loop = (times: number, body: number, shared: bigint): bigint => {
    if (times > mostLoops) return tooMany;
    for (let i = 0; i < times; i++) {
      runFunction(program, body, [BigInt(i), shared], { ...running, depth: depth + 1 });
    }
    return BigInt(times);
  };
  const call = (helper: number): bigint => {
    const [, first = 0n, second = 0n, third = 0n] = registers;
    if (helper === helpers.currentTask) return BigInt(memory.current);
    if (helper === helpers.readKernel) {
      store(first, Number(second), readable(third, Number(second)));
      return 0n;
    }
    if (helper === helpers.loop) return loop(Number(first), Number(second), third);
    const further = memory.helpers.get(helper);
    if (further !== undefined) return further(read, registers.slice(1, 6));
    if (helper !== helpers.writeOut) throw new Error(`helper ${helper}`);
    if (Number(first) !== seqFile) throw new Error('writes to something else');
    const record = Array.from({ length: Number(third) }, (_, i) => read(second + BigInt(i), 1));
    written.push(Buffer.from(record.map(Number)));
    return 0n;
  };
  for (let at = from, steps = 0; ; at++) {
    if (at * 8 >= program.length || at < 0 || steps++ > 1000) throw new Error(`at ${at}`);
    const opcode = program[at * 8] as number;
    const both = program[at * 8 + 1] as number;
    const [to, source] = [both & 15, both >> 4];
    const offset = program.readInt16LE(at * 8 + 2);
    const number = program.readInt32LE(at * 8 + 4);
    const [a = 0n, b = 0n] = [registers[to], registers[source]];
    const set = (value: bigint) => {
      registers[to] = BigInt.asUintN(64, value);
    };
    const wide = BigInt(number);
    if (opcode === opcodes.exit) return registers[0] as bigint;
    if (opcode === opcodes.load1) set(read(b + BigInt(offset), 1));
    else if (opcode === opcodes.load4) set(read(b + BigInt(offset), 4));
    else if (opcode === opcodes.load8) set(read(b + BigInt(offset), 8));
    else if (opcode === opcodes.storeNumber1) store(a + BigInt(offset), 1, BigInt.asUintN(8, wide));
    else if (opcode === opcodes.storeNumber4)
      store(a + BigInt(offset), 4, BigInt.asUintN(64, wide));
    else if (opcode === opcodes.store4) store(a + BigInt(offset), 4, b);
    else if (opcode === opcodes.store8) store(a + BigInt(offset), 8, b);
    else if (opcode === opcodes.move) set(b);
    else if (opcode === opcodes.moveNumber) set(wide);
    else if (opcode === opcodes.add) set(a + b);
    else if (opcode === opcodes.addNumber) set(a + wide);
    else if (opcode === opcodes.multiplyByNumber) set(a * wide);
    else if (opcode === opcodes.andNumber) set(a & BigInt.asUintN(64, wide));
    else if (opcode === opcodes.shiftRight) set(a >> (b & 63n));
    else if (opcode === opcodes.shiftRightByNumber) set(a >> wide);
    else if (opcode === opcodes.shiftLeftByNumber) set(a << wide);
    else if (opcode === opcodes.jumpIfNumber) at += a === BigInt.asUintN(64, wide) ? offset : 0;
    else if (opcode === opcodes.jumpUnlessNumber) at += a === BigInt.asUintN(64, wide) ? 0 : offset;
    else if (opcode === opcodes.jumpIfEqual) at += a === b ? offset : 0;
    else if (opcode === opcodes.jumpUnlessEqual) at += a === b ? 0 : offset;
    else if (opcode === opcodes.loadMap && source === 4) {
      set(BigInt(at + number + 1));
      at++;
    } else if (opcode === opcodes.loadMap) {
      const value = maps.get(number);
      if (value === undefined || source !== 2) throw new Error(`no map ${number}`);
      set(BigInt(value));
      at++;
    } else if (opcode === opcodes.call) {
      registers[0] = call(number);
    } else throw new Error(`opcode ${opcode.toString(16)}`);
  }
}

/** Where what is written goes: what `bpf_iter_meta` has first. */
export const seqFile = 0x5e90;
