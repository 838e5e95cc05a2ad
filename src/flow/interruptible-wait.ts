import { clearTimeout, setTimeout } from './real-time.ts';

/** Waits for one thing at a time; no timer remains afterwards. */
export interface InterruptibleWait {
  /**
   * Resolves when the milliseconds are over, `ready` resolves or fails, or the wait is ended. null: no time ends it.
   */
  wait(milliseconds: number | null, ready?: () => Promise<void>): Promise<void>;
  /** Ends the current wait, if there is one; it is no matter to later ones. */
  end(): void;
}

/** A wait that can be ended early, such as by a key. */
export function interruptibleWait(): InterruptibleWait {
  let wake: (() => void) | null = null;
  return {
    wait(milliseconds, ready) {
      if (milliseconds !== null && milliseconds <= 0) return Promise.resolve();
      return new Promise((resolve) => {
        const end = () => {
          if (timer !== null) clearTimeout(timer);
          if (wake === end) wake = null;
          resolve();
        };
        const timer = milliseconds === null ? null : setTimeout(end, milliseconds);
        wake = end;
        ready?.().then(end, end);
      });
    },
    end: () => wake?.(),
  };
}
