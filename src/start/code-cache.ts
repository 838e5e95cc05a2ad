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
 * The path of a program's code cache for this Node: beside the program, so that only those who can write the
 * program can write the cache. V8 does not distinguish Node's patches of it, so the file name does.
 */
export function codeCacheFile(program: string): string {
  const { version, platform, arch } = process;
  return `${program}.${version}-${platform}-${arch}${cacheEnding}`;
}

const cacheEnding = '.code-cache';
/** The end of an unfinished one's name: the process that writes it. */
const unfinishedName = /\.code-cache\.(\d+)$/;

/** Windows has no such owners and modes; there the folder's permissions decide. */
const hasOwners = process.platform !== 'win32';

/** Whether this process can write beside the program, and what it writes would be trusted. */
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

/** Whether a file was written by the program's owner or root, and nobody else can write it. */
function isTrusted(file: Stats, program: string): boolean {
  if (!file.isFile()) return false;
  if (!hasOwners) return true;
  return (file.mode & 0o022) === 0 && (file.uid === 0 || file.uid === statSync(program).uid);
}

/**
 * The format of a code cache file: this mark, the length of the code, the length of what it was compiled from, the code,
 * the code again, what it was compiled from: the source and the program's path. V8 verifies neither the code's bytes nor
 * their source, so both are compared. That is the cheapest check: a hash takes longer than the rest of the start, Node's
 * because its modules must be loaded, our own because it is not compiled yet. The path belongs to the code: a copy
 * elsewhere would go on running under it, and look for native code there.
 */
const mark = 'tsnetstat code 2';
const headSize = mark.length + 8;

/** The content of a code cache file. */
function packed(code: Buffer, origin: Buffer): Buffer {
  const head = Buffer.alloc(headSize);
  head.write(mark, 'latin1');
  head.writeUInt32LE(code.length, mark.length);
  head.writeUInt32LE(origin.length, mark.length + 4);
  return Buffer.concat([head, code, code, origin]);
}

/** Files are read through one buffer of this size in bytes: new memory costs more than reading into it. */
const scratchSize = 32 * 1024;

/** Whether a file contains `bytes` at `position`. */
function hasBytesAt(fd: number, position: number, bytes: Buffer, scratch: Buffer): boolean {
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

/** The content of a program's file. */
export interface ProgramFile {
  readonly source: Buffer;
  /** The memory that begins with the source, and has room for its code. */
  readonly memory: Buffer;
}

/** Reads a program's file. */
export function readProgram(program: string): ProgramFile {
  const fd = openSync(program, 'r');
  try {
    const { size } = fstatSync(fd);
    // The code takes less than twice as much; memory that is not touched costs nothing.
    const memory = Buffer.allocUnsafeSlow(4 * size);
    let length = 0;
    for (let got = -1; got !== 0 && length < size; length += got) {
      got = readSync(fd, memory, length, size - length, length);
    }
    return { source: memory.subarray(0, length), memory };
  } finally {
    closeSync(fd);
  }
}

/** The code in an open code cache file; undefined if it is damaged, or of another program. */
function checkedCode(
  fd: number,
  size: number,
  program: string,
  { source, memory }: ProgramFile,
): Buffer | undefined {
  const path = Buffer.from(program);
  const scratch = Buffer.allocUnsafeSlow(scratchSize);
  if (readSync(fd, scratch, 0, headSize, 0) !== headSize) return undefined;
  if (scratch.toString('latin1', 0, mark.length) !== mark) return undefined;
  const length = scratch.readUInt32LE(mark.length);
  const origin = scratch.readUInt32LE(mark.length + 4);
  if (origin !== source.length + path.length) return undefined;
  if (size !== headSize + 2 * length + origin) return undefined;
  const end = headSize + 2 * length;
  const isOurs =
    hasBytesAt(fd, end, source, scratch) && hasBytesAt(fd, end + source.length, path, scratch);
  if (!isOurs) return undefined;
  const code = memory.length < length ? Buffer.allocUnsafeSlow(length) : memory.subarray(0, length);
  if (readSync(fd, code, 0, length, headSize) !== length) return undefined;
  return hasBytesAt(fd, headSize + length, code, scratch) ? code : undefined;
}

/**
 * The code cache for a program with this content; undefined if there is none that can be trusted. Opening it
 * neither blocks on a special file nor follows a link. The source must not be used afterwards: the code is read into
 * its memory, which costs less than new memory.
 */
export function readCodeCache(program: string, content: ProgramFile): Buffer | undefined {
  const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;
  let fd: number;
  try {
    fd = openSync(codeCacheFile(program), O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  } catch {
    // It does not exist, or may not be read.
    return undefined;
  }
  try {
    const file = fstatSync(fd);
    return isTrusted(file, program) ? checkedCode(fd, file.size, program, content) : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(fd);
  }
}

/** How many code caches of one program are kept, each for another Node. */
const maxCaches = 4;

/**
 * Writes the code cache of a program with this `source`, atomically. If there are too many for other Nodes, the
 * oldest are removed. Unfinished ones of runs that were killed are removed too.
 */
export function writeCodeCache(program: string, source: Buffer, code: Buffer): void {
  const file = codeCacheFile(program);
  const unfinished = `${file}.${process.pid}`;
  try {
    // Others must not be able to write it, whatever the umask.
    writeFileSync(unfinished, packed(code, Buffer.concat([source, Buffer.from(program)])), {
      flag: 'wx',
      mode: 0o644,
    });
    // On disk before it is renamed: after a crash the name must not refer to unwritten data.
    const fd = openSync(unfinished, 'r+');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(unfinished, file);
    removeOld(program);
  } finally {
    rmSync(unfinished, { force: true });
  }
}

function removeOld(program: string): void {
  const folder = dirname(program);
  const start = `${basename(program)}.`;
  const names = readdirSync(folder).filter((name) => name.startsWith(start));
  for (const name of names) {
    const [, writer] = unfinishedName.exec(name) ?? [];
    if (writer !== undefined && !isRunning(Number(writer))) {
      rmSync(join(folder, name), { force: true });
    }
  }
  const caches = names
    .filter((name) => name.endsWith(cacheEnding))
    .map((name) => join(folder, name))
    .map((file) => ({ file, made: lstatSync(file).mtimeMs }));
  caches.sort((one, other) => other.made - one.made);
  for (const { file } of caches.slice(maxCaches)) rmSync(file, { force: true });
}

/** Whether a process has this number. One in another container is not seen: its file is removed, and it gives up. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
