import { attributesOf, keysElsewhere } from '../../attributes/index.ts';
import type { ComparisonSign } from '../compare.ts';
import { fieldWords } from '../fields.ts';
import { nearNames, orDidYouMean } from '../problem.ts';
import type { Token } from './token.ts';

/** Every spelling of a comparison; for each, the operator sign comes first. */
export const comparisons: ReadonlyMap<string, ComparisonSign> = new Map<string, ComparisonSign>([
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

/** The fields that most people need, for the message about a word that is none: all of them are too many for one. */
const usualFields = [
  ...['src', 'dst', 'sport', 'dport', 'user', 'pid', 'program', 'proto', 'recvq', 'sendq'],
  ...['rtt', 'retrans', 'workload'],
];

/** Words that begin no condition although `ss` selects by them, or they are columns: why. */
const notCompared: Readonly<Record<string, string>> = {
  taken: 'taken is a column, but nothing can be compared with it',
  autobound:
    'the kernel filters by it, but reports with no socket whether it chose the port itself: use ss',
};

/** The hint behind a word that begins no condition: what was meant, or what does. */
export function conditionHint(token: Token): string {
  const name = keyword(token);
  if (Object.hasOwn(notCompared, name)) return `; ${notCompared[name]}`;
  if (connectives.has(name)) return `; '${name}' stands between two conditions`;
  const question = orDidYouMean(meantBy(token));
  if (question !== '') return question;
  return `; a condition begins with a field (${usualFields.join(' ')} and other columns), state, exclude, not or a parenthesis`;
}

/** The token as a keyword; empty if it is quoted text, which is none. */
export function keyword(token: Token): string {
  return token.kind === 'string' ? '' : token.text.toLowerCase();
}

/** Whether a word begins a state clause. */
export function isClauseWord(word: string): boolean {
  return clauseWords.some((one) => one === word);
}

/** Whether a token does. */
export function startsClause(token: Token): boolean {
  return isClauseWord(keyword(token));
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

/** Whether words that stand where names could begin a condition: `dst 10.0.0.5` or `not dst`, but not `src dst`. */
export function areCondition([first = '', second = '']: readonly string[]): boolean {
  const begins = first.toLowerCase();
  if (second === '' || !conditionWords.includes(begins)) return false;
  return (begins === 'not') === startsFactor({ kind: 'word', text: second, at: 0 });
}

/** Whether a word is one with which a condition begins, or resembles one. */
export function beginsCondition(word: string): boolean {
  return (
    Object.hasOwn(notCompared, word) || meantBy({ kind: 'word', text: word, at: 0 }).length > 0
  );
}

/** Words that may have been meant by one that begins no condition; text after a colon is ignored. */
export function meantBy({ kind, text }: Token): readonly string[] {
  const name = kind === 'word' ? text.toLowerCase().replace(/:.*/s, '') : '';
  const elsewhere = keysElsewhere(attributesOf('sockets'), name).filter((key) =>
    fieldWords.includes(key),
  );
  return elsewhere.length > 0 ? elsewhere : nearNames(name, conditionWords);
}
