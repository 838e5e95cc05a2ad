import type { Changed, FieldChange, Replaced } from '../../model/report/difference.ts';
import type { IdentityRule } from '../identity.ts';
import type { Entry, Known } from './entries.ts';
import { shownRow } from './shown.ts';

/** One side's entry under an identity. */
export interface SideEntry<R> extends Entry<R> {
  readonly known: Known<R>;
  /** The other side has the same, as far as is known. */
  isMet: boolean;
}

/** A difference being collected. */
export interface Found<R> {
  added: SideEntry<R>[];
  removed: SideEntry<R>[];
  readonly changed: Changed<R>[];
  readonly replaced: Replaced<R>[];
  /** Places where owners could not be compared, and whether one side knows them there. */
  readonly blind: Map<string, boolean>;
  undecided: number;
}

/** A difference in which nothing is found yet. */
export function nothingFound<R>(): Found<R> {
  return {
    ...{ added: [], removed: [], changed: [], replaced: [] },
    ...{ blind: new Map(), undecided: 0 },
  };
}

/** Reports two entries as one that has changed. `moves`: what differs besides the parts. */
export function reportChanged<R>(
  then: SideEntry<R>,
  now: SideEntry<R>,
  { fields }: IdentityRule<R>,
  moves: readonly FieldChange[],
  found: Found<R>,
): void {
  const [before, after] = [shownRow(then), shownRow(now)];
  const changes = new Map<string, FieldChange>(moves.map((move) => [move.field, move]));
  for (const [i, { field, shown }] of fields.entries()) {
    const [old, fresh] = [then.known.kind.parts[i] ?? null, now.known.kind.parts[i] ?? null];
    if (old === null || fresh === null || old === fresh || changes.has(field)) continue;
    changes.set(field, { field, before: shown(before), after: shown(after) });
  }
  noteBlind(then.known.place, then, now, found);
  found.changed.push({ fields: [...changes.values()], before, after });
}

/** Records a place where owners could not be compared. */
export function noteBlind<R>(
  place: string,
  then: Entry<R>,
  now: Entry<R>,
  { blind }: Found<R>,
): void {
  if (!isBlind(then, now)) return;
  const isOneSeen = then.owners !== 'unseen' || now.owners !== 'unseen';
  blind.set(place, isOneSeen || blind.get(place) === true);
}

/** Whether their owners could not be compared although one side may have one. */
function isBlind<R>(then: Entry<R>, now: Entry<R>): boolean {
  if (then.owners === 'unseen') return now.owners !== 'none';
  if (now.owners === 'unseen') return then.owners !== 'none';
  return then.owners !== now.owners && then.owners !== 'none' && now.owners !== 'none';
}

/** How many places have owners that could not be compared, and in how many of them neither side knows any. */
export function blindPlaces<R>({ blind }: Found<R>): { owners: number; ownersHidden: number } {
  const ownersHidden = [...blind.values()].filter((isOneSeen) => !isOneSeen).length;
  return { owners: blind.size, ownersHidden };
}
