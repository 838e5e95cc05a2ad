import type { ComparedReport, Difference } from '../../model/report/difference.ts';
import type { ReportRows } from '../../model/report/snapshot.ts';
import { type IdentityRule, identityRules } from '../identity.ts';
import {
  allOf,
  areCounterparts,
  isReplaced,
  type Kind,
  noteLasting,
  placed,
  put,
  type Standing,
} from './entries.ts';
import { blindPlaces, noteBlind, nothingFound } from './found.ts';
import { findMoved } from './moved.ts';
import { comparePlace, placesOf } from './places.ts';
import { pairOrder, shownRow, sorted, textOf } from './shown.ts';

/** How two answers may be compared. */
export interface DifferenceOptions {
  /** The rows are from one machine, so that processes and inodes can be compared. Default true. */
  readonly isSameMachine?: boolean | undefined;
}

/** Takes the rows of two answers, and returns what differs. */
export interface Differ<K extends ComparedReport> {
  /** `standing`: default `compared`. */
  before(row: ReportRows[K], standing?: Standing): void;
  /** The same for a row of the second answer; call after all of `before`. Unchanged rows are not kept. */
  after(row: ReportRows[K], standing?: Standing): void;
  difference(): Difference<K>;
}

/** What differs between the rows of two answers: see `differ`. */
export function differenceOf<K extends ComparedReport>(
  report: K,
  before: readonly ReportRows[K][],
  after: readonly ReportRows[K][],
  options: DifferenceOptions = {},
): Difference<K> {
  const one = differ(report, options);
  for (const row of before) one.before(row);
  for (const row of after) one.after(row);
  return one.difference();
}

/**
 * Finds what differs between the rows of two answers. Rows are recognized by `identityRules`; several that cannot
 * be distinguished count as one. Each row is looked at a fixed number of times; the differences are sorted. The order
 * of the rows does not matter, and exchanging the answers exchanges the result.
 */
export function differ<K extends ComparedReport>(
  report: K,
  { isSameMachine = true }: DifferenceOptions = {},
): Differ<K> {
  type R = ReportRows[K];
  const rule = identityRules[report] as unknown as IdentityRule<R>;
  /** By `Kind.key`. */
  const kinds = new Map<string, Kind<R>>();
  let unnamed = 0;
  const knownBy = (row: R) => {
    const identity = rule.identify(row);
    if (identity === null) unnamed++;
    return identity === null ? null : { known: placed(kinds, identity), owners: identity.owners };
  };
  return {
    before(row, standing = 'compared') {
      const found = knownBy(row);
      if (found !== null) put(found.known, 'before', row, found.owners, standing);
    },
    after(row, standing = 'compared') {
      const found = knownBy(row);
      if (found === null) return;
      noteLasting(found.known, row, rule, isSameMachine);
      put(found.known, 'after', row, found.owners, standing);
    },
    difference: () => differenceIn(report, [...kinds.values()], rule, unnamed),
  };
}

/** What differs, once all rows have passed; `unnamed`: rows that nothing identifies. */
function differenceIn<K extends ComparedReport>(
  report: K,
  kinds: readonly Kind<ReportRows[K]>[],
  rule: IdentityRule<ReportRows[K]>,
  unnamed: number,
): Difference<K> {
  const found = nothingFound<ReportRows[K]>();
  /** Places where one side has what the other lacks. */
  const open = new Set<string>();
  for (const known of allOf(kinds)) {
    const { before: then, after: now } = known;
    if (then === null || now === null) {
      open.add(known.place);
      continue;
    }
    if (areCounterparts(then, now)) continue;
    noteBlind(known.place, then, now, found);
    if (isReplaced(known, now, rule)) {
      found.replaced.push({ before: shownRow(then), after: shownRow(now) });
    }
  }
  if (open.size > 0) {
    for (const place of placesOf(allOf(kinds), open).values()) comparePlace(place, rule, found);
  }
  if (rule.moved !== null) findMoved(found, rule);
  const { order } = rule;
  return {
    report,
    added: sorted(found.added.map(shownRow), order, textOf),
    removed: sorted(found.removed.map(shownRow), order, textOf),
    changed: sorted(found.changed, ...pairOrder(order)),
    replaced: sorted(found.replaced, ...pairOrder(order)),
    notCompared: { ...blindPlaces(found), unnamed, undecided: found.undecided },
  };
}
