import type { TableFile } from './proc.js';

/** Part of a table: whole lines, the bytes from 0 to `end` of a buffer that the next block reuses. */
export interface Block {
  readonly bytes: Buffer;
  readonly end: number;
}

/** The kernel hands out a table about 4 KiB a read, so a block is filled by several. */
const blockSize = 32 * 1024;

/** A table a block at a time, so that memory does not grow with it. Closes the file at the end. */
export function* tableBlocks(file: TableFile): Generator<Block> {
  let bytes = Buffer.allocUnsafeSlow(blockSize);
  let filled = 0;
  try {
    for (;;) {
      const got = file.read(bytes, filled);
      filled += got;
      if (got === 0) {
        if (filled > 0) yield { bytes, end: filled };
        return;
      }
      if (filled < bytes.length) continue;
      const lastBreak = bytes.lastIndexOf(10, filled - 1);
      if (lastBreak < 0) {
        bytes = Buffer.concat([bytes], bytes.length * 2);
        continue;
      }
      yield { bytes, end: lastBreak + 1 };
      bytes.copyWithin(0, lastBreak + 1, filled);
      filled -= lastBreak + 1;
    }
  } finally {
    file.close();
  }
}
