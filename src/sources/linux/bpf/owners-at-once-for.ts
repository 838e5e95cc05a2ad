import type { SocketSource } from '../../../model/request/listing.ts';
import { powersOf } from '../owners/powers.ts';
import { isOfOwnPids } from '../proc/net-place.ts';
import type { AskOwnersAtOnce, Proc } from '../proc/proc.ts';
import { socketCount } from '../sockets/sockstat.ts';

/**
 * Returns how to ask the kernel which sockets all processes hold. Not with `--source proc`, and only if /proc would
 * show all of them to this user, with the same PIDs.
 */
export function ownersAtOnceFor(
  proc: Proc,
  source: SocketSource,
  pause: (() => Promise<void>) | undefined,
): Proc['ownersAtOnce'] {
  if (source === 'proc' || !proc.isLive) return undefined;
  let ask: AskOwnersAtOnce | null | undefined;
  return () => {
    if (ask !== undefined) return ask;
    ask = mayBeAsked(proc)
      ? async (depth, wanted, onlyFitting) => {
          const { ownersAtOnce } = await import('./owners-at-once.ts');
          const expected = wanted === null ? socketCount(proc) : null;
          return ownersAtOnce(depth, wanted, { expected, onlyFitting, pause });
        }
      : null;
    return ask;
  };
}

function mayBeAsked(proc: Proc): boolean {
  const { seesAll, lists, loadsPrograms, isNested, isFiltered } = powersOf(proc);
  // A seccomp filter may kill a process that makes an unexpected call.
  if (isNested || isFiltered) return false;
  return seesAll === true && lists && loadsPrograms && isOfOwnPids(proc.root);
}
