import { NetstatError } from '../../errors.ts';
import { callFailed, errorCode } from './error-code.ts';
import type { SizedAnswer } from './windows-api.ts';

/** Enough for some 1,200 to 2,700 TCP sockets in the first call. */
const firstSize = 64 * 1024;
/** Doubling from 64 KiB: 2 GiB, more than any machine has sockets for. */
const mostCalls = 16;

/**
 * Calls until the table fits. It can grow between two calls, so one retry with the requested size is not enough; the
 * buffer at least doubles each time.
 * @param name the Windows function, for messages
 * @returns the table, in a buffer that may be longer; null if Windows has no such table
 * @throws NetstatError `unreadable` for any other error code, and if no size is enough
 */
export function readTable(name: string, call: (buffer: Buffer) => SizedAnswer): Buffer | null {
  let size = firstSize;
  for (let calls = 0; calls < mostCalls; calls++) {
    const buffer = Buffer.alloc(size);
    const answer = call(buffer);
    switch (answer.status) {
      case errorCode.success:
        return buffer;
      case errorCode.noData:
        return Buffer.alloc(4);
      case errorCode.notSupported:
        return null;
      case errorCode.insufficientBuffer:
        size = Math.max(size * 2, answer.size);
        break;
      default:
        throw callFailed(name, answer.status);
    }
    if (size > 2 ** 31) break;
  }
  throw new NetstatError(
    'unreadable',
    `${name} keeps requesting a larger buffer (now ${size} bytes); try again`,
    { path: name },
  );
}
