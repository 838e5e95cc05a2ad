import type { Listing, Target } from '../model/request/listing.ts';
import type { FilterOptions } from '../model/request/query.ts';
import type { LazyResolver } from '../resolve/index.ts';
import { type FactsAsked, type Selection, selectionOf } from '../select/index.ts';
import type { Source } from '../sources/source.ts';
import { interfaceNames } from './interfaces.ts';
import { requireFilteredFacts } from './unavailable.ts';

/**
 * The selection of a query's filters, for a source that reads `target`. `mayMatchNone`: as in `Lookups`.
 * @throws NetstatError for an invalid filter, or one on a fact that the source does not report
 */
export function selectionFor(
  query: Listing['query'],
  target: Pick<Target, 'netns'>,
  source: Source,
  resolver: LazyResolver,
  mayMatchNone: (filter: keyof FilterOptions) => boolean = () => false,
): Promise<Selection> {
  const interfaces = () => interfaceNames(source);
  const require = (asked: FactsAsked) => requireFilteredFacts(source, target, asked);
  const lookups = async () => ({ ...(await resolver()), mayMatchNone });
  return selectionOf(query, lookups, interfaces, require, target.netns !== 'own');
}
