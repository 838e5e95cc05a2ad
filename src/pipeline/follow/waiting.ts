/** Waits for one thing at a time; no timer remains afterwards. */
interface Waiting {
  /** Resolves when the milliseconds are over, `ready` resolves, or waiting is ended. */
  wait(milliseconds: number, ready?: () => Promise<void>): Promise<void>;
  /** Ends the current wait. */
  end(): void;
}

/** Nothing is waited for once `signal` is aborted. */
export function waiting(signal: AbortSignal): Waiting {
  let wake: (() => void) | null = null;
  return {
    wait(milliseconds, ready) {
      if (signal.aborted || milliseconds <= 0) return Promise.resolve();
      return new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer);
          if (wake === end) wake = null;
          resolve();
        };
        const timer = setTimeout(end, milliseconds);
        wake = end;
        ready?.().then(end, end);
      });
    },
    end: () => wake?.(),
  };
}
