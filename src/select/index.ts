import { type FilterOptions, hasFilters, type Query } from '../model/request/query.ts';
import { type FilterLookups, type Lookups, withHosts } from './lookups.ts';
import { type FactsAsked, plainSelection, type Selection } from './selection.ts';

export type { FilterLookups, Lookups } from './lookups.ts';
export {
  type FactsAsked,
  type Fit,
  forComparing,
  narrowed,
  onlyServers,
  plainSelection,
  type Selection,
  seeingAll,
} from './selection.ts';
export { whichPattern, whichTest } from './which.ts';

/**
 * The selection of a query. The filters and the look-ups that they need are loaded only if there are filters, the table
 * of attributes only for filters that it compiles, and `interfaces` is called only if an address has a zone. `require`
 * throws for facts that the source does not report. `everywhere`: sockets of other network namespaces are asked for too.
 * @throws NetstatError `usage` for an invalid filter
 */
export async function selectionOf(
  query: Query,
  lookups: () => Promise<FilterLookups>,
  interfaces: () => Promise<Lookups['interfaces']>,
  require: (asked: FactsAsked) => void,
  everywhere = false,
): Promise<Selection> {
  if (!hasFilters(query.filters)) return plainSelection(query);
  const compile = hasFieldFilters(query.filters)
    ? (await import('./compile-selection.ts')).compileSelection
    : (await import('./flag-selection.ts')).compileFlags;
  const known = namesZone(query.filters) ? await interfaces() : null;
  return withHosts(await lookups(), known, (found) => compile(query, found, require, everywhere));
}

/** Whether there are filters that only the table of attributes can compile. */
function hasFieldFilters({ expression, workload }: FilterOptions): boolean {
  return workload.length > 0 || expression.length > 0;
}

/** Whether a filter may contain a zone: `fe80::1%eth0`. */
function namesZone({ local, remote, expression }: FilterOptions): boolean {
  return [...local, ...remote, ...expression].some((text) => text.includes('%'));
}
