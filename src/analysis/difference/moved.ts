import { groupedBy } from '../../model/add-to.ts';
import type { IdentityRule } from '../identity.ts';
import { keyOf } from './entries.ts';
import { type Found, reportChanged, type SideEntry } from './found.ts';
import { shownRow, sorted, textOf } from './shown.ts';

/** A server gone at one address and new at another has moved; one of the same family is preferred. */
export function findMoved<R>(found: Found<R>, rule: IdentityRule<R>): void {
  const { moved, kept, order, identify } = rule;
  if (moved === null) return;
  const shownMove = (one: SideEntry<R>) => moved.shown(shownRow(one));
  for (const withFamily of [true, false]) {
    if (found.removed.length === 0 || found.added.length === 0) return;
    const keyOfMove = (one: SideEntry<R>): string | null => {
      const { parts } = one.known.kind;
      const { service = null, family = '' } = identify(one.rows[0] as R) ?? {};
      if (service === null || kept.every((i) => parts[i] === null)) return null;
      return service + (withFamily ? family : '') + keyOf(kept.map((i) => parts[i] ?? null));
    };
    const textOfOne = (one: SideEntry<R>) => textOf(shownRow(one));
    const inOrder = (all: readonly SideEntry<R>[]) =>
      sorted(all, (one) => order(shownRow(one)), textOfOne);
    const gone = groupedBy(found.removed, keyOfMove);
    const paired = new Set<SideEntry<R>>();
    for (const [key, come] of groupedBy(found.added, keyOfMove)) {
      const from = key === null ? undefined : gone.get(key);
      if (from === undefined) continue;
      const fresh = inOrder(come);
      for (const [i, then] of inOrder(from).slice(0, fresh.length).entries()) {
        const now = fresh[i] as SideEntry<R>;
        paired.add(then).add(now);
        const move = { field: moved.field, before: shownMove(then), after: shownMove(now) };
        reportChanged(then, now, rule, [move], found);
      }
    }
    found.removed = found.removed.filter((one) => !paired.has(one));
    found.added = found.added.filter((one) => !paired.has(one));
  }
}
