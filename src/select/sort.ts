import type { Attribute, SortValue } from '../attributes/attribute.ts';
import { attributeNamed, attributesOf, namesOf, nearAttributes } from '../attributes/index.ts';
import { errorNaming } from '../errors.ts';
import type { Names } from '../model/report/names.ts';
import type { ReportKind, ReportRows } from '../model/report/snapshot.ts';
import type { Need } from '../model/request/needs.ts';
import { sortKeyOf } from '../model/request/query.ts';
import { orDidYouMean, quoted } from './problem.ts';

/** Returns the rows in order, as a new list. */
export type Sort<K extends ReportKind = 'sockets'> = (
  rows: readonly ReportRows[K][],
) => ReportRows[K][];

/** Reads a row's value of one key. */
type SortKey<T> = NonNullable<Attribute<T>['sort']>;

interface Criterion<T> {
  readonly key: SortKey<T>;
  readonly descending: boolean;
}

/**
 * Compiles `--sort`: keys in order of precedence, a leading `-` for descending. The sort is stable; a row without a
 * value comes last in either direction.
 * @throws NetstatError `usage` for a key that the report does not have
 */
export function compileSort<K extends ReportKind = 'sockets'>(
  keys: readonly string[],
  names: Names,
  report: K = 'sockets' as K,
): Sort<K> {
  const comparing = compileOrder(keys, names, report);
  if (comparing === null) return (rows) => [...rows];
  return (rows) => {
    const order = Array.from(rows, (_, index) => index);
    order.sort(comparing(rows));
    return order.map((index) => rows[index] as ReportRows[K]);
  };
}

/** Collects the sort values of rows one by one, so that the rows need not be kept. */
export interface SortValues<R> {
  add(row: R): void;
  /** Compares two rows by their position in the order of `add`. */
  readonly compare: RowOrder;
}

/** Compares two rows by their indexes in a list. */
export type RowOrder = (one: number, other: number) => number;

/**
 * The comparison for callers that sort by themselves: compares the rows of a list by index. null: there are no
 * keys.
 * @throws NetstatError as `compileSort`
 */
export function compileOrder<K extends ReportKind = 'sockets'>(
  keys: readonly string[],
  names: Names,
  report: K = 'sockets' as K,
): ((rows: readonly ReportRows[K][]) => RowOrder) | null {
  const valuesOf = compileValues(keys, names, report);
  if (valuesOf === null) return null;
  return (rows) => {
    const { add, compare } = valuesOf();
    for (const row of rows) add(row);
    return compare;
  };
}

/**
 * The same for rows that are not in a list but come one by one. null: there are no keys.
 * @throws NetstatError as `compileSort`
 */
export function compileValues<K extends ReportKind = 'sockets'>(
  keys: readonly string[],
  names: Names,
  report: K = 'sockets' as K,
): (() => SortValues<ReportRows[K]>) | null {
  const criteria = new Map<SortKey<ReportRows[K]>, Criterion<ReportRows[K]>>();
  for (const text of keys) {
    const read = criterion(report, text);
    // A repeated key has no effect.
    if (!criteria.has(read.key)) criteria.set(read.key, read);
  }
  if (criteria.size === 0) return null;
  return () => {
    // Every value is read once, not at every comparison.
    const columns = [...criteria.values()].map(({ key, descending }) => {
      return { key, values: [] as SortValue[], descending };
    });
    return {
      add(row) {
        for (const { key, values } of columns) values.push(key(row, names));
      },
      compare(one, other) {
        for (const { values, descending } of columns) {
          const difference = compare(values[one] ?? null, values[other] ?? null, descending);
          if (difference !== 0) return difference;
        }
        return 0;
      },
    };
  };
}

/** What must be known to sort by these keys; unknown ones need nothing. */
export function sortNeeds(keys: readonly string[], report: ReportKind): readonly Need[] {
  return keys.flatMap((text) => attributeNamed(report, sortKeyOf(text).name)?.sortNeeds ?? []);
}

/** The keys that a report can be sorted by, without their aliases. */
export function sortKeyNames(report: ReportKind): readonly string[] {
  return attributesOf(report)
    .filter(({ sort }) => sort !== undefined)
    .map(({ key }) => key);
}

function criterion<K extends ReportKind>(report: K, text: string): Criterion<ReportRows[K]> {
  const { name, descending } = sortKeyOf(text);
  const key = attributeNamed(report, name)?.sort;
  if (key !== undefined) return { key, descending };
  if (name === '') {
    const place = text === '' ? '' : ' after the dash';
    throw errorNaming('usage', '--sort', `a key is missing${place}`);
  }
  const sortable = attributesOf(report).filter(({ sort }) => sort !== undefined);
  const near = orDidYouMean(nearAttributes(sortable, name));
  const known = `; ${namesOf(report, 'keys', sortKeyNames(report))}; -KEY for descending`;
  throw errorNaming('usage', '--sort', `${report} have no key ${quoted(name)}${near || known}`);
}

function compare(one: SortValue, other: SortValue, descending: boolean): number {
  if (one === other) return 0;
  if (one === null) return 1;
  if (other === null) return -1;
  const isText = typeof one === 'string';
  const ascending =
    isText === (typeof other === 'string') ? (one < other ? -1 : 1) : isText ? 1 : -1;
  return descending ? -ascending : ascending;
}
