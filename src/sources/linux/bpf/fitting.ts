import type { KernelLayout } from './btf.ts';
import { type Gap, instructionSize, type Program } from './instructions.ts';
import { ownTypes, type Structures } from './own-types.ts';

/** A program, and what the kernel needs to fit it to itself (since Linux 5.17). */
export interface FittingProgram {
  readonly code: Buffer;
  /** A description (BTF) of the structures as the program has them. */
  readonly types: Buffer;
  /** `struct bpf_func_info`: which function of the description begins at which instruction. */
  readonly functions: Buffer;
  /** `struct bpf_core_relo`, of four words each: the instruction, the structure, which member, what of it. */
  readonly relocations: Buffer;
}

/** <linux/bpf.h>, `enum bpf_core_relo_kind` */
const wanted = { place: 0, size: 9 } as const;

/** A program in whose gaps stands what they wait for, as that was read. */
export function fittedTo(program: Program, layout: KernelLayout): Buffer {
  return filled(program, ({ struct, member }) =>
    member === null ? layout.sizeOf(struct) : layout.offsetOf(struct, member),
  );
}

/**
 * A program that the kernel fits to itself: for each structure and member it takes its own of that name, wherever
 * it has it.
 */
export function toBeFitted(program: Program, structures: Structures): FittingProgram {
  const types = ownTypes(structures, 'tsnetstat');
  const of = (struct: string) => types.structures.get(struct) as { id: number; size: number };
  const relocations = program.gaps.flatMap(({ at, struct, member }) => {
    // The structure itself, and in it a member by its number.
    const path =
      member === null ? '0' : `0:${Object.keys(structures[struct] ?? {}).indexOf(member)}`;
    const what = member === null ? wanted.size : wanted.place;
    return [at * instructionSize, of(struct).id, types.placeOf(path), what];
  });
  return {
    // It expects in a gap what stands in the description.
    code: filled(program, ({ struct, member }) => (member === null ? of(struct).size : 0)),
    functions: wordsOf([0, types.functionId]),
    relocations: wordsOf(relocations),
    types: types.finish(),
  };
}

function filled({ code, gaps }: Program, numberOf: (gap: Gap) => number): Buffer {
  const fitted = Buffer.from(code);
  for (const gap of gaps) {
    const at = gap.at * instructionSize;
    if (gap.into === 'distance') fitted.writeInt16LE(numberOf(gap), at + 2);
    else fitted.writeInt32LE(numberOf(gap), at + 4);
  }
  return fitted;
}

function wordsOf(numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [at, number] of numbers.entries()) bytes.writeUInt32LE(number, at * 4);
  return bytes;
}
