import { type LinkedSignal, linkedSignal } from '../model/linked-signal.ts';
import type { SocketEvent } from '../model/socket-event.ts';
import { followSockets } from '../pipeline/follow.ts';
import { type FollowOptions, followAsked } from './options.ts';
import { errorInOptions, toldInOptions } from './own-words.ts';
import { prepared } from './take.ts';

/**
 * What opens, closes and changes, one event after another, until the loop is left or `signal` is aborted. What is
 * there at the beginning is not told. Where the loop takes its time, nothing is kept for it but what the
 * kernel keeps; what it could not keep is told by a warning of the code `lost`.
 * @throws NetstatError where the options cannot be followed or nothing can be read; the reason of `signal`,
 * once that is aborted
 */
export function follow(options: FollowOptions = {}): AsyncGenerator<SocketEvent, void, undefined> {
  let stop: LinkedSignal | null = null;
  async function* eventsOf(): AsyncGenerator<SocketEvent, void, undefined> {
    const { interval, ...asked } = followAsked(options);
    const { signal } = options;
    signal?.throwIfAborted();
    const ending = linkedSignal(signal);
    stop = ending;
    const pause = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    };
    try {
      const what = await prepared('sockets', asked, pause, ending.signal);
      const { events } = followSockets({
        ...what,
        interval,
        signal: ending.signal,
        verbose: false,
      });
      for await (const batch of events) yield* batch.map(inOwnWords);
      signal?.throwIfAborted();
    } catch (error) {
      throw errorInOptions(error);
    } finally {
      ending.end();
    }
  }
  const events = eventsOf();
  const leave = events.return.bind(events);
  const fail = events.throw.bind(events);
  // Both end it at once, though it waits for an event: a generator by itself would wait for that first.
  return Object.assign(events, {
    return(value: undefined) {
      stop?.end();
      return leave(value);
    },
    throw(reason: unknown) {
      stop?.end();
      return fail(reason);
    },
  });
}

function inOwnWords(event: SocketEvent): SocketEvent {
  return event.event === 'warning' ? { ...event, warning: toldInOptions(event.warning) } : event;
}
