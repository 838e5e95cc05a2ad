import { isNetstatError } from '../../errors.ts';
import type { Listing } from '../../model/request/listing.ts';
import type { FilterOptions } from '../../model/request/query.ts';
import { requireFilteredFacts } from '../../pipeline/unavailable.ts';
import type { LazyResolver } from '../../resolve/index.ts';
import { compileSelection } from '../../select/compile-selection.ts';
import type { FactsAsked } from '../../select/index.ts';
import type { Source } from '../../sources/source.ts';
import type { Mistake } from '../../views/live/state.ts';

/**
 * Returns a check of an expression as it is typed, which returns why it is invalid. Whether a user or a host exists is not
 * looked up at each key: that may run a program, or ask a server.
 */
export async function expressionCheck(
  source: Source,
  resolver: LazyResolver,
): Promise<(expression: string, asked: Listing) => Mistake | null> {
  const { serviceNumber } = await resolver();
  // Only the expression is typed: the tables may be others than those the flags were for.
  const mayMatchNone = (filter: keyof FilterOptions) => filter !== 'expression';
  const lookups = { serviceNumber, userId: () => 0, hostAddresses: () => [], mayMatchNone };
  return (expression, { query, target }) => {
    const filters = { ...query.filters, expression: [expression] };
    const require = (asked: FactsAsked) => requireFilteredFacts(source, target, asked);
    try {
      compileSelection({ ...query, filters }, lookups, require, target.netns !== 'own');
      return null;
    } catch (error) {
      if (!isNetstatError(error)) throw error;
      const { about, at, summary } = error;
      if (about !== 'expression' || at === null) return { text: summary, at: null };
      // The screen marks the position instead of saying it.
      return { text: brief(summary.slice(summary.indexOf(': ') + 2)), at };
    }
  };
}

/** Removes lists of all possible values, which are too long for a line. */
function brief(text: string): string {
  return text.replace(/ \([^()]{60,}\)/, '');
}
