import { writeSync } from 'node:fs';
import { blockFor } from '../flow/steady-clock.ts';

/** How long to wait before writing to a full terminal again, in milliseconds: there is no event for it. */
const retryDelay = 10;
/** How often to retry restoring the terminal: one that is stopped (Ctrl-S) must not block the program. */
const mostRetries = 200;

/** Writes to a terminal when it has room. */
export interface TerminalWriter {
  write(text: string): void;
  /** Resolves when everything is written. */
  drained(): Promise<void>;
  /** Discards what is not written yet. */
  forget(): void;
  /** The same, and stops waiting. */
  end(): void;
}

/** `fd`: a descriptor of the terminal, a write to which need not wait. `gone` is called when the terminal is lost. */
export function terminalWriter(fd: number, gone: () => void): TerminalWriter {
  let unsent: Uint8Array = new Uint8Array(0);
  let timer: ReturnType<typeof setTimeout> | null = null;
  let waiting: (() => void)[] = [];

  /** Writes as much as the terminal takes. */
  function send(): void {
    try {
      while (unsent.length > 0) unsent = unsent.subarray(writeSync(fd, unsent));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') {
        timer = setTimeout(send, retryDelay);
        return;
      }
      gone();
    }
    timer = null;
    const callbacks = waiting;
    waiting = [];
    for (const callback of callbacks) callback();
  }

  function forget(): void {
    unsent = unsent.subarray(unsent.length);
  }

  return {
    write(text) {
      const more = Buffer.from(text);
      unsent = unsent.length === 0 ? more : Buffer.concat([unsent, more]);
      if (timer === null) send();
    },
    drained: () =>
      unsent.length === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)),
    forget,
    end() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      forget();
    },
  };
}

/** Writes without the event loop, which may have ended. */
export function writeNow(fd: number, text: string): void {
  let rest: Uint8Array = Buffer.from(text);
  for (let tries = 0; rest.length > 0 && tries < mostRetries; ) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      tries++;
      blockFor(retryDelay);
    }
  }
}
