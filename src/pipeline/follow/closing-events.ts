import type { SocketChanges } from '../../analysis/rounds/socket-changes.ts';
import { steadyNow } from '../../flow/steady-clock.ts';
import type { Warning } from '../../model/report/snapshot.ts';
import type { SocketEvent } from '../../model/report/socket-event.ts';
import type { Closings } from '../../sources/source.ts';
import type { ReadOptions } from '../read.ts';
import type { GrowingTally } from './task.ts';
import { withAsked } from './unseen-closing.ts';
import { warningEvent } from './warning-events.ts';

/** Minimum interval between two reports of lost closes, in milliseconds. */
const betweenLosses = 1000;

/** Takes the kernel's reports since its last call, as events. `isLast`: a loss is told now, or never. */
export type TakeClosings = (isLast?: boolean) => readonly SocketEvent[];

/** Makes the function that does so. `closings` null: the kernel sends none. */
export function closingTaker(
  closings: Closings | null,
  changes: SocketChanges,
  needs: ReadOptions['needs'],
  tally: GrowingTally,
): TakeClosings {
  let lastLoss = Number.NEGATIVE_INFINITY;
  let isLossUnreported = false;
  return (isLast = false) => {
    const events: SocketEvent[] = [];
    const { closings: some, overruns } = closings?.take() ?? { closings: [], overruns: 0 };
    if (overruns > 0) {
      tally.lost += overruns;
      changes.lost();
      isLossUnreported = true;
    }
    if (isLossUnreported && (isLast || steadyNow() - lastLoss >= betweenLosses)) {
      isLossUnreported = false;
      lastLoss = steadyNow();
      events.push(warningEvent(lostWarning));
    }
    for (const closing of some) {
      const change = changes.closing(withAsked(closing, needs));
      if (change !== null) events.push(change);
    }
    return events;
  };
}

/** The events of all that the kernel has reported, at the end. */
export async function lastClosings(
  closings: Closings,
  take: TakeClosings,
): Promise<readonly SocketEvent[]> {
  const events: SocketEvent[] = [];
  let isOver = false;
  const over = closings.finish().then(() => {
    isOver = true;
  });
  while (!isOver) {
    await Promise.race([over, closings.ready()]);
    for (const event of take(isOver)) events.push(event);
  }
  return events;
}

const lostWarning: Warning = {
  code: 'lost',
  message:
    'the kernel reported closed sockets faster than they could be read, so an unknown number was lost; the next round shows which of the sockets seen before are gone',
  source: 'sock_diag',
};
