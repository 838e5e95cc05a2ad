import type { KernelLayout } from './btf.ts';
import { type Gap, instructionSize, type Program } from './instructions.ts';
import { ownTypes, type Structures } from './own-types.ts';
import { bytesOfWords } from './words.ts';

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
  return allToBeFitted([program], structures)[0] as FittingProgram;
}

/** The same for several programs, with one description of the structures. */
export function allToBeFitted(
  programs: readonly Program[],
  structures: Structures,
): readonly FittingProgram[] {
  const most = Math.max(...programs.map(({ functions }) => functions.length));
  const types = ownTypes(structures, 'tsnetstat', most);
  const of = (struct: string) => types.structures.get(struct) as { id: number; size: number };
  const fitting = programs.map((program) => {
    const relocations: number[] = [];
    for (const { at, struct, member } of program.gaps) {
      // The access path: 0 is the structure itself, followed by the member's index.
      const path =
        member === null ? '0' : `0:${Object.keys(structures[struct] ?? {}).indexOf(member)}`;
      const what = member === null ? wanted.size : wanted.place;
      relocations.push(at * instructionSize, of(struct).id, types.placeOf(path), what);
    }
    return {
      // The kernel expects each gap to hold the value from this BTF.
      code: filled(program, ({ struct, member }) => (member === null ? of(struct).size : 0)),
      functions: bytesOfWords(
        program.functions.flatMap((at, nth) => [at, types.functionIds[nth] as number]),
      ),
      relocations: bytesOfWords(relocations),
    };
  });
  const described = types.finish();
  return fitting.map((one) => ({ ...one, types: described }));
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
