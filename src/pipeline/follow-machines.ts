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
  const waiting: { readonly batch: readonly SocketEvent[]; taken(): void }[] = [];
  let running = machines.length;
  let failure: { readonly error: unknown } | null = null;
  let wake = () => {};
  let open: () => void = () => {};
  const isOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  const fail = (error: unknown) => {
    failure ??= { error };
    wake();
  };

  let followed = 0;
  const failed: Failed[] = [];
  const unbegun = new Set(machines);
  function begin(machine: Machine, sockets: number): void {
    if (!unbegun.delete(machine)) return;
    followed += sockets;
    if (unbegun.size > 0) return;
    // Their warnings wait for a beginning that never comes.
    if (failed.length === machines.length && machines.length > 1) {
      fail(noneAnswered(failed));
      return;
    }
    options.onBegun?.(followed);
    open();
  }

  async function pump(machine: Machine): Promise<void> {
    const events = follow({
      ...options,
      source: machine.open(options.signal),
      onBegun: (sockets) => begin(machine, sockets),
      onFailedRound(error) {
        const isFirst = unbegun.has(machine);
        if ((isFirst && machines.length === 1) || strict) throw error;
        const { name } = machine;
        if (isFirst) failed.push({ host: name, error });
        begin(machine, 0);
        return { code: 'host-failed', message: error.summary, source: name, host: name };
      },
    });
    for await (const batch of events) {
      await isOpen;
      await new Promise<void>((taken) => {
        waiting.push({ batch, taken });
        wake();
      });
    }
  }

  for (const machine of machines) {
    pump(machine)
      .catch(fail)
      .finally(() => {
        running--;
        wake();
      });
  }
  const { signal } = options;
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
      if (failure !== null) throw (failure as { readonly error: unknown }).error;
      if (running === 0) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
