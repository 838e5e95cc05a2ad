import { groupedBy } from '../../model/add-to.ts';
import type { IdentityRule } from '../identity.ts';
import { areCounterparts, doubts, type Known, keyOf } from './entries.ts';
import { type Found, noteBlind, reportChanged, type SideEntry } from './found.ts';
import { sorted } from './shown.ts';

/** Both sides of a place. */
interface Place<R> {
  readonly before: SideEntry<R>[];
  readonly after: SideEntry<R>[];
}

/** The open places with all their entries, in an order of their own. */
export function placesOf<R>(
  all: Iterable<Known<R>>,
  open: ReadonlySet<string>,
): ReadonlyMap<string, Place<R>> {
  const places = new Map<string, Place<R>>();
  for (const known of all) {
    if (!open.has(known.place)) continue;
    let place = places.get(known.place);
    if (place === undefined) {
      place = { before: [], after: [] };
      places.set(known.place, place);
    }
    const isMet = known.before !== null && known.after !== null;
    for (const side of ['before', 'after'] as const) {
      const entry = known[side];
      if (entry !== null) place[side].push({ known, isMet, ...entry });
    }
  }
  return places;
}

/** Compares both sides of a place: entries that the other side lacks are paired as changed, the rest is new or gone. */
export function comparePlace<R>(place: Place<R>, rule: IdentityRule<R>, found: Found<R>): void {
  const { before, after } = place;
  if (before.length > 0 && after.length > 0) meetCompatible(place, found);
  const unmet = (side: readonly SideEntry<R>[]) =>
    sorted(
      side.filter(({ isMet }) => !isMet),
      // Last, so that those that are compared are paired with each other.
      ({ known, standing }) => (standing === 'counterpart' ? '1' : '0') + known.kind.key,
    );
  const [removed, added] = [unmet(before), unmet(after)];
  const pairs = Math.min(removed.length, added.length);
  for (let i = 0; i < pairs; i++) {
    const [then, now] = [removed[i] as SideEntry<R>, added[i] as SideEntry<R>];
    if (!areCounterparts(then, now)) reportChanged(then, now, rule, [], found);
  }
  for (const one of removed.slice(pairs)) leave(one, found.removed, found);
  for (const one of added.slice(pairs)) leave(one, found.added, found);
}

/** Adds an entry that the other side lacks to those of its side, or counts it. */
function leave<R>(one: SideEntry<R>, to: SideEntry<R>[], found: Found<R>): void {
  if (one.standing === 'compared') to.push(one);
  else if (one.standing === 'undecided') found.undecided++;
}

/**
 * Matches entries whose known parts are equal: what one side does not know is no difference. They are looked up in
 * groups of entries with the same parts known.
 */
function meetCompatible<R>({ before, after }: Place<R>, found: Found<R>): void {
  for (const [known, old] of byKnownParts(before)) {
    for (const [knownNow, fresh] of byKnownParts(after)) {
      // With the same parts known, only equal entries match, and those are matched already.
      if (known === knownNow) continue;
      const table = byKey(old, known & knownNow);
      for (const [key, fitting] of byKey(fresh, known & knownNow)) {
        const others = table.get(key);
        if (others === undefined) continue;
        for (const one of [...fitting, ...others]) one.isMet = true;
        const [then, now] = [others, fitting].map(worstKnown) as [SideEntry<R>, SideEntry<R>];
        noteBlind(then.known.place, then, now, found);
      }
    }
  }
}

/** The entry whose owners are known least. */
function worstKnown<R>(all: readonly SideEntry<R>[]): SideEntry<R> {
  return all.reduce((worst, one) => (doubts[one.owners] > doubts[worst.owners] ? one : worst));
}

/** Groups entries by which of their parts are known, one bit each. */
function byKnownParts<R>(
  side: readonly SideEntry<R>[],
): ReadonlyMap<number, readonly SideEntry<R>[]> {
  return groupedBy(side, ({ known: { kind } }) =>
    kind.parts.reduce((bits, part, i) => (part === null ? bits : bits | (1 << i)), 0),
  );
}

/** Groups entries by the key of those parts. */
function byKey<R>(
  side: readonly SideEntry<R>[],
  bits: number,
): ReadonlyMap<string, readonly SideEntry<R>[]> {
  return groupedBy(side, ({ known: { kind } }) =>
    keyOf(kind.parts.map((part, i) => ((bits >> i) & 1 ? part : null))),
  );
}
