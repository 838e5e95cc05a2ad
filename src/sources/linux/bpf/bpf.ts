import { closeSync } from 'node:fs';
import { loadNative, type Native } from '../../native.ts';
import type { FittingProgram } from './fitting.ts';
import { instructionSize } from './instructions.ts';

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

/** The system call number of bpf(2) on each little-endian architecture. */
const numbers: Readonly<Record<string, number>> = {
  x64: 321,
  arm64: 280,
  riscv64: 280,
  loong64: 280,
};

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
export function loadBpf(load: () => Native = loadNative, arch: string = process.arch): Bpf | null {
  const number = numbers[arch];
  if (number === undefined) return null;
  try {
    return bind(load(), number);
  } catch {
    return null;
  }
}

function bind(native: Native, number: number): Bpf {
  const syscall = native.load(null).func('long syscall(long, int, void *, unsigned int)');
  /** Buffers that the kernel is given by address: they must not be collected before the call is over. */
  const lent = new Set<Buffer>();
  const lend = (bytes: Buffer, attribute: Buffer, at: number) => {
    lent.add(bytes);
    attribute.writeBigUInt64LE(native.address(bytes), at);
  };
  const bpf = (what: number, attribute: Buffer) => {
    const answer = Number(syscall(number, what, attribute, attribute.length));
    return answer < 0 ? -native.errno() : answer;
  };
  /** The same, for the last call that needs the lent buffers. */
  const lastly = (what: number, attribute: Buffer) => {
    const result = bpf(what, attribute);
    lent.clear();
    return result;
  };
  /** Passes a descriptor to `next`, then closes it: whatever `next` creates from it keeps its own reference. */
  const through = (descriptor: number, next: (descriptor: number) => number) => {
    if (descriptor < 0) return descriptor;
    try {
      return next(descriptor);
    } finally {
      closeSync(descriptor);
    }
  };

  /** Loads a program; `attribute` already contains the fields for its type. */
  function loadProgram(attribute: Buffer, type: number, code: Buffer, license: string): number {
    const of = attributes.program;
    attribute.writeUInt32LE(type, of.type);
    attribute.writeUInt32LE(code.length / instructionSize, of.count);
    lend(code, attribute, of.instructions);
    lend(Buffer.from(`${license}\0`), attribute, of.license);
    attribute.write(name, of.name, 'latin1');
    // A signal interrupts the kernel's verifier.
    let program = bpf(command.loadProgram, attribute);
    for (let tries = 1; program === again && tries < mostTries; tries++) {
      program = bpf(command.loadProgram, attribute);
    }
    lent.clear();
    return program;
  }

  function loadTypes(bytes: Buffer): number {
    const { types: of } = attributes;
    const attribute = Buffer.alloc(of.size);
    lend(bytes, attribute, of.at);
    attribute.writeUInt32LE(bytes.length, of.length);
    return lastly(command.loadTypes, attribute);
  }

  /** Loads an iterator program. */
  function loadIterating(
    program: Buffer | FittingProgram,
    functionId: number,
    license: string,
  ): number {
    const of = attributes.program;
    const attribute = Buffer.alloc(of.size);
    attribute.writeUInt32LE(iterating, of.attachType);
    attribute.writeUInt32LE(functionId, of.function);
    if (Buffer.isBuffer(program)) return loadProgram(attribute, purpose.tracing, program, license);
    return through(loadTypes(program.types), (types) => {
      attribute.writeUInt32LE(types, of.types);
      for (const what of ['functions', 'relocations'] as const) {
        const each = recordSize[what];
        attribute.writeUInt32LE(each, of[what].each);
        attribute.writeUInt32LE(program[what].length / each, of[what].count);
        lend(program[what], attribute, of[what].at);
      }
      return loadProgram(attribute, purpose.tracing, program.code, license);
    });
  }

  return {
    share(bytes) {
      const { map, element } = attributes;
      const create = Buffer.alloc(map.size);
      create.writeUInt32LE(array, map.type);
      create.writeUInt32LE(4, map.keySize);
      create.writeUInt32LE(bytes.length, map.valueSize);
      create.writeUInt32LE(1, map.entries);
      const made = bpf(command.createMap, create);
      if (made < 0) return made;
      const update = Buffer.alloc(element.size);
      update.writeUInt32LE(made, element.map);
      lend(Buffer.alloc(4), update, element.key);
      lend(bytes, update, element.value);
      const updated = lastly(command.updateMap, update);
      if (updated >= 0) return made;
      closeSync(made);
      return updated;
    },
    answerOf(code, license) {
      const { program: of, run } = attributes;
      const attribute = Buffer.alloc(of.size);
      attribute.writeUInt32LE(sleepable, of.flags);
      return through(loadProgram(attribute, purpose.byItself, code, license), (program) => {
        const once = Buffer.alloc(run.size);
        once.writeUInt32LE(program, run.program);
        const ran = bpf(command.runProgram, once);
        return ran < 0 ? ran : once.readInt32LE(run.answer);
      });
    },
    iterate(program, functionId, license) {
      const { link, iterator } = attributes;
      return through(loadIterating(program, functionId, license), (loaded) => {
        const attach = Buffer.alloc(link.size);
        attach.writeUInt32LE(loaded, link.program);
        attach.writeUInt32LE(iterating, link.attachType);
        return through(bpf(command.createLink, attach), (linked) => {
          const create = Buffer.alloc(iterator.size);
          create.writeUInt32LE(linked, iterator.link);
          return bpf(command.createIterator, create);
        });
      });
    },
  };
}
