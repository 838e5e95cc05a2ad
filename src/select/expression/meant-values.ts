import { allProtocols } from '../../model/protocol.ts';
import { shortened } from '../../text/shortened.ts';
import { isEquality } from '../compare.ts';
import { fieldRule, isUnit } from '../fields.ts';
import { parseHost } from '../host.ts';
import { partsOf } from '../list.ts';
import { parsePorts } from '../ports.ts';
import { isProblem } from '../problem.ts';
import { parseStates } from '../states.ts';
import type { FieldComparison } from './ast.ts';
import type { Token } from './token.ts';
import type { TokenReader } from './token-reader.ts';
import { comparisons, connectives, isClauseWord, isValue, keyword, startsFactor } from './words.ts';

/** A comparison that the parser has read, as far as it goes, and what follows the field and the sign. */
interface Begun {
  /** Or `state` or `exclude`, which take no sign. */
  readonly field: string;
  readonly sign: string;
  /** From where the value should be. */
  readonly rest: readonly Token[];
}

/**
 * The hint behind a mistake at the next token, if the values of the comparison before it are probably meant otherwise:
 * several, `sport = 22 or 80`, or one that has an operator's character in it, `program = (sd-pam)`. Empty: they are not.
 */
export function meantValues(tokens: TokenReader): string {
  const begun = comparisonBefore(tokens);
  if (begun === null) return '';
  const { field, sign, rest } = begun;
  const list = listIn(begun);
  if (list !== null) {
    const condition = (values: string) => conditionOf(field, values, sign);
    return tokens.accepts(condition(list)) ? `; write ${condition(shortened(list))}` : '';
  }
  const whole = fieldRule(field)?.wildcards ? unquoted(rest) : null;
  if (whole === null || !tokens.accepts(`${field} ${sign} "${whole}"`)) return '';
  return `; put the value in quotes: ${field} ${sign} "${shortened(whole)}"`;
}

/** The hint behind a unit that stands alone after a number, `rtt > 200 ms`; empty: it does not, or is not the field's. */
export function meantUnit(tokens: TokenReader): string {
  const begun = comparisonBefore(tokens);
  const [number, unit] = begun?.rest ?? [];
  if (begun === null || number === undefined || unit?.at !== tokens.peek().at) return '';
  if (unit.kind !== 'word' || !isUnit(unit.text) || !/^[\d.]+$/.test(number.text)) return '';
  const value = `${number.text}${unit.text}`;
  const isValid = tokens.accepts(conditionOf(begun.field, value, begun.sign));
  return isValid ? `; write ${value} without a blank` : '';
}

/** A condition on a field, or a clause about states, which takes no sign. */
function conditionOf(field: string, values: string, sign = '='): string {
  return isClauseWord(field) ? `${field} ${values}` : `${field} ${sign} ${values}`;
}

/**
 * The hint behind a word that is no field but has several values, `port (22, 80)`: these with the fields that it may be
 * meant for; empty: it has none, or there are no such fields.
 */
export function meantFields(fields: readonly string[], tokens: TokenReader): string {
  const [sign, ...values] = tokens.around().after.slice(1);
  const isSign = /^(?:==?|eq|in)$/.test(sign === undefined ? '' : keyword(sign));
  const list = listIn({ field: '', sign: '=', rest: isSign || !sign ? values : [sign, ...values] });
  if (list === null) return '';
  const written = fields
    .filter((field) => tokens.accepts(conditionOf(field, list)))
    .map((field) => conditionOf(field, shortened(list)));
  if (written.length === 0) return '';
  const whole = written.join(' or ');
  // It takes the place of one condition, which other words may stand beside.
  return `; write ${written.length === 1 ? whole : `(${whole})`}`;
}

/** The hint behind a set of values without a field, `{ 22 80 }`, or braces around conditions; empty: it is neither. */
export function meantSet(tokens: TokenReader): string {
  const { before, after } = tokens.around();
  const [first, second] = after;
  if (first === undefined || !/^[[{]/.test(first.text) || first.kind === 'string') return '';
  const inner =
    first.text === '{' || first.text === '[' ? second : { ...first, text: first.text.slice(1) };
  if (inner !== undefined && startsFactor(inner)) {
    return '; conditions are grouped by parentheses';
  }
  const list = listIn({ field: '', sign: '=', rest: after }) ?? unbracketed(first.text);
  const values = partsOf(list).filter((one) => one !== '');
  if (list === first.text || values.length === 0) return '';
  const field = fieldOf(values);
  if (!tokens.accepts(conditionOf(field, list))) return '';
  const shown = conditionOf(field, shortened(list));
  if (field !== 'state') return `; write a field before several values: ${shown}`;
  return before.length === 0 ? `; write ${shown}` : '';
}

/** Which field values are probably of; `state` is none, but begins a clause. */
function fieldOf(values: readonly string[]): string {
  const forms: readonly (readonly [field: string, fits: (value: string) => boolean])[] = [
    ['sport', (one) => /^:?\d[\d-]*$/.test(one) && !isProblem(parsePorts(one))],
    ['dst', (one) => /^[\da-f.:/[\]]*[.:/]/i.test(one) && !isProblem(parseHost(one))],
    ['proto', (one) => allProtocols.some((name) => name === one)],
    ['state', (one) => !isProblem(parseStates(one))],
  ];
  return forms.find(([, fits]) => values.every(fits))?.[0] ?? 'program';
}

/**
 * The hint behind a value that no field has, if it is a list in brackets or braces, `[22,80]`, or one value in braces;
 * empty: it is none.
 */
export function meantList(
  { field, comparison, value }: FieldComparison,
  accepts: (value: string) => boolean,
): string {
  const list = unbracketed(value.text);
  const least = value.text.startsWith('{') ? 1 : 2;
  const isInside = list !== value.text && partsOf(list).filter((one) => one !== '').length >= least;
  const isList = isInside && value.isQuoted !== true && partsOf(list).every(accepts);
  return isList ? `; write ${field} ${comparison} ${shortened(list)}` : '';
}

/** The hint behind `state` or `exclude` where an operator follows; its states, if they can be told. */
export function meantStates(word: 'state' | 'exclude', tokens: TokenReader): string {
  const [sign, ...rest] = tokens.around().after;
  const meant = comparisons.get(sign === undefined ? '' : keyword(sign));
  const [first] = rest;
  const one = first?.kind === 'word' && isValue(first) ? first.text : null;
  const states = listIn({ field: word, sign: '=', rest }) ?? one;
  const hint = '; after state and exclude there is no operator';
  if (states === null || meant === undefined || !isEquality(meant)) return hint;
  const other = word === 'state' ? 'exclude' : 'state';
  const clause = meant === '=' ? word : other;
  if (!tokens.accepts(conditionOf(clause, states))) return hint;
  return `${hint}; write ${conditionOf(clause, shortened(states))}`;
}

/** The comparison that ends before the next token: without its value, with it, or with a connective behind it. */
function comparisonBefore(tokens: TokenReader): Begun | null {
  const { before, after } = tokens.around();
  for (let at = before.length - 1; at >= Math.max(0, before.length - 4); at--) {
    const field = keyword(before[at] as Token);
    if (fieldRule(field) === undefined && !isClauseWord(field)) continue;
    const read = before.slice(at + 1);
    const isSigned = read[0] !== undefined && comparisons.has(keyword(read[0]));
    const [value, connective, ...more] = isSigned ? read.slice(1) : read;
    if (value !== undefined && !isValue(value)) continue;
    if (connective !== undefined && !connectives.has(keyword(connective))) continue;
    if (more.length > 0) continue;
    const rest = [...before.slice(at + 1 + Number(isSigned)), ...after];
    return { field, sign: isSigned ? (read[0] as Token).text : '=', rest };
  }
  return null;
}

/**
 * The values that were given one by one, `22 or 80`, `(22 80)`, `22, 80` or `{ 22 80 }`, as a list; null: they are not
 * such. One alone is a list only in braces, or in parentheses that are no part of it.
 */
function listIn({ field, sign, rest: given }: Begun): string | null {
  const meant = comparisons.get(sign.toLowerCase());
  if (meant === undefined || !isEquality(meant)) return null;
  const opening = /^[([{]$/.exec(given[0]?.text ?? '')?.[0];
  const rest = opening === undefined ? given : given.slice(1);
  const values: string[] = [];
  for (let at = 0; ; ) {
    const [value, next] = [rest[at], rest[at + 1]];
    if (value?.kind !== 'word' || !isValue(value) || isClosingAlone(value)) break;
    const isBraced = opening !== undefined || /^[[{][^\]}]*$/.test(values[0] ?? value.text);
    const isClosing = isBraced && /[\]}]$/.test(value.text);
    if (isBraced && opening !== '(' && next === undefined && !isClosing) return null;
    const isLinked = next !== undefined && connectives.has(keyword(next));
    // A condition begins.
    if (startsFactor(value) && (values.length > 0 || (opening === '(' && !isLinked))) break;
    const isJoined =
      (isBraced && !isClosing && !isLinked) ||
      value.text.endsWith(',') ||
      next?.text.startsWith(',') === true;
    const isLast = isClosing || next === undefined || isClosingAlone(next);
    // Where anything else follows, a condition begins, unless it is the first value.
    if (values.length > 0 && !isJoined && !isLinked && !isLast) break;
    values.push(value.text);
    if (isJoined) at++;
    else if (isLinked && !isClosing && !isPartOf(value, next)) at += 2;
    else break;
  }
  // A comma alone is no value.
  const parts = partsOf(unbracketed(values.join(','))).filter((one) => one !== '');
  const isAlone = opening === '(' && rest[1]?.text === ')' && !fieldRule(field)?.wildcards;
  const least = opening === '{' || opening === '[' || isAlone ? 1 : 2;
  return parts.length < least ? null : parts.join(',');
}

function isClosingAlone({ text }: Token): boolean {
  return /^[)\]}]$/.test(text);
}

/** A text without the brackets or braces around it. */
export function unbracketed(text: string): string {
  return /^[[{]([^[\]{}]*)[\]}]$/.exec(text)?.[1] ?? text;
}

/** Whether a `&` directly follows, as in a name or a URL. */
function isPartOf({ at, text }: Token, next: Token): boolean {
  return next.text.startsWith('&') && next.at === at + text.length;
}

/** All that directly follows one another, an operator's character among it; null: there is none. */
function unquoted(rest: readonly Token[]): string | null {
  let end = rest[0]?.at;
  let text = '';
  let hasSymbol = false;
  let depth = 0;
  for (const token of rest) {
    if (token.at !== end || token.kind === 'string') break;
    // It was opened before the value.
    if (token.text === ')' && depth === 0) break;
    depth += token.text === '(' ? 1 : token.text === ')' ? -1 : 0;
    end += token.text.length;
    text += token.text;
    hasSymbol ||= token.kind === 'symbol';
  }
  return hasSymbol && depth === 0 && /^[^=!<>&|]/.test(text) && /[^()]/.test(text) ? text : null;
}
