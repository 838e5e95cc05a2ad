/** A timer's longest time in milliseconds: setTimeout counts in 31 bits. */
const longestTimer = 2 ** 31 - 1;

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
        signal?.removeEventListener('abort', end);
        resolve();
      },
      Math.min(time, longestTimer),
    );
    if (signal?.aborted) end();
    else signal?.addEventListener('abort', end, { once: true });
  });
}
