import { interruptibleWait } from '../../flow/interruptible-wait.ts';
import { steadyNow } from '../../flow/steady-clock.ts';
import type { SocketEvent } from '../../model/report/socket-event.ts';
import type { Listing } from '../../model/request/listing.ts';
import type { Needs, ViewNeeds } from '../../model/request/needs.ts';
import type { LazyResolver } from '../../resolve/index.ts';
import type { Closings, Machines, Source } from '../../sources/source.ts';
import { compareText } from '../../text/compare-text.ts';
import { failedRounds } from '../failed-rounds.ts';
import { isNoNamespace } from '../lasting-place.ts';
import { needsOf } from '../needs.ts';
import { selectionFor } from '../selection.ts';
import { closingTaker, lastClosings } from './closing-events.ts';
import { rounds, unlessFailed } from './rounds.ts';
import type { FollowTally, FollowTask, GrowingTally } from './task.ts';
import { warningEvents } from './warning-events.ts';

/**
 * What a command line asks to follow.
 * @throws NetstatError `usage` for an invalid filter or column
 */
export async function followOf(
  listing: Listing,
  source: Source,
  shown: ViewNeeds,
  resolver: LazyResolver,
): Promise<Pick<FollowTask, 'source' | 'query' | 'selection' | 'verbose'> & { needs: Needs }> {
  const { query, view } = listing;
  const selection = await selectionFor(query, listing.target, source, resolver);
  if (view.columns !== null) {
    (await import('../../attributes/index.ts')).pickColumns(query.report, view.columns);
  }
  const shownNeeds = await needsOf(listing, shown, selection);
  // What a connection carried is told beside the columns too.
  const needs = { ...shownNeeds, tcpInfo: shownNeeds.tcpInfo || view.tcpInfo };
  return { source, query, selection, needs, verbose: view.verbose };
}

/** The events of followed sockets, and their counts. */
export interface Followed {
  /** Batches of events, never empty, until `signal` is aborted. */
  readonly events: AsyncGenerator<readonly SocketEvent[], void, undefined>;
  tally(): FollowTally;
}

/** Milliseconds for which closes are collected before they are reported: one by one, each costs a wake-up. */
const gatherMilliseconds = 20;

/**
 * Follows sockets: reads round after round, and in between the kernel's reports of destroyed sockets, if it sends
 * them. Nothing is read while an event waits to be consumed: the kernel buffers what comes meanwhile, up to its
 * limit, and what did not fit is reported as lost.
 */
export function followSockets(task: FollowTask): Followed {
  const tally = { opened: 0, closed: 0, changed: 0, lost: 0, undecided: 0 };
  const { machines } = task.source;
  const follow = (one: FollowTask) => followed(one, tally);
  const events = tallied(
    machines === undefined ? follow(task) : eachMachine(machines, task, follow),
    tally,
  );
  return { events, tally: () => ({ ...tally }) };
}

async function* eachMachine(
  machines: Machines,
  task: FollowTask,
  follow: (task: FollowTask) => Followed['events'],
): Followed['events'] {
  const { followMachines } = await import('./follow-machines.ts');
  yield* followMachines(machines, task, follow);
}

/**
 * A round's changes, and the closes that were received before it began or while it was read: a change has the time at
 * which the round began, so a socket that it saw alive is closed after that. Equal times keep their order.
 */
function inOrderOfTime(events: SocketEvent[]): readonly SocketEvent[] {
  return events.sort((one, other) => compareText(one.time, other.time));
}

async function* tallied(
  batches: AsyncGenerator<readonly SocketEvent[], void, undefined>,
  tally: GrowingTally,
): AsyncGenerator<readonly SocketEvent[], void, undefined> {
  for await (const batch of batches) {
    for (const { event } of batch) {
      if (event === 'opened' || event === 'closed') tally[event]++;
      else if (event !== 'warning') tally.changed++;
    }
    yield batch;
  }
}

async function* followed(
  task: FollowTask,
  tally: GrowingTally,
): AsyncGenerator<readonly SocketEvent[], void, undefined> {
  const { source, query, needs, interval, signal, tellsLast = false } = task;
  const { protocols, families } = query;
  const warnings = warningEvents(task);
  const closings =
    (await source.closings?.({ protocols, families, netns: needs.netns }, warnings.sink)) ?? null;
  if (source.closings === undefined) {
    task.note?.(
      'sockets are compared from round to round; those that live only between two rounds are missed',
    );
  }
  const { wait, end } = interruptibleWait();
  const stop = () => {
    if (!tellsLast) closings?.close();
    end();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const { changes, readRound } = await rounds(task, closings, warnings, tally);
    const takeClosings = closingTaker(closings, changes, needs, tally);
    const failures = failedRounds();
    let isFirst = true;
    for (; !signal.aborted; ) {
      if (!isFirst && closings !== null) await renewed(closings, task);
      const changed = await unlessFailed(readRound, warnings.sink, task, failures);
      if (signal.aborted && (isFirst || !tellsLast)) return;
      if (changed !== null) warnings.answered();
      if (isFirst && changed !== null) {
        isFirst = false;
        task.onBegun?.(changes.followed());
      }
      const events = [
        ...warnings.take(),
        ...inOrderOfTime([...(changed ?? []), ...takeClosings()]),
      ];
      if (events.length > 0) yield events;
      const due = steadyNow() + interval;
      for (let left = interval; left > 0 && !signal.aborted; left = due - steadyNow()) {
        await wait(left, closings?.ready);
        if (closings === null || signal.aborted) continue;
        await wait(Math.min(gatherMilliseconds, due - steadyNow()));
        if (signal.aborted) break;
        const events = takeClosings();
        if (events.length > 0) yield events;
      }
    }
    if (tellsLast && closings !== null && !isFirst) {
      const events = await lastClosings(closings, takeClosings);
      if (events.length > 0) yield events;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    closings?.close();
    end();
  }
}

/** Listens in new namespaces too; in those that are known for now, while the one that is followed has no name. */
async function renewed(closings: Closings, { openNumbered }: FollowTask): Promise<void> {
  try {
    await closings.renew();
  } catch (error) {
    if (openNumbered === undefined || !isNoNamespace(error)) throw error;
  }
}
