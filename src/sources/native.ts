import nodeModule from 'node:module';
import { lazily } from '../flow/lazily.ts';
import { installedFile } from '../trust/installed-file.ts';
import { runningFile } from '../trust/running-file.ts';
import { isMusl, isWholeLibrary } from './elf-file.ts';

/** A native function; its declaration gives parameters and result. */
export type NativeFunction = (...args: unknown[]) => unknown;

/** The part of koffi's native interface that is used here (https://koffi.dev). */
export interface Native {
  readonly version: string;
  /** A library by name; null: the libraries that this process is linked with. */
  load(library: string | null): { func(declaration: string): NativeFunction };
  /** The value at an address: a `uint32_t`, or `length` bytes. */
  decode(address: unknown, type: string, length?: number): unknown;
  /** The address of a buffer's bytes; valid as long as the buffer lives. */
  address(buffer: Buffer): bigint;
  /** The error of the last call. */
  errno(): number;
}

/** Whether native calls cost next to nothing at the start, as in the executables. */
export const isNativeAtHand = false as boolean;

/** The version whose interface is used here. */
const majorVersion = '3.';

/**
 * Koffi's native part, loaded once, without its wrapper, which takes as long to load as the part itself. There is one
 * package for each system and processor, without an install script; on Linux with a build for glibc and one for
 * musl.
 * @throws if there is none for this machine, or of another version
 */
export const loadNative: () => Native = lazily(() => nativeFrom(loadInstalled));

/** As `loadNative`, of what `load` returns for the path of the file in `node_modules`. */
export function nativeFrom(load: (path: string) => unknown): Native {
  const { platform, arch } = process;
  const system = platform === 'linux' && isMusl(process.execPath) ? 'musl' : platform;
  const native = load(`@koromix/koffi-${platform}-${arch}/${system}_${arch}/koffi.node`) as Native;
  if (!native.version.startsWith(majorVersion)) {
    throw new Error(`koffi ${native.version}: version ${majorVersion}x is needed`);
  }
  return native;
}

/**
 * Loads a package's file that is installed with this program: see `installedFile`. A damaged package may have only the
 * start of it: Windows refuses to load that, Linux does not.
 */
function loadInstalled(path: string): unknown {
  const program = runningFile();
  if (program === null) throw new Error('where this program is installed is unknown');
  // In the program's parts this becomes the `require` of the part (scripts/bundles.js).
  const require = nodeModule.createRequire(program);
  // Yarn's PnP has no folders; it knows each package's own dependencies.
  const isByPnp = process.versions.pnp !== undefined;
  const file = isByPnp ? require.resolve(path) : installedFile(program, path);
  if (file === null) throw new Error(`${path} is not installed with this program`);
  if (process.platform === 'linux' && !isWholeLibrary(file)) throw new Error(`${file} is cut off`);
  return require(file);
}
