import type { NetstatError } from '../../errors.ts';
import type { SocketEvent } from '../../model/report/socket-event.ts';
import { type FailedMachine, failureOf, failureWarning } from '../../sources/failed-machines.ts';
import type { Machine, Machines } from '../../sources/source.ts';
import type { FollowTask } from './task.ts';

/** Several events at a time. */
type Events = AsyncGenerator<readonly SocketEvent[], void, undefined>;

/**
 * Follows machines independently: a slow one does not delay the others, and a round in which a machine does not answer
 * yields no events for it. Events start once each machine has been read or has failed.
 * @throws NetstatError if none answers; with `strict`, if any does not, in the first round or later
 */
export async function* followMachines(
  { all: machines, strict }: Machines,
  task: FollowTask,
  follow: (task: FollowTask) => Events,
): Events {
  const { signal } = task;
  const gathered = gathering(machines.length, signal);
  const beginning = beginningOf(machines, task, gathered.fail);
  async function pump(machine: Machine): Promise<void> {
    const { name } = machine;
    const events = follow({
      ...task,
      source: machine.open(signal),
      onBegun: (sockets) => beginning.begun(machine, sockets),
      onFailedRound(error) {
        const isFirst = beginning.isAwaited(machine);
        if ((isFirst && machines.length === 1) || strict) throw error;
        if (isFirst) beginning.failed(machine, error);
        return failureWarning({ host: name, error });
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

/** Tracks the first round of each machine. */
interface Beginning {
  /** Whether its first round is still pending. */
  isAwaited(machine: Machine): boolean;
  begun(machine: Machine, sockets: number): void;
  failed(machine: Machine, error: NetstatError): void;
  /** Resolves once each has been read or has failed, and at least one was read. */
  readonly isOver: Promise<void>;
}

/** Starts tracking; `fail` is called if none of several could be read. */
function beginningOf(
  machines: readonly Machine[],
  { onBegun }: Pick<FollowTask, 'onBegun'>,
  fail: (error: unknown) => void,
): Beginning {
  const awaited = new Set(machines);
  const failures: FailedMachine[] = [];
  let followed = 0;
  let end: () => void = () => {};
  const isOver = new Promise<void>((resolve) => {
    end = resolve;
  });
  function begun(machine: Machine, sockets: number): void {
    if (!awaited.delete(machine)) return;
    followed += sockets;
    if (awaited.size > 0) return;
    // Their warnings would otherwise wait for a start that never comes.
    const asked = { count: machines.length, strict: false, isTold: false };
    const failure = machines.length > 1 ? failureOf(failures, asked) : null;
    if (failure !== null) {
      fail(failure);
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

/** Merges the events of several producers for one consumer. */
interface Gathering {
  /** Resolves when the batch is consumed. */
  put(batch: readonly SocketEvent[]): Promise<void>;
  /** Ends everything with an error, after the batches put before are consumed. */
  fail(error: unknown): void;
  /** Call when a producer ends. */
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
          // Deliver waiting batches before the failure or the end.
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
