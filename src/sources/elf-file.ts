/** What is asked about files in the executable format of Linux: see elf(5). */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** How much of a program is read: the name of its loader (PT_INTERP) is near the start. */
const firstBytes = 4096;

/** Whether a program is linked with musl, judged by the name of its loader. */
export function isMusl(program: string): boolean {
  try {
    return withFile(program, (file) => bytesOf(file, 0, firstBytes).includes('/ld-musl-'));
  } catch {
    return false;
  }
}

/** Elf64_Ehdr and Elf64_Phdr, in the byte order that all processors here have. */
const header = {
  ...{ size: 64, tableAt: 32, entrySize: 54, entries: 56 },
  ...{ sectionsAt: 40, sectionSize: 58, sections: 60 },
} as const;
const entry = { type: 0, offset: 8, fileSize: 32 } as const;
const magic = '\x7fELF';
/** PT_LOAD: a part that is mapped into memory. */
const mapped = 1;

/**
 * Whether a 64-bit library has all bytes that its header promises to map, and its end was written. The system's loader
 * does not look: the first touch of a page behind the end of the file is SIGBUS, which ends the process; a file that was
 * written before the power failed may have zeros instead of its last part, and SIGSEGV is next. Other damage is not found.
 * @throws if it cannot be read
 */
export function isWholeLibrary(library: string): boolean {
  return withFile(library, (file) => {
    const start = bytesOf(file, 0, header.size);
    if (start.length < header.size || !start.toString('latin1').startsWith(magic)) return false;
    const entrySize = start.readUInt16LE(header.entrySize);
    const length = entrySize * start.readUInt16LE(header.entries);
    const table = bytesOf(file, Number(start.readBigUInt64LE(header.tableAt)), length);
    if (table.length < length) return false;
    const { size } = fstatSync(file);
    for (let at = 0; at < length; at += entrySize) {
      if (table.readUInt32LE(at + entry.type) !== mapped) continue;
      const end =
        table.readBigUInt64LE(at + entry.offset) + table.readBigUInt64LE(at + entry.fileSize);
      if (end > size) return false;
    }
    return !hasZerosAtEnd(file, start);
  });
}

/** Whether the last section, whose description linkers put at the end of the file, has none but zeros there. */
function hasZerosAtEnd(file: number, start: Buffer): boolean {
  const count = start.readUInt16LE(header.sections);
  if (count === 0) return false;
  const size = start.readUInt16LE(header.sectionSize);
  const at = Number(start.readBigUInt64LE(header.sectionsAt)) + (count - 1) * size;
  const last = bytesOf(file, at, size);
  return last.length > 0 && last.every((byte) => byte === 0);
}

/** `use` with the descriptor of an open file. */
function withFile<T>(path: string, use: (file: number) => T): T {
  const file = openSync(path, 'r');
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

/** At most `length` bytes from this position: fewer at the end of the file. */
function bytesOf(file: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, position));
}
