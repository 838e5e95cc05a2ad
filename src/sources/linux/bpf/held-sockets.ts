import { closeSync, openSync, readSync } from 'node:fs';
import {
  descriptorCollector,
  type HeldSockets,
  type OtherDescriptor,
  type WalkDepth,
} from '../owners/socket-descriptors.ts';
import { errnoOf } from '../proc/proc.ts';
import { type Bpf, loadBpf } from './bpf.ts';
import { decodeKernelLayout, type KernelLayout, kernelTypesFile } from './btf.ts';
import { finderProgram } from './finder-program.ts';
import { fittedTo, toBeFitted } from './fitting.ts';
import {
  bitsOf,
  holderProgram,
  license,
  membersToKnow,
  record,
  structures,
  visitedBy,
} from './holder-program.ts';
import type { Program } from './instructions.ts';

/** The kernel hands out 32 KiB a read at most. */
const readSize = 32 * 1024;
/** So many more sockets than were counted are no surprise. */
const fewMore = 1024;
/** How many reads there are, of a millisecond each, between two pauses. */
const readsAtOnce = 4;

/** What makes it cheaper, or longer. */
interface Ways {
  /** About how many there are; null, or left out: not known. */
  readonly expected?: number | null;
  /** Few descriptors: reading an older kernel's description of itself (20 ms) would take longer than looking at them. */
  readonly areFew?: boolean;
  /** Awaited now and then: others have something to do. */
  readonly pause?: (() => Promise<void>) | undefined;
}

/** The running kernel, as far as a program has to know it. */
export interface Kernel {
  /** The number of the function that visits each descriptor, as the kernel itself finds it; 0 or below: it is too old. */
  visitId(bpf: Bpf): number;
  /** The layout of its structures, read from its own description; null: there is none, or a member is missing. */
  layout(): KernelLayout | null;
}

/** The kernel that this process runs on. Each answer is kept. */
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
    // The kernel was made without; or /sys is not there.
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

/** Reads until there is no room, or nothing more: the kernel hands out a page at a time. */
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
 * All sockets that processes of the own PID namespace hold by a descriptor; null where the kernel does not tell: it
 * is too old, this user may not ask, or there is no way to ask. `wanted`: these sockets, and some others; null: all.
 */
export async function heldSockets(
  depth: WalkDepth,
  wanted: ReadonlySet<number> | null,
  ways: Ways = {},
  bpf: Bpf | null = loadBpf(),
  kernel: Kernel = running,
): Promise<HeldSockets | null> {
  if (bpf === null) return null;
  const bits = wanted === null ? null : bpf.share(bitsOf(wanted));
  if (bits !== null && bits < 0) return null;
  const program = holderProgram(depth, bits);
  const answer = answerTo(program, bpf, kernel, ways);
  // The loaded program keeps its own reference.
  if (bits !== null) closeSync(bits);
  if (answer < 0) return null;
  try {
    return await heldIn(answer, ways);
  } finally {
    closeSync(answer);
  }
}

/**
 * Has the kernel run the program: a descriptor to read its output from; below zero: it refuses. A kernel since 5.17
 * fits the program to itself; for an older one that is done here.
 */
function answerTo(program: Program, bpf: Bpf, kernel: Kernel, { areFew = false }: Ways): number {
  const visitId = kernel.visitId(bpf);
  const fitted = visitId > 0 ? bpf.iterate(toBeFitted(program, structures), visitId, license) : -1;
  if (fitted >= 0 || areFew) return fitted;
  const layout = kernel.layout();
  if (layout === null) return fitted;
  return bpf.iterate(fittedTo(program, layout), layout.functionId, license);
}

/** Where a record has what, in words of four bytes. */
const [inodeWord, fdWord, pidWord, tidWord] = [
  record.inode / 4,
  record.fd / 4,
  record.pid / 4,
  record.tid / 4,
];

/** What is written there; null where reading fails. Where `pause` rejects, so does this: nobody waits for it any more. */
async function heldIn(
  answer: number,
  { expected = null, pause }: Ways,
): Promise<HeldSockets | null> {
  // A few have come by the time that they are read.
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
      // The kernel did not let the program read who it is: then it is to be believed in nothing.
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

/** Reads on behind what is there: how many bytes, 0 at the end; null: an error. */
function readOn(descriptor: number, bytes: Buffer, from: number): number | null {
  for (;;) {
    try {
      return readSync(descriptor, bytes, from, bytes.length - from, null);
    } catch (error) {
      // The kernel has looked at a million descriptors without writing anything, and wants to be asked again.
      if (errnoOf(error) !== 'EAGAIN') return null;
    }
  }
}
