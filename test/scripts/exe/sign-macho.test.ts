import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { script } from '../script.ts';

const { isSigned, signed } = await script<{
  isSigned(bytes: Buffer): boolean;
  signed(bytes: Buffer, identifier: string): Buffer;
}>('exe/sign-macho.js');

const segmentSize = 72;
const linkeditStart = 0x2000;

/** A program of two and a bit pages: the load commands that matter, and room for a signature. */
function program(codeSize = 0x2345): Buffer {
  const file = Buffer.alloc(codeSize + 64, 0xa5);
  file.fill(0, 0, 0x200);
  file.writeUInt32LE(0xfeedfacf, 0);
  file.writeUInt32LE(3, 16);
  const segment = (at: number, name: string, start: number, size: number) => {
    file.writeUInt32LE(0x19, at);
    file.writeUInt32LE(segmentSize, at + 4);
    file.write(name, at + 8, 'latin1');
    file.writeBigUInt64LE(BigInt(size), at + 32);
    file.writeBigUInt64LE(BigInt(start), at + 40);
    file.writeBigUInt64LE(BigInt(size), at + 48);
  };
  segment(32, '__TEXT', 0, linkeditStart);
  segment(32 + segmentSize, '__LINKEDIT', linkeditStart, file.length - linkeditStart);
  const command = 32 + 2 * segmentSize;
  for (const [i, value] of [0x1d, 16, codeSize, 64].entries()) {
    file.writeUInt32LE(value, command + 4 * i);
  }
  // The header of a signature that holds nothing.
  file.fill(0, codeSize);
  file.writeUInt32BE(0xfade0cc0, codeSize);
  return file;
}

describe('ad-hoc signatures', () => {
  it.each([0x2345, 0x3000, 0x2fff])('of %i bytes of code hold', (size) => {
    expect(isSigned(program(size))).toBe(false);
    expect(isSigned(signed(program(size), 'tsnetstat'))).toBe(true);
  });

  it('are the same when signed again', () => {
    const once = signed(program(), 'tsnetstat');
    expect(signed(once, 'tsnetstat')).toEqual(once);
  });

  it.each([
    ['the header', 5],
    ['the code', 0x1fff],
    ['the last, short page', 0x2344],
  ])('do not hold when %s was changed', (_, at) => {
    const file = signed(program(), 'tsnetstat');
    file.writeUInt8(file.readUInt8(at) ^ 1, at);
    expect(isSigned(file)).toBe(false);
  });

  it('the load commands give the position of the signature, and the file ends with it', () => {
    const file = signed(program(), 'tsnetstat');
    const linkedit = 32 + segmentSize;
    const command = 32 + 2 * segmentSize;
    expect(file.readUInt32LE(command + 8) + file.readUInt32LE(command + 12)).toBe(file.length);
    expect(Number(file.readBigUInt64LE(linkedit + 48))).toBe(file.length - linkeditStart);
    expect(Number(file.readBigUInt64LE(linkedit + 32))).toBeGreaterThanOrEqual(
      file.length - linkeditStart,
    );
  });

  it('the code directory is as cs_blobs.h lays it out', () => {
    const file = signed(program(), 'tsnetstat');
    const directory = file.subarray(0x2345 + 20);
    expect(directory.readUInt32BE(0)).toBe(0xfade0c02);
    expect(directory.readUInt32BE(12)).toBe(0x20002);
    expect(directory.toString('latin1', 88, 97)).toBe('tsnetstat');
    expect(directory.readUInt32BE(28)).toBe(3);
    expect([...directory.subarray(36, 40)]).toEqual([32, 2, 0, 12]);
    const lastPage = createHash('sha256').update(file.subarray(0x2000, 0x2345)).digest();
    const at = directory.readUInt32BE(16) + 2 * 32;
    expect(directory.subarray(at, at + 32)).toEqual(lastPage);
  });

  it('need a program that has a place for them', () => {
    const file = program();
    file.writeUInt32LE(0x1b, 32 + 2 * segmentSize);
    expect(() => signed(file, 'tsnetstat')).toThrow('without a place for its signature');
  });
});
