import { closeSync, openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';

/** A function of a library: what it takes and gives is in its declaration. */
export type NativeFunction = (...args: unknown[]) => unknown;

/** As much of koffi's native part as is used here (https://koffi.dev). */
export interface Native {
  readonly version: string;
  /** A library by its name; null: what this process itself is linked with. */
  load(library: string | null): { func(declaration: string): NativeFunction };
  /** What is at an address: a `uint32_t`, or with a length as many bytes. */
  decode(address: unknown, type: string, length?: number): unknown;
  /** Where the bytes of a buffer lie; good while the buffer is. */
  address(buffer: Buffer): bigint;
  /** The error that the last call left behind. */
  errno(): number;
}

/** Whether calls into libraries cost next to nothing at the start, as in the executables. */
export const isNativeAtHand = false as boolean;

/** The interface that is used here came with it. */
const majorVersion = '3.';

/**
 * koffi's native part by itself. It comes in one package for each system and processor, without an
 * install script; on Linux with a build for glibc and one for musl. The wrapper around it takes as long
 * to load as the part itself.
 * @throws where there is none for this machine, or of another version
 */
export function loadNative(load: (path: string) => unknown = loadFile): Native {
  const { platform, arch } = process;
  const system = platform === 'linux' && isMusl(process.execPath) ? 'musl' : platform;
  const native = load(`@koromix/koffi-${platform}-${arch}/${system}_${arch}/koffi.node`) as Native;
  if (!native.version.startsWith(majorVersion)) {
    throw new Error(`koffi ${native.version}: version ${majorVersion}x is needed`);
  }
  return native;
}

function loadFile(path: string): unknown {
  // What bundlers make of a module in CommonJS does not know where it lies; its own require does.
  return createRequire(import.meta.url)(path);
}

/** Where the name of a program's loader stands: among its first bytes (elf(5), PT_INTERP). */
const firstBytes = 4096;

/** Whether a program is linked with musl, by the loader that it names. */
export function isMusl(program: string): boolean {
  const bytes = Buffer.alloc(firstBytes);
  let descriptor: number | null = null;
  try {
    descriptor = openSync(program, 'r');
    const read = readSync(descriptor, bytes, 0, bytes.length, 0);
    return bytes.subarray(0, read).includes('/ld-musl-');
  } catch {
    return false;
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}
