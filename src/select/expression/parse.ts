import { fieldRule } from '../fields.ts';
import type { Clause, Expression, Operand, StateClauses } from './ast.ts';
import { foreignOperator } from './foreign-operators.ts';
import { meantFields, meantSet, meantStates, meantUnit, meantValues } from './meant-values.ts';
import { type Listeners, type TokenReader, tokenReader } from './token-reader.ts';
import {
  comparisons,
  conditionHint,
  connectives,
  isValue,
  keyword,
  meantBy,
  startsClause,
  startsFactor,
} from './words.ts';

/**
 * Parses an expression in ss's grammar:
 *
 *     sequence  := clauses sequence | factor { [and|or] factor }
 *     factor    := not factor | ( sequence ) | clauses | FIELD [COMPARISON] VALUE[,VALUE]
 *     clauses   := { state NAME | exclude NAME }
 *
 * `and` and `or` have the same precedence and associate to the left, which is what ss does, whatever its manual
 * says: `a or b and c` is `(a or b) and c`. Two factors in a row are joined by `and`. State clauses that begin a
 * sequence, with no operator after them, apply to all of the rest. Keywords are case-insensitive.
 *
 * What is reported as following does not include an implicit `and`.
 * @throws NetstatError `usage`, with the position of the mistake
 */
export function parse(source: string, listeners?: Listeners): Expression {
  const tokens = tokenReader(source, listeners);
  const expression = sequence(tokens, 0);
  if (tokens.peek().kind !== 'end') {
    const foreign = foreignOperator(tokens);
    if (foreign !== null) throw foreign;
    const hint = meantUnit(tokens) || meantValues(tokens);
    throw tokens.unexpected('and, or, another condition or the end', hint);
  }
  return expression;
}

function sequence(tokens: TokenReader, depth: number): Expression {
  if (!startsClause(tokens.peek())) return joined(tokens, factor(tokens, depth), depth);
  const first = clauses(tokens);
  tokens.mayBe({ kind: 'condition' });
  if (!startsFactor(tokens.peek())) return joined(tokens, first, depth);
  return { kind: 'and', operands: [first, sequence(tokens, depth + 1)] };
}

/** A first operand, joined with the factors after it. */
function joined(tokens: TokenReader, first: Expression, depth: number): Expression {
  let left = first;
  let kind: 'and' | 'or' | null = null;
  let operands: Expression[] = [];
  let level = depth;
  for (;;) {
    tokens.mayBe({ kind: 'connective' });
    const given = connectives.get(keyword(tokens.peek()));
    if (given !== undefined) tokens.skip();
    else if (!startsFactor(tokens.peek())) return left;
    const connective = given ?? 'and';
    const right = factor(tokens, level + 1);
    if (kind === connective) {
      operands.push(right);
    } else {
      tokens.checkDepth(++level);
      operands = [left, right];
      kind = connective;
      left = { kind, operands };
    }
  }
}

function factor(tokens: TokenReader, depth: number): Expression {
  tokens.checkDepth(depth);
  tokens.mayBe({ kind: 'condition' });
  const token = tokens.peek();
  const name = keyword(token);
  if (name === 'not' || name === '!') {
    tokens.skip();
    return { kind: 'not', operand: factor(tokens, depth + 1) };
  }
  if (name === '(') return parenthesis(tokens, depth);
  if (startsClause(token)) return clauses(tokens);
  return comparison(tokens);
}

function parenthesis(tokens: TokenReader, depth: number): Expression {
  tokens.skip();
  const inner = sequence(tokens, depth + 1);
  tokens.mayBe({ kind: 'close' });
  if (keyword(tokens.peek()) !== ')') {
    throw (
      foreignOperator(tokens) ??
      tokens.unexpected("and, or, a condition or ')'", meantValues(tokens))
    );
  }
  tokens.skip();
  return inner;
}

function clauses(tokens: TokenReader): StateClauses {
  const read: Clause[] = [];
  while (startsClause(tokens.peek())) {
    const word = keyword(tokens.peek()) === 'state' ? 'state' : 'exclude';
    tokens.skip();
    tokens.mayBe({ kind: 'state' });
    if (comparisons.has(keyword(tokens.peek()))) {
      throw tokens.unexpected("a state's name", meantStates(word, tokens));
    }
    read.push({ word, name: value(tokens, "a state's name") });
    tokens.mayBe({ kind: 'clause' });
  }
  return { kind: 'states', clauses: read };
}

function comparison(tokens: TokenReader): Expression {
  const { at: fieldAt } = tokens.peek();
  const { field, expected } = fieldOf(tokens);
  tokens.mayBe({ kind: 'comparison', field });
  const sign = tokens.peek();
  const given = comparisons.get(keyword(sign));
  if (given !== undefined) tokens.skip();
  else if (sign.kind === 'symbol') {
    throw tokens.unexpected(`a comparison or ${expected} after ${field}`, meantValues(tokens));
  }
  tokens.mayBe({ kind: 'value', field, comparison: given ?? null });
  return {
    kind: 'compare',
    field,
    fieldAt,
    comparison: given ?? '=',
    comparisonAt: sign.at,
    value: value(tokens, expected),
  };
}

/** A field's name, and what its values are called. */
function fieldOf(tokens: TokenReader): { readonly field: string; readonly expected: string } {
  const token = tokens.peek();
  const field = keyword(token);
  const rule = fieldRule(field);
  if (rule === undefined) {
    const hint =
      meantSet(tokens) ||
      meantValues(tokens) ||
      meantFields(meantBy(token), tokens) ||
      conditionHint(token);
    throw foreignOperator(tokens) ?? tokens.unexpected('a condition', hint);
  }
  tokens.skip();
  return { field, expected: rule.expected };
}

function value(tokens: TokenReader, expected: string): Operand {
  const token = tokens.peek();
  if (!isValue(token)) throw tokens.unexpected(expected, meantValues(tokens));
  tokens.skip();
  const { text, at } = token;
  return token.kind === 'string' ? { text, at, isQuoted: true } : { text, at };
}
