import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { loadNative, type Native } from '../../native.ts';

/** bpf(2), as much of it as is used here. */
export interface Bpf {
  /** Memory with these bytes that a program can read: a descriptor; below zero: an errno, negated. */
  share(bytes: Buffer): number;
  /**
   * Has the kernel check a program (`code`) and run it for what it iterates over, which is `functionId`: a descriptor whose
   * bytes are what the program writes, from the first thing to the last; below zero: an errno, negated. Nothing of
   * it stays in the kernel once the descriptor is closed.
   */
  iterate(code: Buffer, functionId: number, license: string): number;
}

/** The number of bpf(2) on each processor, of those whose lower byte comes first. */
const numbers: Readonly<Record<string, number>> = {
  x64: 321,
  arm64: 280,
  riscv64: 280,
  loong64: 280,
};

/** <linux/bpf.h>: commands, and what a program is for. */
const command = {
  createMap: 0,
  updateMap: 2,
  loadProgram: 5,
  createLink: 28,
  createIterator: 33,
} as const;
const tracing = 26;
const iterating = 28;
const array = 2;

/** What `bpftool prog` shows it as. */
const name = 'tsnetstat';

/** Of `union bpf_attr`, what each command is given, and where it stands. */
const attributes = {
  program: {
    size: 112,
    ...({ type: 0, count: 4, instructions: 8, license: 16, name: 48 } as const),
    ...({ attachType: 68, function: 108 } as const),
  },
  map: { size: 16, type: 0, keySize: 4, valueSize: 8, entries: 12 },
  element: { size: 32, map: 0, key: 8, value: 16 },
  link: { size: 16, program: 0, attachType: 8 },
  iterator: { size: 8, link: 0 },
} as const;

const instructionSize = 8;

const again = -constants.errno.EAGAIN;
const mostTries = 10;

/** The call; null where it cannot be had: the native part is missing, or this is another processor. */
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
  /** What a call is given by its address alone: it has to be there until the call is over. */
  const lent = new Set<Buffer>();
  const bpf = (what: number, attribute: Buffer, ...byAddress: readonly Buffer[]) => {
    for (const bytes of byAddress) lent.add(bytes);
    const answer = Number(syscall(number, what, attribute, attribute.length));
    const result = answer < 0 ? -native.errno() : answer;
    lent.clear();
    return result;
  };
  /** Hands a descriptor on, and closes it: what comes of it keeps what it needs. */
  const through = (descriptor: number, next: (descriptor: number) => number) => {
    if (descriptor < 0) return descriptor;
    try {
      return next(descriptor);
    } finally {
      closeSync(descriptor);
    }
  };
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
      const first = Buffer.alloc(4);
      const update = Buffer.alloc(element.size);
      update.writeUInt32LE(made, element.map);
      update.writeBigUInt64LE(native.address(first), element.key);
      update.writeBigUInt64LE(native.address(bytes), element.value);
      const updated = bpf(command.updateMap, update, first, bytes);
      if (updated >= 0) return made;
      closeSync(made);
      return updated;
    },
    iterate(code, functionId, license) {
      const { program: of, link, iterator } = attributes;
      const terms = Buffer.from(`${license}\0`);
      const load = Buffer.alloc(of.size);
      load.writeUInt32LE(tracing, of.type);
      load.writeUInt32LE(code.length / instructionSize, of.count);
      load.writeBigUInt64LE(native.address(code), of.instructions);
      load.writeBigUInt64LE(native.address(terms), of.license);
      load.write(name, of.name, 'latin1');
      load.writeUInt32LE(iterating, of.attachType);
      load.writeUInt32LE(functionId, of.function);
      // A signal breaks off the kernel's check.
      let program = bpf(command.loadProgram, load, code, terms);
      for (let tries = 1; program === again && tries < mostTries; tries++) {
        program = bpf(command.loadProgram, load, code, terms);
      }
      return through(program, (loaded) => {
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
