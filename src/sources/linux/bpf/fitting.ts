import type { KernelLayout } from './btf.ts';
import { type Gap, instructionSize, type Program } from './instructions.ts';
import { ownTypes, type Structures } from './own-types.ts';

/** A program, and what the kernel needs to relocate it (CO-RE, since Linux 5.17). */
export interface FittingProgram {
  readonly code: Buffer;
  /** BTF of the structures as the program sees them. */
  readonly types: Buffer;
  /** `struct bpf_func_info`: at which instruction each function of the BTF begins. */
  readonly functions: Buffer;
  /** `struct bpf_core_relo`, four words each: instruction, structure, member, and what of it is needed. */
  readonly relocations: Buffer;
}

/** <linux/bpf.h>, `enum bpf_core_relo_kind` */
const wanted = { place: 0, size: 9 } as const;

/** Returns the program's code with the gaps filled from the kernel's layout. */
export function fittedTo(program: Program, layout: KernelLayout): Buffer {
  return filled(program, ({ struct, member }) =>
    member === null ? layout.sizeOf(struct) : layout.offsetOf(struct, member),
  );
}

/** Returns a program that the kernel relocates: it looks up each structure and member by name in its own types. */
export function toBeFitted(program: Program, structures: Structures): FittingProgram {
  const types = ownTypes(structures, 'tsnetstat', program.functions.length);
  const of = (struct: string) => types.structures.get(struct) as { id: number; size: number };
  const relocations = program.gaps.flatMap(({ at, struct, member }) => {
    // The access path: 0 is the structure itself, followed by the member's index.
    const path =
      member === null ? '0' : `0:${Object.keys(structures[struct] ?? {}).indexOf(member)}`;
    const what = member === null ? wanted.size : wanted.place;
    return [at * instructionSize, of(struct).id, types.placeOf(path), what];
  });
  return {
    // The kernel expects each gap to hold the value from this BTF.
    code: filled(program, ({ struct, member }) => (member === null ? of(struct).size : 0)),
    functions: wordsOf(
      program.functions.flatMap((at, nth) => [at, types.functionIds[nth] as number]),
    ),
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
