import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { isMusl, isWholeLibrary } from '../../src/sources/elf-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let folder: string;
beforeAll(() => {
  folder = temporaryFolder('elf-');
});

/** A file with this content. */
function fileOf(content: string | Uint8Array): string {
  const file = join(folder, 'file');
  writeFileSync(file, content);
  return file;
}

describe('a program is linked with musl', () => {
  it.each([
    ['if its loader is that of musl', '\x7fELF..../lib/ld-musl-x86_64.so.1\0...', true],
    ['not where it is another', '\x7fELF..../lib64/ld-linux-x86-64.so.2\0...', false],
    ['not where it is no program', '', false],
  ])('%s', (_, text, expected) => {
    expect(isMusl(fileOf(text))).toBe(expected);
  });

  it('not where there is none', () => {
    expect(isMusl(join(folder, 'nowhere'))).toBe(false);
  });
});

describe('a library is whole', () => {
  /** Elf64_Phdr.p_type: PT_LOAD, and PT_NOTE, which is not mapped. */
  const [load, note] = [1, 4];
  /** Where the table of parts is; where the last mapped part ends. */
  const [tableAt, end] = [5000, 9000];
  /** A library whose table is not right behind its header, as where a tool has moved it. */
  function library(): Buffer {
    const bytes = Buffer.alloc(end + 1000);
    bytes.write('\x7fELF', 'latin1');
    bytes.writeBigUInt64LE(BigInt(tableAt), 32);
    const parts = [
      { type: load, offset: 4000, size: end - 4000 },
      { type: load, offset: 0, size: 4000 },
      { type: note, offset: end, size: 1_000_000 },
    ];
    bytes.writeUInt16LE(56, 54);
    bytes.writeUInt16LE(parts.length, 56);
    for (const [nth, { type, offset, size }] of parts.entries()) {
      const at = tableAt + 56 * nth;
      bytes.writeUInt32LE(type, at);
      bytes.writeBigUInt64LE(BigInt(offset), at + 8);
      bytes.writeBigUInt64LE(BigInt(size), at + 32);
    }
    return bytes;
  }

  it.each([
    ['if nothing is missing', undefined, true],
    ['if only what is not mapped is missing', end, true],
    ['not without the last mapped byte', end - 1, false],
    ['not without the end of its table', tableAt + 3 * 56 - 1, false],
    ['not without its table', tableAt, false],
    ['not without the end of its header', 63, false],
    ['not if it is empty', 0, false],
  ])('%s', (_, length, expected) => {
    expect(isWholeLibrary(fileOf(library().subarray(0, length)))).toBe(expected);
  });

  it.each([
    ['if its last section is described', 1, true],
    ['not if zeros are where that was to be', 0, false],
  ])('%s', (_, kind, expected) => {
    const bytes = library();
    const [at, size, count] = [end + 200, 64, 3];
    bytes.writeBigUInt64LE(BigInt(at), 40);
    bytes.writeUInt16LE(size, 58);
    bytes.writeUInt16LE(count, 60);
    bytes.writeUInt32LE(kind, at + (count - 1) * size + 4);
    expect(isWholeLibrary(fileOf(bytes))).toBe(expected);
    // Sections are not mapped.
    expect(isWholeLibrary(fileOf(bytes.subarray(0, end)))).toBe(true);
  });

  it.each([
    ['zeros', Buffer.alloc(10_000)],
    ['text', 'no library at all\n'.repeat(100)],
  ])('not if it is %s', (_, content) => {
    expect(isWholeLibrary(fileOf(content))).toBe(false);
  });

  it.each([
    ['a table', 32],
    ['a part', tableAt + 8],
  ])('not if %s is where no file reaches', (_, at) => {
    const bytes = library();
    bytes.fill(0xff, at, at + 6);
    expect(isWholeLibrary(fileOf(bytes))).toBe(false);
  });

  it.runIf(process.platform === 'linux')('if a program is', () => {
    expect(isWholeLibrary(process.execPath)).toBe(true);
  });
});
