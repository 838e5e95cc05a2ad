import { clearTimeout, setTimeout } from '../flow/real-time.ts';

/** A time that is over after some milliseconds, or once it is stopped; until then it keeps the process alive. */
export interface Deadline {
  readonly over: Promise<void>;
  stop(): void;
}

/** A deadline that begins now. */
export function deadlineAfter(ms: number): Deadline {
  let stop = () => {};
  const over = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    stop = () => {
      clearTimeout(timer);
      resolve();
    };
  });
  return { over, stop };
}
