import { closeSync, openSync, readSync } from 'node:fs';
import type { Bpf } from './bpf.ts';
import { decodeKernelLayout, type KernelLayout, kernelTypesFile } from './btf.ts';
import { finderProgram } from './finder-program.ts';
import { membersToKnow, visitedBy } from './owner-program.ts';
import { license } from './program-parts.ts';

/** What a program needs to know about the running kernel. */
export interface Kernel {
  /** The BTF ID of one of its functions, looked up by the kernel; 0 or negative: the kernel is too old. */
  functionId(bpf: Bpf, name: string): number;
  /**
   * The layout of the structures that the program for all owners reads, from the kernel's BTF; null if there is none, or
   * a member is missing.
   */
  layout(): KernelLayout | null;
}

/** The kernel that this process runs on. Results are cached. */
function runningKernel(): Kernel {
  const ids = new Map<string, number>();
  let layout: KernelLayout | null | undefined;
  return {
    functionId(bpf, name) {
      const known = ids.get(name) ?? 0;
      if (known > 0) return known;
      const id = bpf.answerOf(finderProgram(name), license);
      ids.set(name, id);
      return id;
    },
    layout() {
      if (layout === undefined) layout = readLayout();
      return layout;
    },
  };
}

export const running = runningKernel();

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
