import { closeSync, openSync, readSync } from 'node:fs';
import {
  descriptorCollector,
  type OtherDescriptor,
  type OwnersAtOnce,
  type WalkDepth,
} from '../owners/socket-descriptors.ts';
import { errnoOf } from '../proc/proc.ts';
import { closeForeign } from '../threads/close-foreign.ts';
import { type Bpf, loadBpf } from './bpf.ts';
import { decodeKernelLayout, type KernelLayout, kernelTypesFile } from './btf.ts';
import { finderProgram } from './finder-program.ts';
import { fittedTo, toBeFitted } from './fitting.ts';
import type { Program } from './instructions.ts';
import {
  bitsOf,
  license,
  membersToKnow,
  ownerProgram,
  record,
  structures,
  visitedBy,
} from './owner-program.ts';

/** The kernel returns at most 32 KiB per read. */
const readSize = 32 * 1024;
/** Room for sockets that were created since they were counted. */
const fewMore = 1024;
/** Reads between two pauses; each takes about a millisecond. */
const readsAtOnce = 4;

/** What makes it faster, or slower. */
interface Ways {
  /** The approximate number of sockets; null or absent: not known. */
  readonly expected?: number | null;
  /** Only a kernel that relocates programs itself is asked: to read the BTF of an older one takes 20 ms. */
  readonly onlyFitting?: boolean;
  /** Awaited now and then, to let other work run. */
  readonly pause?: (() => Promise<void>) | undefined;
}

/** What a program needs to know about the running kernel. */
export interface Kernel {
  /**
   * The BTF ID of the function that visits each descriptor, looked up by the kernel; 0 or negative: the kernel is too
   * old.
   */
  visitId(bpf: Bpf): number;
  /** The layout of its structures, read from its BTF; null if there is none, or a member is missing. */
  layout(): KernelLayout | null;
}

/** The kernel that this process runs on. Results are cached. */
function runningKernel(): Kernel {
  let id = 0;
  let layout: KernelLayout | null | undefined;
  return {
    visitId(bpf) {
      if (id <= 0) id = bpf.answerOf(finderProgram(visitedBy), license);
      return id;
    },
    layout() {
      if (layout === undefined) layout = readLayout();
      return layout;
    },
  };
}

const running = runningKernel();

function readLayout(): KernelLayout | null {
  let file: number;
  try {
    file = openSync(kernelTypesFile, 'r');
  } catch {
    // The kernel was built without BTF, or /sys is not mounted.
    return null;
  }
  try {
    return decodeKernelLayout((bytes, from) => fill(file, bytes, from), visitedBy, membersToKnow);
  } catch {
    return null;
  } finally {
    closeSync(file);
  }
}

/** Reads until the buffer is full or the file ends: the kernel returns one page at a time. */
function fill(file: number, bytes: Buffer, from: number): number {
  let length = 0;
  while (length < bytes.length) {
    const got = readSync(file, bytes, length, bytes.length - length, from + length);
    if (got === 0) break;
    length += got;
  }
  return length;
}

/**
 * Returns all sockets that processes of this PID namespace hold by a descriptor; null if the kernel does not answer: it
 * is too old, this user lacks the privilege, or bpf(2) is not available. `wanted`: only these sockets are needed (a few
 * others may be included); null: all.
 */
export async function ownersAtOnce(
  depth: WalkDepth,
  wanted: ReadonlySet<number> | null,
  ways: Ways = {},
  bpf: Bpf | null = loadBpf(),
  kernel: Kernel = running,
): Promise<OwnersAtOnce | null> {
  if (bpf === null) return null;
  const bits = wanted === null ? null : bpf.share(bitsOf(wanted, depth));
  if (bits !== null && bits < 0) return null;
  let answer: number;
  try {
    answer = answerTo(ownerProgram(depth, bits), bpf, kernel, ways);
  } finally {
    // The loaded program keeps its own reference.
    if (bits !== null) closeForeign(bits);
  }
  if (answer < 0) return null;
  try {
    return await heldIn(answer, ways);
  } finally {
    closeForeign(answer);
  }
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
  const visitId = kernel.visitId(bpf);
  const fitted = visitId > 0 ? bpf.iterate(toBeFitted(program, structures), visitId, license) : -1;
  if (fitted >= 0 || onlyFitting) return fitted;
  const layout = kernel.layout();
  if (layout === null) return fitted;
  return bpf.iterate(fittedTo(program, layout), layout.functionId, license);
}

/** Indexes of a record's fields, in four-byte words. */
const [inodeWord, fdWord, pidWord, tidWord] = [
  record.inode / 4,
  record.fd / 4,
  record.pid / 4,
  record.tid / 4,
];

/** Reads the records; null if reading fails. Rejects if `pause` does: the result is no longer needed. */
async function heldIn(
  answer: number,
  { expected = null, pause }: Ways,
): Promise<OwnersAtOnce | null> {
  // Some sockets will have been created since they were counted.
  const sockets = descriptorCollector(expected === null ? undefined : expected + fewMore);
  const others: OtherDescriptor[] = [];
  const bytes = Buffer.allocUnsafeSlow(readSize);
  const words = new Int32Array(bytes.buffer);
  let left = 0;
  for (let reads = 1; ; reads++) {
    const got = readOn(answer, bytes, left);
    if (got === null) return null;
    if (got === 0) break;
    const end = left + got;
    let at = 0;
    for (; at + record.size <= end; at += record.size) {
      const word = at >> 2;
      const low = (words[word + inodeWord] as number) >>> 0;
      const inode = low + (words[word + inodeWord + 1] as number) * 2 ** 32;
      const fd = words[word + fdWord] as number;
      const pid = words[word + pidWord] as number;
      // The program could not read the PID: no record can be trusted.
      if (pid <= 0) return null;
      if (inode !== 0) sockets.add(pid, inode, fd);
      else others.push({ pid, tid: words[word + tidWord] as number, fd });
    }
    bytes.copyWithin(0, at, end);
    left = end - at;
    if (pause !== undefined && reads % readsAtOnce === 0) await pause();
  }
  return { sockets: sockets.collected(), others };
}

/** Reads to `from` and beyond. Returns the number of bytes, 0 at the end; null: an error. */
function readOn(descriptor: number, bytes: Buffer, from: number): number | null {
  for (;;) {
    try {
      return readSync(descriptor, bytes, from, bytes.length - from, null);
    } catch (error) {
      // The kernel examined a million descriptors without output, and has to be called again.
      if (errnoOf(error) !== 'EAGAIN') return null;
    }
  }
}
