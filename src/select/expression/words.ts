import type { Comparison } from '../compare.ts';
import { fields, fieldWords } from '../fields.ts';
import { nearNames } from '../problem.ts';
import type { Token } from './token.ts';

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

/** Every spelling of a connective. */
export const connectives: ReadonlyMap<string, 'and' | 'or'> = new Map<string, 'and' | 'or'>([
  ['and', 'and'],
  ['&', 'and'],
  ['&&', 'and'],
  ['or', 'or'],
  ['|', 'or'],
  ['||', 'or'],
]);

const clauseWords = ['state', 'exclude'] as const;
const conditionWords = [...clauseWords, 'not', ...fieldWords];

/** Whatever begins a condition, as a message lists it. */
export const anyCondition = `a condition (${fields.join(' ')} state exclude, not, or a parenthesis)`;

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

/** The token as a keyword; empty if it is quoted text, which is none. */
export function keyword(token: Token): string {
  return token.kind === 'string' ? '' : token.text.toLowerCase();
}

/** Whether a token begins a state clause. */
export function startsClause(token: Token): boolean {
  const name = keyword(token);
  return name === 'state' || name === 'exclude';
}

/** Whether a token begins a factor of an expression. */
export function startsFactor(token: Token): boolean {
  const name = keyword(token);
  return name === '(' || name === '!' || conditionWords.includes(name);
}

/** Whether a token can be a value. */
export function isValue(token: Token): boolean {
  return token.kind === 'string' || (token.kind === 'word' && !isOperatorWord(keyword(token)));
}

/** Whether an unquoted word is an operator, and so not a value. */
export function isOperatorWord(name: string): boolean {
  return name === 'not' || connectives.has(name) || comparisons.has(name);
}

/** Words that may have been meant by one that begins no condition; text after a colon is ignored. */
export function meantBy({ kind, text }: Token): readonly string[] {
  const name = kind === 'word' ? text.toLowerCase().replace(/:.*/s, '') : '';
  return Object.hasOwn(otherNames, name)
    ? (otherNames[name] as readonly string[])
    : nearNames(name, conditionWords);
}
