import type { NetstatError } from '../../errors.ts';
import { isEquality } from '../compare.ts';
import { type Condition, conjunction, disjunction, negation } from '../condition.ts';
import { fieldRule } from '../fields.ts';
import { missingPart } from '../list.ts';
import type { Scope } from '../lookups.ts';
import { isProblem, type Problem } from '../problem.ts';
import type { FieldRule } from '../rules.ts';
import { parseStates, type StateClause, stateCondition } from '../states.ts';
import type { Expression, FieldComparison, Operand, StateClauses } from './ast.ts';
import { meantList } from './meant-values.ts';
import { mistake, wrongAt } from './mistake.ts';
import { valuesOf } from './values.ts';

/**
 * Compiles a parsed expression.
 * @throws NetstatError `usage`, with the position of the mistake in `source`
 */
export function compileExpression(source: string, expression: Expression, scope: Scope): Condition {
  function compile(node: Expression): Condition {
    switch (node.kind) {
      case 'and':
        return conjunction(node.operands.map(compile));
      case 'or':
        return disjunction(node.operands.map(compile));
      case 'not':
        return negation(compile(node.operand));
      case 'states':
        return stateCondition(statesIn(source, node));
      case 'compare':
        return comparison(node);
    }
  }

  function comparison(node: FieldComparison): Condition {
    const { field, comparison, comparisonAt } = node;
    const rule = fieldRule(field) as FieldRule;
    const isOrdered = !isEquality(comparison);
    if (!rule.ordered && isOrdered) {
      throw mistake(source, comparisonAt, `= or != after ${field}, found '${comparison}'`);
    }
    const values = valuesOf(node, rule);
    const anyOfThem = disjunction(
      values.map((value) => {
        const { text } = value;
        const made = rule.condition(text, comparison === '!=' ? '=' : comparison, scope);
        if (!isProblem(made)) return made;
        const hint =
          isOrdered && text.includes(',')
            ? '; several values follow = or !='
            : meantList(node, (one) => !isProblem(rule.condition(one, '=', scope)));
        throw wrongValue(source, value, values, { expected: made.expected + hint });
      }),
    );
    return comparison === '!=' ? negation(anyOfThem) : anyOfThem;
  }

  return compile(expression);
}

/** The clauses with the states that they name. @throws NetstatError `usage`, as `compileExpression` */
export function statesIn(source: string, { clauses }: StateClauses): readonly StateClause[] {
  return clauses.flatMap(({ word, name: { text, at } }) => {
    const names = valuesOf({ comparison: '=', value: { text, at } }, {});
    return names.map((name) => {
      const found = parseStates(name.text);
      if (isProblem(found)) throw wrongValue(source, name, names, found);
      return { adds: word === 'state', states: found };
    });
  });
}

/** The error for one of the values of a list. */
function wrongValue(
  source: string,
  { text, at }: Operand,
  values: readonly Operand[],
  { expected }: Problem,
): NetstatError {
  const isMissing = text === '' && values.some((value) => value.text !== '');
  return isMissing ? wrongAt(source, at, missingPart) : mistake(source, at, expected);
}

/** Whether an expression names states anywhere. */
export function namesStates(expression: Expression): boolean {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.operands.some(namesStates);
    case 'not':
      return namesStates(expression.operand);
    case 'states':
      return true;
    case 'compare':
      return false;
  }
}

/** The fields that an expression compares. */
export function comparedFields(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.operands.flatMap(comparedFields);
    case 'not':
      return comparedFields(expression.operand);
    case 'states':
      return [];
    case 'compare':
      return [expression.field];
  }
}
