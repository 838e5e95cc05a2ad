import type { SocketSource } from '../../../model/listing.ts';
import { powersOf } from '../owners/powers.ts';
import { isOfOwnPids } from '../proc/net-place.ts';
import type { AskHeld, Proc } from '../proc/proc.ts';
import { socketCount } from '../sockets/sockstat.ts';

/**
 * Whether the kernel is asked what all processes hold: not with `--source proc`, and only where /proc would show
 * this user each of them by the number that the kernel tells.
 */
export function heldSocketsFor(
  proc: Proc,
  source: SocketSource,
  pause: (() => Promise<void>) | undefined,
): Proc['heldSockets'] {
  if (source === 'proc' || !proc.isLive) return undefined;
  let ask: AskHeld | null | undefined;
  return () => {
    if (ask !== undefined) return ask;
    ask = mayBeAsked(proc)
      ? async (depth, wanted, areFew) => {
          const { heldSockets } = await import('./held-sockets.ts');
          const expected = wanted === null ? socketCount(proc) : null;
          return heldSockets(depth, wanted, { expected, areFew, pause });
        }
      : null;
    return ask;
  };
}

function mayBeAsked(proc: Proc): boolean {
  const { seesAll, lists, loadsPrograms, isNested, isFiltered } = powersOf(proc);
  // A filter may end who makes a call that it does not know.
  if (isNested || isFiltered) return false;
  return seesAll === true && lists && loadsPrograms && isOfOwnPids(proc.root);
}
