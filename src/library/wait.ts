import { NetstatError } from '../errors.ts';
import type { Socket } from '../model/socket.ts';
import { type SocketOptions, socketsAsked } from './options.ts';
import { sleep } from './sleep.ts';
import { take } from './take.ts';

/** What is waited for, and how long. */
export interface WaitOptions extends SocketOptions {
  /** Until there is none of them any more. Default false: until there is one. */
  readonly gone?: boolean | undefined;
  /** Milliseconds; default: as long as it takes. */
  readonly timeout?: number | undefined;
  /** Milliseconds between one look and the next; default 200. */
  readonly interval?: number | undefined;
}

/**
 * Waits for sockets, such as a server that starts: `waitFor({ which: 'listening', port: 3000 })`.
 * Resolves with those that are there (with `gone`: none), or with null where the time is over.
 * @throws NetstatError as `snapshot`; the reason of `signal`, once that is aborted
 */
export async function waitFor(options: WaitOptions): Promise<readonly Socket[] | null> {
  const { gone = false, timeout = Number.POSITIVE_INFINITY, interval = 200, ...question } = options;
  if (typeof gone !== 'boolean') throw refused('gone', 'true or false', gone);
  const asked = socketsAsked(question);
  const end = performance.now() + milliseconds('timeout', timeout);
  milliseconds('interval', interval);
  for (;;) {
    const { sockets } = await take('sockets', asked, question.signal);
    if (sockets.length > 0 !== gone) return sockets;
    const left = end - performance.now();
    if (left <= 0) return null;
    await sleep(Math.min(interval, left), question.signal);
  }
}

function milliseconds(name: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0) return value;
  throw refused(name, 'milliseconds', value);
}

function refused(name: string, expected: string, found: unknown): NetstatError {
  const shown = JSON.stringify(found) ?? String(found);
  return new NetstatError('usage', `${name}: expected ${expected}, found ${shown}`, { path: name });
}
