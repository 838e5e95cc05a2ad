import { attempt } from '../flow/attempt.ts';
import { type LinkedSignal, linkedSignal } from '../flow/linked-signal.ts';
import type { SocketEvent } from '../model/report/socket-event.ts';
import { followSockets } from '../pipeline/follow/follow.ts';
import { type FollowOptions, followAsked } from './options.ts';
import { errorInOptions, wordedInOptions } from './own-words.ts';
import { pauseOf, prepared } from './take.ts';

/**
 * Yields an event for each socket that opens, closes or changes, until the loop is left or `signal` is aborted.
 * Sockets that exist at the start are not reported. If the loop is slow, only the kernel buffers for it; what did
 * not fit is reported by a warning with the code `lost`.
 * @throws NetstatError if an option is invalid or nothing can be read; the reason of `signal`, once it is aborted
 */
export function follow(options: FollowOptions = {}): AsyncGenerator<SocketEvent, void, undefined> {
  let stop: LinkedSignal | null = null;
  const asking = attempt(() => followAsked(options));
  async function* eventsOf(): AsyncGenerator<SocketEvent, void, undefined> {
    const { interval, ...asked } = asking();
    const { signal } = asked;
    signal?.throwIfAborted();
    const ending = linkedSignal(signal);
    stop = ending;
    const pause = pauseOf(signal);
    try {
      const preparedIn = (target: typeof asked.target) =>
        prepared('sockets', { ...asked, target }, pause, ending.signal);
      const what = await preparedIn(asked.target);
      const openNumbered = async (number: number) => {
        const { source } = await preparedIn({ ...asked.target, netns: { name: String(number) } });
        return source;
      };
      const { events } = followSockets({
        ...what,
        interval,
        signal: ending.signal,
        verbose: false,
        openNumbered: typeof asked.target.netns === 'object' ? openNumbered : undefined,
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
  // End at once, even while waiting for an event: a plain generator would first wait for that.
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
  return event.event === 'warning' ? { ...event, warning: wordedInOptions(event.warning) } : event;
}
