import type { Comparison } from '../compare.ts';
import { fieldRule, fields, fieldWords } from '../fields.ts';
import { didYouMean, nearNames, quoted } from '../problem.ts';
import type { Clause, Expression, Operand, StateClauses } from './ast.ts';
import { mistake } from './mistake.ts';
import type { Token } from './token.ts';
import { tokenize } from './tokenize.ts';

/** Every spelling of a comparison; for each, the operator sign comes first. */
export const comparisons: ReadonlyMap<string, Comparison> = new Map<string, Comparison>([
  ['=', '='],
  ['==', '='],
  ['eq', '='],
  ['!=', '!='],
  ['ne', '!='],
  ['neq', '!='],
  ['>', '>'],
  ['gt', '>'],
  ['<', '<'],
  ['lt', '<'],
  ['>=', '>='],
  ['ge', '>='],
  ['geq', '>='],
  ['<=', '<='],
  ['le', '<='],
  ['leq', '<='],
]);

const connectives: ReadonlyMap<string, 'and' | 'or'> = new Map<string, 'and' | 'or'>([
  ['and', 'and'],
  ['&', 'and'],
  ['&&', 'and'],
  ['or', 'or'],
  ['|', 'or'],
  ['||', 'or'],
]);

const clauseWords = ['state', 'exclude'] as const;
const conditionWords = [...clauseWords, 'not', ...fieldWords];
const condition = `a condition (${fields.join(' ')} state exclude, not, or a parenthesis)`;

/** Names of fields in other tools, and in this program's own flags and JSON. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  port: ['sport', 'dport'],
  address: ['src', 'dst'],
  addr: ['src', 'dst'],
  ip: ['src', 'dst'],
  uid: ['user'],
  process: ['program'],
  comm: ['program'],
  command: ['program'],
  cmd: ['program'],
  name: ['program'],
  fwmark: ['mark'],
  // Of UNIX sockets.
  path: ['src'],
};

/** Words that may have been meant by one that begins no condition; text after a colon is ignored. */
function meantBy({ kind, text }: Token): readonly string[] {
  const name = kind === 'word' ? text.toLowerCase().replace(/:.*/s, '') : '';
  return Object.hasOwn(otherNames, name)
    ? (otherNames[name] as readonly string[])
    : nearNames(name, conditionWords);
}

/** Whether an unquoted word is an operator, and so not a value. */
export function isOperatorWord(name: string): boolean {
  return name === 'not' || connectives.has(name) || comparisons.has(name);
}

/** What may come next at the end of an expression; `nextWords` turns each kind into words. */
export type Next =
  | { readonly kind: 'condition' | 'clause' | 'connective' | 'close' | 'state' }
  | { readonly kind: 'comparison'; readonly field: string }
  /** `comparison` null: the operator was left out. */
  | { readonly kind: 'value'; readonly field: string; readonly comparison: Comparison | null };

/** Maximum nesting of parentheses, `not` and changes between and and or; parsing and compiling recurse. */
const maxDepth = 200;

/**
 * Parses an expression in ss's grammar:
 *
 *     sequence  := clauses sequence | factor { [and|or] factor }
 *     factor    := not factor | ( sequence ) | clauses | FIELD [COMPARISON] VALUE
 *     clauses   := { state NAME | exclude NAME }
 *
 * `and` and `or` have the same precedence and associate to the left, which is what ss does, whatever its manual
 * says: `a or b and c` is `(a or b) and c`. Two factors in a row are joined by `and`. State clauses that begin a
 * sequence, with no operator after them, apply to all of the rest. Keywords are case-insensitive.
 * @param reportNext called at the end of the text with everything that may follow, except an implicit `and`
 * @throws NetstatError `usage`, with the position of the mistake
 */
export function parse(source: string, reportNext?: (next: Next) => void): Expression {
  const tokens = tokenize(source);
  let next = 0;

  function peek(): Token {
    return tokens[next] ?? { kind: 'end', text: '', at: source.length };
  }

  /** Call wherever a token is about to be examined. */
  function mayBe(what: Next): void {
    if (reportNext !== undefined && peek().kind === 'end') reportNext(what);
  }

  function keyword(token: Token): string {
    return token.kind === 'string' ? '' : token.text.toLowerCase();
  }

  function fail(token: Token, expected: string, hint = ''): never {
    const found = token.kind === 'end' ? 'the end' : quoted(token.text);
    throw mistake(source, token.at, `${expected}, found ${found}${hint}`);
  }

  function startsFactor(token: Token): boolean {
    if (token.kind === 'string' || token.kind === 'end') return false;
    return (
      token.text === '(' || token.text === '!' || conditionWords.includes(token.text.toLowerCase())
    );
  }

  function limit(depth: number): void {
    if (depth > maxDepth) {
      throw mistake(source, peek().at, `at most ${maxDepth} levels of parentheses and operators`);
    }
  }

  function startsClauses(token: Token): boolean {
    const name = keyword(token);
    return name === 'state' || name === 'exclude';
  }

  function sequence(depth: number): Expression {
    limit(depth);
    if (!startsClauses(peek())) return rest(factor(depth), depth);
    const first = clauses();
    mayBe({ kind: 'condition' });
    if (!startsFactor(peek())) return rest(first, depth);
    return { kind: 'and', operands: [first, sequence(depth + 1)] };
  }

  function rest(first: Expression, depth: number): Expression {
    let left = first;
    let kind: 'and' | 'or' | null = null;
    let operands: Expression[] = [];
    let level = depth;
    for (;;) {
      mayBe({ kind: 'connective' });
      const token = peek();
      const joint = connectives.get(keyword(token));
      if (joint !== undefined) next++;
      else if (!startsFactor(token)) break;
      const joined = joint ?? 'and';
      const right = factor(level + 1);
      if (kind === joined) {
        operands.push(right);
      } else {
        limit(++level);
        operands = [left, right];
        kind = joined;
        left = { kind, operands };
      }
    }
    return left;
  }

  function factor(depth: number): Expression {
    limit(depth);
    mayBe({ kind: 'condition' });
    const token = peek();
    const name = keyword(token);
    if (name === 'not' || name === '!') {
      next++;
      return { kind: 'not', operand: factor(depth + 1) };
    }
    if (name === '(') {
      next++;
      const inner = sequence(depth + 1);
      mayBe({ kind: 'close' });
      const close = peek();
      if (close.text !== ')' || close.kind !== 'symbol') fail(close, "and, or, a condition or ')'");
      next++;
      return inner;
    }
    if (startsClauses(token)) return clauses();
    const rule = fieldRule(name);
    if (rule === undefined) {
      const meant = meantBy(token);
      fail(token, meant.length === 0 ? condition : 'a condition', didYouMean(meant));
    }
    next++;
    return comparison(name, rule.expected);
  }

  function clauses(): StateClauses {
    const read: Clause[] = [];
    while (startsClauses(peek())) {
      const word = keyword(peek()) === 'state' ? 'state' : 'exclude';
      next++;
      mayBe({ kind: 'state' });
      const sign = peek();
      if (comparisons.has(keyword(sign))) {
        fail(sign, "a state's name", '; after state and exclude there is no operator');
      }
      read.push({ word, name: value("a state's name") });
      mayBe({ kind: 'clause' });
    }
    return { kind: 'states', clauses: read };
  }

  function comparison(field: string, expected: string): Expression {
    mayBe({ kind: 'comparison', field });
    const token = peek();
    const given = comparisons.get(keyword(token));
    if (given !== undefined) next++;
    else if (token.kind === 'symbol') fail(token, `a comparison or ${expected} after ${field}`);
    mayBe({ kind: 'value', field, comparison: given ?? null });
    return {
      kind: 'compare',
      field,
      comparison: given ?? '=',
      comparisonAt: token.at,
      value: value(expected),
    };
  }

  function value(expected: string): Operand {
    const token = peek();
    if (token.kind === 'end' || token.kind === 'symbol' || isOperator(token)) fail(token, expected);
    next++;
    return { text: token.text, at: token.at };
  }

  function isOperator(token: Token): boolean {
    return isOperatorWord(keyword(token));
  }

  const expression = sequence(0);
  if (peek().kind !== 'end') fail(peek(), 'and, or, another condition or the end');
  return expression;
}
