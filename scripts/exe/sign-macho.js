import { createHash } from 'node:crypto';

/*
 * Ad-hoc signatures of Mach-O programs, which macOS requires to start them: a changed program must be signed again, and
 * Bun does that only for arm64. Formats: mach-o/loader.h and kern/cs_blobs.h of Apple's XNU; a signature is big-endian,
 * the rest of the file little-endian.
 */
const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;
const EMBEDDED_SIGNATURE = 0xfade0cc0;
const CODE_DIRECTORY = 0xfade0c02;
const WITH_EXEC_SEGMENT = 0x20400;
const AD_HOC_BY_LINKER = 0x20002;
const MAIN_BINARY = 1n;
const SHA256 = 2;
const hashSize = 32;
const pageBits = 12;
const pageSize = 1 << pageBits;

/** The load commands of a 64-bit program that matter here, as offsets into the file. */
function commandsOf(bytes) {
  const found = { signature: null, linkedit: null, text: null };
  let at = 32;
  for (let left = bytes.readUInt32LE(16); left > 0; left--) {
    const command = bytes.readUInt32LE(at);
    if (command === LC_CODE_SIGNATURE) found.signature = at;
    if (command === LC_SEGMENT_64) {
      const name = bytes.toString('latin1', at + 8, at + 24).replace(/\0+$/, '');
      if (name === '__LINKEDIT') found.linkedit = at;
      if (name === '__TEXT') found.text = at;
    }
    at += bytes.readUInt32LE(at + 4);
  }
  if (found.signature === null || found.linkedit === null || found.text === null) {
    throw new Error('a Mach-O program without a place for its signature');
  }
  return found;
}

/** The hash of every page of the code; the last page may be shorter. */
function pageHashes(code) {
  const hashes = [];
  for (let at = 0; at < code.length; at += pageSize) {
    hashes.push(
      createHash('sha256')
        .update(code.subarray(at, at + pageSize))
        .digest(),
    );
  }
  return Buffer.concat(hashes);
}

/** Whether the signature covers everything before it and every page's hash is right. */
export function isSigned(bytes) {
  const { signature } = commandsOf(bytes);
  const start = bytes.readUInt32LE(signature + 8);
  const blobs = bytes.subarray(start);
  for (let i = 0; i < blobs.readUInt32BE(8); i++) {
    const directory = blobs.subarray(blobs.readUInt32BE(16 + 8 * i));
    if (directory.readUInt32BE(0) !== CODE_DIRECTORY) continue;
    const hashes = directory.readUInt32BE(16);
    const count = directory.readUInt32BE(28);
    return (
      directory.readUInt32BE(32) === start &&
      directory[37] === SHA256 &&
      directory[39] === pageBits &&
      pageHashes(bytes.subarray(0, start)).equals(
        directory.subarray(hashes, hashes + count * hashSize),
      )
    );
  }
  return false;
}

/** Returns the program with an ad-hoc signature instead of its own. */
export function signed(bytes, identifier) {
  const { signature, linkedit, text } = commandsOf(bytes);
  const start = bytes.readUInt32LE(signature + 8);
  const name = Buffer.from(`${identifier}\0`);
  const pages = Math.ceil(start / pageSize);
  const blobHeader = 20;
  const directoryHeader = 88;
  const directorySize = directoryHeader + name.length + pages * hashSize;
  const size = blobHeader + directorySize;

  const result = Buffer.alloc(start + size);
  bytes.copy(result, 0, 0, start);
  result.writeUInt32LE(size, signature + 12);
  const segmentStart = Number(result.readBigUInt64LE(linkedit + 40));
  const segmentSize = start + size - segmentStart;
  result.writeBigUInt64LE(BigInt(segmentSize), linkedit + 48);
  const memory = BigInt(Math.ceil(segmentSize / pageSize) * pageSize);
  if (memory > result.readBigUInt64LE(linkedit + 32))
    result.writeBigUInt64LE(memory, linkedit + 32);

  const blob = result.subarray(start);
  for (const [i, value] of [EMBEDDED_SIGNATURE, size, 1, 0, blobHeader].entries()) {
    blob.writeUInt32BE(value, 4 * i);
  }
  const directory = blob.subarray(blobHeader);
  const words = [
    CODE_DIRECTORY,
    directorySize,
    WITH_EXEC_SEGMENT,
    AD_HOC_BY_LINKER,
    directoryHeader + name.length,
    directoryHeader,
    0,
    pages,
    start,
  ];
  for (const [i, value] of words.entries()) directory.writeUInt32BE(value, 4 * i);
  directory.set([hashSize, SHA256, 0, pageBits], 36);
  directory.writeBigUInt64BE(result.readBigUInt64LE(text + 40), 64);
  directory.writeBigUInt64BE(result.readBigUInt64LE(text + 48), 72);
  directory.writeBigUInt64BE(MAIN_BINARY, 80);
  name.copy(directory, directoryHeader);
  // Last, since the first page has the load commands: they are final now.
  pageHashes(result.subarray(0, start)).copy(directory, directoryHeader + name.length);
  return result;
}
