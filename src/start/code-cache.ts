import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Where the code cache of a program for this Node lies: beside it, so that only who can write the
 * program can write the cache. V8 does not tell Node's patches of it apart, so the name does.
 */
export function codeCacheFile(program: string): string {
  const { version, platform, arch } = process;
  return `${program}.${version}-${platform}-${arch}${cacheEnding}`;
}

const cacheEnding = '.code-cache';

/** Windows has no such owners and modes: there the folder's own rights decide. */
const hasOwners = process.platform !== 'win32';

/** Whether what this process writes beside the program would be trusted, and can be written. */
export function canKeepCodeCache(program: string): boolean {
  try {
    const user = process.geteuid?.();
    if (hasOwners && user !== 0 && user !== statSync(program).uid) return false;
    accessSync(dirname(program), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** A file that the program's owner or root wrote, and nobody else could have. */
function isTrusted(file: Stats, program: string): boolean {
  if (!file.isFile()) return false;
  if (!hasOwners) return true;
  return (file.mode & 0o022) === 0 && (file.uid === 0 || file.uid === statSync(program).uid);
}

/**
 * The file of a code cache: this mark, the length of the code, the length of the source that it was
 * made from, the code, the code once more, the source. V8 checks neither the code's bytes nor their
 * source, so both are compared. That is the cheapest check: a hash takes longer than the rest of the
 * start, Node's because modules have to be loaded for it, our own because it is not compiled yet.
 */
const mark = 'tsnetstat code 1';
const headSize = mark.length + 8;

/** The content of the file of a code cache. */
function packed(code: Buffer, source: Buffer): Buffer {
  const head = Buffer.alloc(headSize);
  head.write(mark, 'latin1');
  head.writeUInt32LE(code.length, mark.length);
  head.writeUInt32LE(source.length, mark.length + 4);
  return Buffer.concat([head, code, code, source]);
}

/** Files are read through one buffer of this size: fresh memory costs more than reading into it. */
const scratchSize = 32 * 1024;

/** Whether a file has `bytes` at `position`. */
function standIn(fd: number, position: number, bytes: Buffer, scratch: Buffer): boolean {
  for (let at = 0; at < bytes.length; ) {
    const got = readSync(
      fd,
      scratch,
      0,
      Math.min(scratch.length, bytes.length - at),
      position + at,
    );
    if (got === 0 || bytes.compare(scratch, 0, got, at, at + got) !== 0) return false;
    at += got;
  }
  return true;
}

/** The code in the open file of a code cache; undefined where it is damaged, or of another source. */
function checkedCode(fd: number, size: number, source: Buffer): Buffer | undefined {
  const scratch = Buffer.allocUnsafeSlow(scratchSize);
  if (readSync(fd, scratch, 0, headSize, 0) !== headSize) return undefined;
  if (scratch.toString('latin1', 0, mark.length) !== mark) return undefined;
  const length = scratch.readUInt32LE(mark.length);
  const isOfLength = scratch.readUInt32LE(mark.length + 4) === source.length;
  if (!isOfLength || size !== headSize + 2 * length + source.length) return undefined;
  const code = Buffer.allocUnsafeSlow(length);
  if (readSync(fd, code, 0, length, headSize) !== length) return undefined;
  const isWhole = standIn(fd, headSize + length, code, scratch);
  return isWhole && standIn(fd, headSize + 2 * length, source, scratch) ? code : undefined;
}

/**
 * The code cache of the program that reads `source`; undefined where there is none that can be trusted.
 * Nothing but a file is waited for, and no link followed.
 */
export function readCodeCache(program: string, source: Buffer): Buffer | undefined {
  const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;
  let fd: number;
  try {
    fd = openSync(codeCacheFile(program), O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  } catch {
    // None there, or not ours to read.
    return undefined;
  }
  try {
    const file = fstatSync(fd);
    return isTrusted(file, program) ? checkedCode(fd, file.size, source) : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}

/** So many code caches of one program are kept, each of another Node. */
const mostCaches = 4;

/**
 * Puts the code cache of a program that reads `source` in its place, whole or not at all. Where there are
 * many of other Nodes by then, the oldest go.
 */
export function writeCodeCache(program: string, source: Buffer, code: Buffer): void {
  const file = codeCacheFile(program);
  const unfinished = `${file}.${process.pid}`;
  try {
    // Others may not write it, whatever the umask of this run is.
    writeFileSync(unfinished, packed(code, source), { flag: 'wx', mode: 0o644 });
    // On disk before it has its name: after a crash the name must not lead to unwritten data.
    const fd = openSync(unfinished, 'r+');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(unfinished, file);
    removeOldest(program);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

function removeOldest(program: string): void {
  const folder = dirname(program);
  const start = `${basename(program)}.`;
  const caches = readdirSync(folder)
    .filter((name) => name.startsWith(start) && name.endsWith(cacheEnding))
    .map((name) => join(folder, name))
    .map((file) => ({ file, made: lstatSync(file).mtimeMs }));
  caches.sort((one, other) => other.made - one.made);
  for (const { file } of caches.slice(mostCaches)) rmSync(file, { force: true });
}
