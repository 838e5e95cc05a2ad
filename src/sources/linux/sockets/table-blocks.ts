import type { TableFile } from '../proc/proc.ts';

/** Part of a table: complete lines, in bytes 0 to `end` of a buffer that the next block reuses. */
export interface Block {
  readonly bytes: Buffer;
  readonly end: number;
  /** It stands for one skipped line that is too long to be a row; `bytes` has its beginning. */
  readonly isTooLong: boolean;
}

/** The kernel returns about 4 KiB of a table a read, so several reads fill a block. */
const blockSize = 32 * 1024;

/**
 * The longest row in bytes; those of SCTP with hundreds of addresses come close. A longer line is not a row, and
 * may never end.
 */
export const longestRow = 128 * 1024;

/** Reads a table block by block, so that memory does not grow with it. Closes the file at the end. */
export function* tableBlocks(file: TableFile): Generator<Block> {
  let bytes = Buffer.allocUnsafeSlow(blockSize);
  let filled = 0;
  // Within a line that is too long: everything up to its end is skipped.
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
