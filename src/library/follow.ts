import { linkedSignal } from '../model/linked-signal.ts';
import type { SocketEvent } from '../model/socket-event.ts';
import { followSockets } from '../pipeline/follow.ts';
import { type FollowOptions, followAsked } from './options.ts';
import { prepared } from './take.ts';

/**
 * What opens, closes and changes, one event after another, until the loop is left or `signal` is aborted. What is
 * there at the beginning is not told. Where the loop takes its time, nothing is kept for it but what the
 * kernel keeps; what it could not keep is told by a warning of the code `lost`.
 * @throws NetstatError where the options cannot be followed or nothing can be read; the reason of `signal`,
 * once that is aborted
 */
export async function* follow(
  options: FollowOptions = {},
): AsyncGenerator<SocketEvent, void, undefined> {
  const { interval, ...asked } = followAsked(options);
  const { signal } = options;
  signal?.throwIfAborted();
  const stop = linkedSignal(signal);
  const pause = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  };
  try {
    const what = await prepared('sockets', asked, pause, stop.signal);
    const { events } = followSockets({ ...what, interval, signal: stop.signal, verbose: false });
    for await (const batch of events) yield* batch;
    signal?.throwIfAborted();
  } finally {
    stop.end();
  }
}
