import type { OwnersAtOnce, WalkDepth } from '../owners/socket-descriptors.ts';
import type { WantedSockets } from '../owners/wanted-sockets.ts';
import { closeForeign } from '../threads/close-foreign.ts';
import { type Bpf, loadBpf } from './bpf.ts';
import { fittedTo, toBeFitted } from './fitting.ts';
import type { Program } from './instructions.ts';
import { type Kernel, running } from './kernel.ts';
import { ownerProgram, structures, visitedBy } from './owner-program.ts';
import { ownersOfListed } from './owners-of-listed.ts';
import { license } from './program-parts.ts';
import { heldIn, type Reading } from './read-records.ts';
import { bitsOf } from './wanted-bits.ts';

/** What makes it faster, or slower. */
interface Ways extends Reading {
  /** Only a kernel that relocates programs itself is asked: to read the BTF of an older one takes 20 ms. */
  readonly onlyFitting?: boolean;
}

/**
 * Returns all sockets that processes of this PID namespace hold by a descriptor; null if the kernel does not answer: it
 * is too old, this user lacks the privilege, or bpf(2) is not available. `wanted`: only these sockets are needed (a few
 * others may be included); null: all.
 */
export async function ownersAtOnce(
  depth: WalkDepth,
  wanted: WantedSockets | null,
  ways: Ways = {},
  bpf: Bpf | null = loadBpf(),
  kernel: Kernel = running,
): Promise<OwnersAtOnce | null> {
  if (bpf === null) return null;
  if (depth === 'netstat' && wanted?.lists !== undefined) {
    const owners = await ownersOfListed(wanted, wanted.lists, ways, bpf, kernel);
    if (owners !== null) return owners;
  }
  const bits = wanted === null ? null : bpf.share(bitsOf(wanted, depth));
  if (bits !== null && bits < 0) return null;
  let answer: number;
  try {
    answer = answerTo(ownerProgram(depth, bits), bpf, kernel, ways);
  } finally {
    // The loaded program keeps its own reference.
    if (bits !== null) closeForeign(bits);
  }
  return answer < 0 ? null : heldIn(answer, ways);
}

/**
 * Runs the program. Returns a descriptor to read its output from; negative: the kernel refused. Kernels since 5.17
 * relocate the program themselves; for older ones it is done here.
 */
function answerTo(
  program: Program,
  bpf: Bpf,
  kernel: Kernel,
  { onlyFitting = false }: Ways,
): number {
  const id = kernel.functionId(bpf, visitedBy);
  const fitted = id > 0 ? bpf.iterate(toBeFitted(program, structures), id, license) : -1;
  if (fitted >= 0 || onlyFitting) return fitted;
  const layout = kernel.layout();
  if (layout === null) return fitted;
  return bpf.iterate(fittedTo(program, layout), layout.functionId, license);
}
