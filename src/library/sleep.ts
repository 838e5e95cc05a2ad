/** A timer's longest time: setTimeout counts in 31 bits. */
const longest = 2 ** 31 - 1;

/**
 * Waits for some milliseconds, or as long as a timer can.
 * @throws the reason of `signal`, once that is aborted
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
      Math.min(time, longest),
    );
    if (signal?.aborted) end();
    else signal?.addEventListener('abort', end, { once: true });
  });
}
