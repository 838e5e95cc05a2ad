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
      const [, position, text] =
        /^filter expression, position (\d+): (.*)$/s.exec(error.summary) ?? [];
      return position === undefined
        ? { text: error.summary, at: null }
        : { text: brief(text ?? ''), at: unitsBefore(expression, Number(position) - 1) };
    }
  };
}

/** Removes lists of all possible values, which are too long for a line. */
function brief(text: string): string {
  return text.replace(/ \([^()]{60,}\)/, '');
}

/** Positions count characters, some of which are two UTF-16 units. */
function unitsBefore(text: string, characters: number): number {
  return [...text].slice(0, characters).join('').length;
}
