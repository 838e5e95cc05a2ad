import { onAbort } from '../flow/on-abort.ts';
import { clearTimeout, setTimeout } from '../flow/real-time.ts';
import { longestTimer } from '../model/request/listing.ts';

/**
 * Waits for some milliseconds, at most a timer's longest time.
 * @throws the reason of `signal`, once it is aborted
 */
export function sleep(time: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(
      () => {
        forget?.();
        resolve();
      },
      Math.min(time, longestTimer),
    );
    if (signal?.aborted) end();
    const forget = signal && onAbort(signal, end);
  });
}
