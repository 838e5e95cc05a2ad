import type { Replaced } from '../../model/report/difference.ts';
import { compareText } from '../../text/compare-text.ts';
import type { Entry } from './entries.ts';

/** The row shown for rows that cannot be distinguished; does not depend on their order. */
export function shownRow<R>({ rows }: Entry<R>): R {
  const [first] = rows;
  if (rows.length < 2) return first as R;
  const texts = rows.map((row) => ({ row, text: textOf(row) }));
  return texts.reduce((least, one) => (one.text < least.text ? one : least)).row;
}

/** A row as text, to sort by. */
export function textOf(row: unknown): string {
  return JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value));
}

/** A sort key for pairs that stays the same with the two sides exchanged, and a tie-breaker. */
export function pairOrder<R>(order: (row: R) => string) {
  const inTurn =
    (text: (row: R) => string) =>
    ({ before, after }: Replaced<R>) =>
      [before, after].map(text).sort().join('\0');
  return [inTurn(order), inTurn(textOf)] as const;
}

/** Sorted by text; `otherwise` breaks ties. */
export function sorted<T>(
  all: readonly T[],
  textOfOne: (one: T) => string,
  otherwise: (one: T) => string = () => '',
): T[] {
  if (all.length < 2) return [...all];
  const keyed = all.map((one) => ({ one, text: textOfOne(one) }));
  keyed.sort(
    (a, b) => compareText(a.text, b.text) || compareText(otherwise(a.one), otherwise(b.one)),
  );
  return keyed.map(({ one }) => one);
}
