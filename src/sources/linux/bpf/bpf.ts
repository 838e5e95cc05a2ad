import type { Native } from '../../native.ts';
import { closeForeign } from '../threads/close-foreign.ts';
import type { FittingProgram } from './fitting.ts';
import { instructionSize } from './instructions.ts';
import { loadSystemCall, type Pointer, type SystemCall } from './system-call.ts';

/** The parts of bpf(2) that are used here. Methods return a descriptor or result, or a negated errno if they fail. */
export interface Bpf {
  /** Creates a map with these bytes, which a program can read. Returns its descriptor. */
  share(bytes: Buffer): number;
  /** Runs a program once, without attaching it (since Linux 5.14). Returns the program's result. */
  answerOf(code: Buffer, license: string): number;
  /**
   * Loads a program, relocated by the kernel if it is a FittingProgram, and runs it as the iterator `functionId`.
   * Returns a descriptor from which everything that the program writes can be read. Nothing stays in the kernel once it
   * is closed.
   */
  iterate(program: Buffer | FittingProgram, functionId: number, license: string): number;
}

/** <linux/bpf.h>: commands and program types. */
const command = {
  ...({ createMap: 0, updateMap: 2, loadProgram: 5, runProgram: 10 } as const),
  ...({ loadTypes: 18, createLink: 28, createIterator: 33 } as const),
} as const;
const purpose = { tracing: 26, byItself: 31 } as const;
const iterating = 28;
const array = 2;
/** BPF_F_SLEEPABLE, required for a program that is run by itself. */
const sleepable = 1 << 4;

/** The program's name in `bpftool prog`. */
const name = 'tsnetstat';

/** The fields of `union bpf_attr` that each command needs, with their offsets. */
const attributes = {
  program: {
    size: 144,
    ...({ type: 0, count: 4, instructions: 8, license: 16, flags: 44, name: 48 } as const),
    ...({ attachType: 68, types: 72, function: 108 } as const),
    functions: { each: 76, at: 80, count: 88 },
    relocations: { each: 136, at: 128, count: 116 },
  },
  run: { size: 64, program: 0, answer: 4 },
  types: { size: 24, at: 0, length: 16 },
  map: { size: 16, type: 0, keySize: 4, valueSize: 8, entries: 12 },
  element: { size: 32, map: 0, key: 8, value: 16 },
  link: { size: 16, program: 0, attachType: 8 },
  iterator: { size: 8, link: 0 },
} as const;

/** `struct bpf_func_info`, `struct bpf_core_relo` */
const recordSize = { functions: 8, relocations: 16 } as const;

/** -EAGAIN, the same on all these architectures (<asm-generic/errno-base.h>): loading node:os for it takes longer. */
const again = -11;
const mostTries = 10;

/** Returns bpf(2); null if the native part is missing or the architecture is unsupported. */
export function loadBpf(load?: () => Native, arch?: string): Bpf | null {
  const call = loadSystemCall(load, arch);
  if (call === null) return null;
  return {
    share: (bytes) => share(call, bytes),
    answerOf: (code, license) => answerOf(call, code, license),
    iterate: (program, functionId, license) => iterate(call, program, functionId, license),
  };
}

function share(call: SystemCall, bytes: Buffer): number {
  const { map: of, element } = attributes;
  const create = Buffer.alloc(of.size);
  create.writeUInt32LE(array, of.type);
  create.writeUInt32LE(4, of.keySize);
  create.writeUInt32LE(bytes.length, of.valueSize);
  create.writeUInt32LE(1, of.entries);
  const map = call(command.createMap, create);
  if (map < 0) return map;
  const update = Buffer.alloc(element.size);
  update.writeUInt32LE(map, element.map);
  const updated = call(command.updateMap, update, [
    { at: element.key, bytes: Buffer.alloc(4) },
    { at: element.value, bytes },
  ]);
  if (updated >= 0) return map;
  closeForeign(map);
  return updated;
}

function answerOf(call: SystemCall, code: Buffer, license: string): number {
  const { program: of, run } = attributes;
  const attribute = Buffer.alloc(of.size);
  attribute.writeUInt32LE(sleepable, of.flags);
  const loaded = loadProgram(call, attribute, { type: purpose.byItself, code, license });
  return through(loaded, (program) => {
    const once = Buffer.alloc(run.size);
    once.writeUInt32LE(program, run.program);
    const ran = call(command.runProgram, once);
    return ran < 0 ? ran : once.readInt32LE(run.answer);
  });
}

function iterate(
  call: SystemCall,
  program: Buffer | FittingProgram,
  functionId: number,
  license: string,
): number {
  const { program: of, link, iterator } = attributes;
  const attribute = Buffer.alloc(of.size);
  attribute.writeUInt32LE(iterating, of.attachType);
  attribute.writeUInt32LE(functionId, of.function);
  const loaded = Buffer.isBuffer(program)
    ? loadProgram(call, attribute, { type: purpose.tracing, code: program, license })
    : loadFitting(call, attribute, program, license);
  return through(loaded, (tracing) => {
    const attach = Buffer.alloc(link.size);
    attach.writeUInt32LE(tracing, link.program);
    attach.writeUInt32LE(iterating, link.attachType);
    return through(call(command.createLink, attach), (linked) => {
      const create = Buffer.alloc(iterator.size);
      create.writeUInt32LE(linked, iterator.link);
      return call(command.createIterator, create);
    });
  });
}

/** Loads a program that the kernel relocates, by types that it is given first. */
function loadFitting(
  call: SystemCall,
  attribute: Buffer,
  program: FittingProgram,
  license: string,
): number {
  const of = attributes.program;
  return through(loadTypes(call, program.types), (types) => {
    attribute.writeUInt32LE(types, of.types);
    const pointers: Pointer[] = [];
    for (const what of ['functions', 'relocations'] as const) {
      const each = recordSize[what];
      attribute.writeUInt32LE(each, of[what].each);
      attribute.writeUInt32LE(program[what].length / each, of[what].count);
      pointers.push({ at: of[what].at, bytes: program[what] });
    }
    const loading = { type: purpose.tracing, code: program.code, license, pointers };
    return loadProgram(call, attribute, loading);
  });
}

function loadTypes(call: SystemCall, bytes: Buffer): number {
  const { types: of } = attributes;
  const attribute = Buffer.alloc(of.size);
  attribute.writeUInt32LE(bytes.length, of.length);
  return call(command.loadTypes, attribute, [{ at: of.at, bytes }]);
}

/** What the kernel is given of every program. */
interface Loading {
  readonly type: number;
  readonly code: Buffer;
  readonly license: string;
  /** Of the attribute's fields for this type. */
  readonly pointers?: readonly Pointer[];
}

/** Loads a program; `attribute` already contains the numbers for its type. */
function loadProgram(
  call: SystemCall,
  attribute: Buffer,
  { type, code, license, pointers = [] }: Loading,
): number {
  const of = attributes.program;
  attribute.writeUInt32LE(type, of.type);
  attribute.writeUInt32LE(code.length / instructionSize, of.count);
  attribute.write(name, of.name, 'latin1');
  const all = [
    ...pointers,
    { at: of.instructions, bytes: code },
    { at: of.license, bytes: Buffer.from(`${license}\0`) },
  ];
  // A signal interrupts the kernel's verifier.
  let program = call(command.loadProgram, attribute, all);
  for (let tries = 1; program === again && tries < mostTries; tries++) {
    program = call(command.loadProgram, attribute, all);
  }
  return program;
}

/** Passes a descriptor to `next`, then closes it: whatever `next` creates from it keeps its own reference. */
function through(descriptor: number, next: (descriptor: number) => number): number {
  if (descriptor < 0) return descriptor;
  try {
    return next(descriptor);
  } finally {
    closeForeign(descriptor);
  }
}
