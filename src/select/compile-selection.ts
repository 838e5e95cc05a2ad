import type { Query } from '../model/request/query.ts';
import { acceptedIn } from './expression/accepted.ts';
import { comparedFields, compileExpression, namesStates } from './expression/compile.ts';
import { parse } from './expression/parse.ts';
import { joinWords } from './expression/tokenize.ts';
import { refuseUnmatchable } from './expression/unmatchable.ts';
import { factsOf, fieldRule, isAge } from './fields.ts';
import { compileFlags, type FieldFilters, type ReadExpression } from './flag-selection.ts';
import type { Lookups } from './lookups.ts';
import type { FieldRule } from './rules.ts';
import type { FactsAsked, Selection } from './selection.ts';

/**
 * Compiles everything in a query that selects sockets; the parameters and errors are those of `compileFlags`. An
 * expression and a workload need the table of attributes: other filters are compiled without loading it.
 * @throws NetstatError `usage` for an invalid filter
 */
export function compileSelection(
  query: Query,
  lookups: Lookups,
  require?: (asked: FactsAsked) => void,
  everywhere?: boolean,
): Selection {
  return compileFlags(query, lookups, require, everywhere, fieldFilters(query, lookups));
}

/** @throws NetstatError `usage` for an expression that cannot be parsed */
function fieldFilters(query: Query, lookups: Lookups): FieldFilters {
  const { expression, exposed } = query.filters;
  const source = joinWords(expression);
  const accepts = acceptedIn({ protocols: query.protocols, lookups }, { ...query, exposed });
  return {
    expression: source.trim() === '' ? null : readExpression(source, accepts),
    workload: fieldRule('workload') as FieldRule,
  };
}

function readExpression(source: string, accepts: (condition: string) => boolean): ReadExpression {
  const expression = parse(source, { accepts });
  const fields = comparedFields(expression);
  return {
    facts: fields.flatMap(factsOf),
    comparesAges: fields.some(isAge),
    namesStates: namesStates(expression),
    condition(scope, asked) {
      const condition = compileExpression(source, expression, scope);
      if (!scope.lookups.mayMatchNone?.('expression')) {
        refuseUnmatchable(source, expression, asked);
      }
      return condition;
    },
  };
}
