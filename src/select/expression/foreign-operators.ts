import type { NetstatError } from '../../errors.ts';
import { shortened } from '../../text/shortened.ts';
import { fieldKey, fieldRule } from '../fields.ts';
import { partsOf } from '../list.ts';
import { asValue } from './as-value.ts';
import { unbracketed } from './meant-values.ts';
import type { Token } from './token.ts';
import type { TokenReader } from './token-reader.ts';
import { connectives, keyword } from './words.ts';

/** Operators that compare a part of a text. */
type PartOperator = 'part' | 'like' | 'beginning' | 'ending';

/** What other languages write between a field and its value. */
type Operator = PartOperator | 'equal' | 'any' | 'range' | 'port' | 'host';

const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ...['~', '~=', 'contains', 'contain', 'has', 'includes', 'matches', 'match', 'regex'].map(
    (word) => [word, 'part'] as const,
  ),
  ...['like', 'ilike', 'glob'].map((word) => [word, 'like'] as const),
  ...['startswith', 'begins'].map((word) => [word, 'beginning'] as const),
  ['endswith', 'ending'],
  ...['is', 'equals', 'equal'].map((word) => [word, 'equal'] as const),
  ['in', 'any'],
  ['between', 'range'],
  // As in tcpdump: `dst port 443`.
  ['port', 'port'],
  ...['host', 'net'].map((word) => [word, 'host'] as const),
]);

/**
 * The error for a word that was read as a field's value, `program contains ssh`, where another value follows; null: the
 * next token does not follow such a word.
 */
export function foreignOperator(tokens: TokenReader): NetstatError | null {
  const { before, after } = tokens.around();
  const last = before.at(-1)?.text === '(' ? before.slice(0, -1) : before;
  const given = last.at(-1);
  const fieldAt = last.length - (last.at(-2)?.text === '=' ? 3 : 2);
  const field = keyword(last[fieldAt] ?? nothing);
  const operator = given?.kind === 'word' ? operators.get(keyword(given)) : undefined;
  const rule = fieldRule(field);
  if (given === undefined || operator === undefined || rule === undefined) return null;
  const written = example(operator, field, after);
  const hint = written !== null && tokens.accepts(written) ? `; write ${shortened(written)}` : '';
  const signs = rule.ordered ? '= != > < >= or <=' : '= or !=';
  return tokens.unexpected(`${signs} after ${field}`, hint, given);
}

const nothing: Token = { kind: 'end', text: '', at: 0 };

/** The condition that was meant, of words that a shell leaves alone; null: it cannot be said. */
function example(operator: Operator, field: string, after: readonly Token[]): string | null {
  const end = after.findIndex(({ kind }) => kind !== 'word' && kind !== 'string');
  const values = end < 0 ? after : after.slice(0, end);
  const words = values.map(({ kind, text }) => (kind === 'word' ? text : (asValue(text) ?? text)));
  const [value = '', , other] = words;
  const { text = '' } = values[0] ?? {};
  if (text === '') return null;
  switch (operator) {
    case 'range':
      return other === undefined ? null : `${field} ge ${value} and ${field} le ${other}`;
    case 'any': {
      const connective = words.findIndex((word) => connectives.has(word.toLowerCase()));
      const list = connective < 0 ? words : words.slice(0, connective);
      const parts = partsOf(unbracketed(list.join(','))).filter((word) => word !== '');
      return `${field} = ${parts.join(',')}`;
    }
    case 'port': {
      const port = { src: 'sport', dst: 'dport' }[fieldKey(field) ?? ''];
      return port === undefined ? null : `${port} = ${value}`;
    }
    case 'host':
    case 'equal':
      return `${field} = ${value}`;
    default:
      return `${field} = ${fieldRule(field)?.wildcards ? quotedPart(operator, text) : value}`;
  }
}

/** The pattern in quotes, since a `*` is special to shells. */
function quotedPart(operator: PartOperator, value: string): string {
  const part = partOf(operator, value);
  const quote = part.includes("'") ? '"' : "'";
  return quote + part + quote;
}

/** A pattern for a part of a text. */
function partOf(operator: PartOperator, value: string): string {
  if (operator === 'like') return value.replaceAll('%', '*');
  const text = value.replace(/^[/*^%]+|[/*$%]+$/g, '');
  return `${operator === 'beginning' ? '' : '*'}${text}${operator === 'ending' ? '' : '*'}`;
}
