import type { NetstatError } from '../errors.ts';
import type { Warning } from '../model/snapshot.ts';
import type { SocketEvent } from '../model/socket-event.ts';
import type { Machine, Machines, Source } from '../sources/source.ts';
import { type Failed, noneAnswered } from './ask-each.ts';

/** Some events at a time. */
type Events = AsyncGenerator<readonly SocketEvent[], void, undefined>;

/** What is said for each of them anew, as `FollowOptions` has it. */
interface Following {
  readonly source: Source;
  readonly signal: AbortSignal;
  onFailedRound?(error: NetstatError): Warning;
  onBegun?(followed: number): void;
}

/**
 * Follows machines, each by itself and side by side: one that is slow holds nobody up, and of one that does not
 * answer in a round nothing is told. Events come once each has been read or has failed.
 * @throws NetstatError where none answers; with `strict` where one does not, then or later
 */
export async function* followMachines<Options extends Following>(
  { all: machines, strict }: Machines,
  options: Options,
  follow: (options: Options) => Events,
): Events {
  const { signal } = options;
  const gathered = gathering(machines.length, signal);
  const beginning = beginningOf(machines, options, gathered.fail);
  async function pump(machine: Machine): Promise<void> {
    const { name } = machine;
    const events = follow({
      ...options,
      source: machine.open(signal),
      onBegun: (sockets) => beginning.begun(machine, sockets),
      onFailedRound(error) {
        const isFirst = beginning.isAwaited(machine);
        if ((isFirst && machines.length === 1) || strict) throw error;
        if (isFirst) beginning.failed(machine, error);
        return { code: 'host-failed', message: error.summary, source: name, host: name };
      },
    });
    for await (const batch of events) {
      await beginning.isOver;
      await gathered.put(batch);
    }
  }
  for (const machine of machines) pump(machine).catch(gathered.fail).finally(gathered.ended);
  yield* gathered.events();
}

/** The first round of each machine. */
interface Beginning {
  /** Its first round is neither read nor has it failed. */
  isAwaited(machine: Machine): boolean;
  begun(machine: Machine, sockets: number): void;
  failed(machine: Machine, error: NetstatError): void;
  /** Each has been read or has failed, and some were read. */
  readonly isOver: Promise<void>;
}

/** `fail`: none of several could be read. */
function beginningOf(
  machines: readonly Machine[],
  { onBegun }: Pick<Following, 'onBegun'>,
  fail: (error: unknown) => void,
): Beginning {
  const awaited = new Set(machines);
  const failures: Failed[] = [];
  let followed = 0;
  let end: () => void = () => {};
  const isOver = new Promise<void>((resolve) => {
    end = resolve;
  });
  function begun(machine: Machine, sockets: number): void {
    if (!awaited.delete(machine)) return;
    followed += sockets;
    if (awaited.size > 0) return;
    // Their warnings wait for a beginning that never comes.
    if (failures.length === machines.length && machines.length > 1) {
      fail(noneAnswered(failures));
      return;
    }
    onBegun?.(followed);
    end();
  }
  return {
    isOver,
    begun,
    isAwaited: (machine) => awaited.has(machine),
    failed(machine, error) {
      failures.push({ host: machine.name, error });
      begun(machine, 0);
    },
  };
}

/** Events of several that are taken by one. */
interface Gathering {
  /** Until they were taken. */
  put(batch: readonly SocketEvent[]): Promise<void>;
  /** Ends it all, once what was put before is taken. */
  fail(error: unknown): void;
  /** One of those that put has come to its end. */
  ended(): void;
  events(): Events;
}

function gathering(several: number, signal: AbortSignal): Gathering {
  const waiting: { readonly batch: readonly SocketEvent[]; taken(): void }[] = [];
  let running = several;
  let failure: { readonly error: unknown } | null = null;
  let wake = () => {};
  return {
    put: (batch) =>
      new Promise((taken) => {
        waiting.push({ batch, taken });
        wake();
      }),
    fail(error) {
      failure ??= { error };
      wake();
    },
    ended() {
      running--;
      wake();
    },
    async *events() {
      const abort = () => wake();
      signal.addEventListener('abort', abort, { once: true });
      try {
        while (!signal.aborted) {
          // Told before what ends it.
          const next = waiting.shift();
          if (next !== undefined) {
            yield next.batch;
            next.taken();
            continue;
          }
          if (failure !== null) throw failure.error;
          if (running === 0) return;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        signal.removeEventListener('abort', abort);
      }
    },
  };
}
