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

/** The code cache of a program; undefined where there is none, or the program is younger. */
export function readCodeCache(program: string): Buffer | undefined {
  const file = codeCacheFile(program);
  const made = statSync(file, { throwIfNoEntry: false });
  if (made === undefined || made.mtimeMs < statSync(program).mtimeMs) return undefined;
  try {
    return readFileSync(file);
  } catch {
    // Not ours to read.
    return undefined;
  }
}

/** Puts a program's code cache in its place, whole or not at all: V8 does not check its bytes. */
export function writeCodeCache(program: string, bytes: Buffer): void {
  const file = codeCacheFile(program);
  const unfinished = `${file}.${process.pid}`;
  try {
    writeFileSync(unfinished, bytes, { flag: 'wx' });
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}
