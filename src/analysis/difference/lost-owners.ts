import { areOwnersHidden } from '../../model/socket/owner.ts';
import type { Socket } from '../../model/socket/socket.ts';
import { identityRules, type OwnersKnown } from '../identity.ts';

/** What may be hidden of a socket. */
type Hidden = 'owners' | 'executables' | 'workload';

/** What is known of the sockets at one place. */
interface Seen {
  readonly owners: Set<OwnersKnown>;
  readonly hidden: Set<Hidden>;
}

/**
 * In how many places `before` knows who holds the sockets, while something of that is hidden in `after`: saved in its
 * place, it would be forgotten.
 */
export function countLostOwners(before: readonly Socket[], after: readonly Socket[]): number {
  const hiddenNow = seenByPlace(after.filter((socket) => hiddenOf(socket).length > 0));
  if (hiddenNow.size === 0) return 0;
  const seen = seenByPlace(before);
  return [...hiddenNow].filter(([place, { hidden }]) => {
    const then = seen.get(place);
    if (then?.owners.has('known') !== true) return false;
    return [...hidden].some((what) => !then.hidden.has(what));
  }).length;
}

function seenByPlace(sockets: readonly Socket[]): ReadonlyMap<string, Seen> {
  const places = new Map<string, Seen>();
  for (const socket of sockets) {
    const identity = identityRules.sockets.identify(socket);
    if (identity === null) continue;
    let seen = places.get(identity.place);
    if (seen === undefined) {
      seen = { owners: new Set(), hidden: new Set() };
      places.set(identity.place, seen);
    }
    seen.owners.add(identity.owners);
    for (const what of hiddenOf(socket)) seen.hidden.add(what);
  }
  return places;
}

function hiddenOf(socket: Socket): readonly Hidden[] {
  const hidden: Hidden[] = [];
  const { owners, workload, noWorkload } = socket;
  if (owners === null || areOwnersHidden(socket)) hidden.push('owners');
  if (owners?.some(({ executable }) => executable === null)) hidden.push('executables');
  if (workload === undefined || noWorkload === 'denied') hidden.push('workload');
  return hidden;
}
