import type { TableFile } from '../proc/proc.ts';

/** Part of a table: whole lines, the bytes from 0 to `end` of a buffer that the next block reuses. */
export interface Block {
  readonly bytes: Buffer;
  readonly end: number;
  /** It stands for one line that is too long to be a row, which was left out. */
  readonly isTooLong: boolean;
}

/** The kernel hands out a table about 4 KiB a read, so a block is filled by several. */
const blockSize = 32 * 1024;

/**
 * No row is longer, in bytes: those of SCTP with hundreds of addresses come next to it. What is longer
 * is no row, and need not have an end.
 */
export const longestRow = 128 * 1024;

/** A table a block at a time, so that memory does not grow with it. Closes the file at the end. */
export function* tableBlocks(file: TableFile): Generator<Block> {
  let bytes = Buffer.allocUnsafeSlow(blockSize);
  let filled = 0;
  // In a line that is too long: what is read up to its end is dropped.
  let isDropping = false;
  try {
    for (;;) {
      const got = file.read(bytes, filled);
      filled += got;
      if (isDropping) {
        const lineEnd = bytes.subarray(0, filled).indexOf(10);
        if (lineEnd >= 0) {
          isDropping = false;
          bytes.copyWithin(0, lineEnd + 1, filled);
          filled -= lineEnd + 1;
        } else {
          filled = 0;
        }
      }
      if (got === 0) {
        if (filled > 0) yield { bytes, end: filled, isTooLong: false };
        return;
      }
      if (filled < bytes.length) continue;
      const lastBreak = bytes.lastIndexOf(10, filled - 1);
      if (lastBreak < 0) {
        if (filled >= longestRow) {
          yield { bytes, end: 0, isTooLong: true };
          isDropping = true;
          filled = 0;
        } else {
          bytes = Buffer.concat([bytes], bytes.length * 2);
        }
        continue;
      }
      yield { bytes, end: lastBreak + 1, isTooLong: false };
      bytes.copyWithin(0, lastBreak + 1, filled);
      filled -= lastBreak + 1;
    }
  } finally {
    file.close();
  }
}
