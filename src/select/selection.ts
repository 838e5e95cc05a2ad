import { NetstatError } from '../errors.ts';
import type { FilterOptions, Query, Which } from '../model/query.ts';
import { type Condition, conjunction, disjunction, plainCondition } from './condition.ts';
import { isExposed } from './exposed.ts';
import type { Expression } from './expression/ast.ts';
import { comparedFields, compileExpression, namesStates } from './expression/compile.ts';
import { parse } from './expression/parse.ts';
import { joinWords } from './expression/tokenize.ts';
import { type FieldRule, fieldRule, needsTcpInfo, type Scope } from './fields.ts';
import type { Lookups } from './lookups.ts';
import { isProblem, type Problem } from './problem.ts';
import { parseStates, stateSet, stateTest } from './states.ts';
import { byWhich, type Selection } from './which.ts';

/**
 * Compiles everything in a query that chooses sockets. A filter with several values takes any of
 * them; of several filters, each has to hold.
 *
 * Naming a state, in `--state` or anywhere in the expression, asks for sockets in that state whether
 * or not they are servers, as in ss: it lifts `query.which`. `--exposed` asks for servers.
 * @throws NetstatError `usage` for a filter that can't be understood
 */
export function compileSelection(query: Query, lookups: Lookups): Selection {
  const { filters } = query;
  const scope: Scope = { protocols: query.protocols, lookups };
  const conditions: Condition[] = [];
  const source = joinWords(filters.expression);
  const expression = source.trim() === '' ? null : parse(source);

  const which = whichOf(query, expression);
  if (filters.exposed) conditions.push(plainCondition(isExposed));
  else if (which !== 'all') conditions.push(plainCondition(byWhich[which]));
  conditions.push(...filterConditions(filters, scope));
  if (expression !== null) conditions.push(compileExpression(source, expression, scope));

  const all = conjunction(conditions);
  return {
    which,
    isPlain: false,
    usesOwners: all.usesOwners,
    usesTcpInfo: expression !== null && comparedFields(expression).some(needsTcpInfo),
    beforeOwners: all.possible,
    afterOwners: all.usesOwners ? all.test : () => true,
  };
}

function whichOf({ which, filters }: Query, expression: Expression | null): Which {
  if (filters.exposed) return 'listening';
  const namesState = filters.state.length > 0 || (expression !== null && namesStates(expression));
  return namesState ? 'all' : which;
}

/** What fits each filter's value, as an expression would say it. */
const fieldsOf = {
  port: ['sport', 'dport'],
  local: ['src'],
  remote: ['dst'],
  user: ['user'],
  pid: ['pid'],
  program: ['program'],
} as const satisfies Partial<Record<keyof FilterOptions, readonly string[]>>;

function filterConditions(filters: FilterOptions, scope: Scope): readonly Condition[] {
  const conditions: Condition[] = [];
  if (filters.state.length > 0) {
    const clauses = [...new Set(split(filters.state))].map((name) => {
      return { adds: true, states: checked('state', parseStates(name)) };
    });
    conditions.push(plainCondition(stateTest(stateSet(clauses))));
  }
  for (const [filter, fields] of entries(fieldsOf)) {
    // A program's name may hold a comma.
    const values = new Set(filter === 'program' ? filters.program : split(filters[filter]));
    if (values.size === 0) continue;
    const fitting = [...values].flatMap((value) =>
      fields.map((field) =>
        checked(filter, (fieldRule(field) as FieldRule).condition(value, '=', scope)),
      ),
    );
    conditions.push(disjunction(fitting));
  }
  return conditions;
}

function entries<K extends string, V>(
  record: Readonly<Record<K, V>>,
): readonly (readonly [K, V])[] {
  return Object.entries(record) as [K, V][];
}

function split(values: readonly string[]): readonly string[] {
  return values.flatMap((value) => value.split(','));
}

function checked<T extends object>(filter: keyof FilterOptions, value: T | Problem): T {
  if (!isProblem(value)) return value;
  throw new NetstatError('usage', `--${filter}: expected ${value.expected}`, {
    path: `--${filter}`,
  });
}
