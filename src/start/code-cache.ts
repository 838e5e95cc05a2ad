import {
  accessSync,
  constants,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

/**
 * Where the code cache of a program for this Node lies: beside it, so that whoever could write the one
 * could write the other. V8 does not tell Node's patches of it apart, so the name does.
 */
export function codeCacheFile(program: string): string {
  const { version, platform, arch } = process;
  return `${program}.${version}-${platform}-${arch}.code-cache`;
}

/** Whether a code cache may be put beside the program. */
export function canKeepCodeCache(program: string): boolean {
  try {
    accessSync(dirname(program), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Which file a program is, and of when: another one under its name has another. */
export interface Edition {
  readonly inode: number;
  /** Milliseconds since 1970. */
  readonly changed: number;
}

/** The edition that stands at `program`. */
export function editionOf(program: string): Edition {
  const { ino, mtimeMs } = statSync(program);
  return { inode: ino, changed: mtimeMs };
}

/** The code cache of a program; undefined where there is none, or the program is younger. */
export function readCodeCache(program: string, { changed }: Edition): Buffer | undefined {
  const file = codeCacheFile(program);
  const made = statSync(file, { throwIfNoEntry: false });
  if (made === undefined || made.mtimeMs < changed) return undefined;
  try {
    return readFileSync(file);
  } catch {
    // Not ours to read.
    return undefined;
  }
}

/**
 * Puts the code cache of a program's edition in its place, whole or not at all, unless the program was
 * replaced meanwhile: V8 checks neither the cache's bytes nor what source they are of.
 */
export function writeCodeCache(program: string, edition: Edition, bytes: Buffer): void {
  const file = codeCacheFile(program);
  const unfinished = `${file}.${process.pid}`;
  try {
    // Others may not write it, whatever the umask of this run is.
    writeFileSync(unfinished, bytes, { flag: 'wx', mode: 0o644 });
    const now = editionOf(program);
    if (now.inode === edition.inode && now.changed === edition.changed) {
      renameSync(unfinished, file);
    }
  } finally {
    rmSync(unfinished, { force: true });
  }
}
