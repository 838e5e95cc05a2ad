import type { NetstatError } from '../../errors.ts';
import { shortened } from '../../text/shortened.ts';
import { fieldKey, fieldRule } from '../fields.ts';
import { partsOf } from '../list.ts';
import { unbracketed } from './meant-values.ts';
import type { Token } from './token.ts';
import type { TokenReader } from './token-reader.ts';
import { connectives, keyword } from './words.ts';

/** What other languages write between a field and its value. */
type Operator =
  | 'part'
  | 'like'
  | 'beginning'
  | 'ending'
  | 'equal'
  | 'any'
  | 'range'
  | 'port'
  | 'host';

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

/** As many values as a hint shows. */
const mostShown = 8;

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
  const hint = written === null ? '' : `; write ${written}`;
  const signs = rule.ordered ? '= != > < >= or <=' : '= or !=';
  return tokens.unexpected(`${signs} after ${field}`, hint, given);
}

const nothing: Token = { kind: 'end', text: '', at: 0 };

/** The condition that was meant, of words that a shell leaves alone; null: it cannot be said. */
function example(operator: Operator, field: string, after: readonly Token[]): string | null {
  const end = after.findIndex(({ kind }) => kind !== 'word' && kind !== 'string');
  const words = (end < 0 ? after : after.slice(0, end)).map(({ text }) => shortened(text));
  const [value = '', , other] = words;
  if (value === '') return null;
  switch (operator) {
    case 'range':
      return other === undefined ? null : `${field} ge ${value} and ${field} le ${other}`;
    case 'any': {
      const connective = words.findIndex((word) => connectives.has(word.toLowerCase()));
      const list = connective < 0 ? words : words.slice(0, connective);
      const values = partsOf(unbracketed(list.join(','))).filter((word) => word !== '');
      const shown = [...values.slice(0, mostShown), ...(values.length > mostShown ? ['…'] : [])];
      return `${field} = ${shown.join(',')}`;
    }
    case 'port': {
      const port = { src: 'sport', dst: 'dport' }[fieldKey(field) ?? ''];
      return port === undefined ? null : `${port} = ${value}`;
    }
    case 'host':
    case 'equal':
      return `${field} = ${value}`;
    default:
      return `${field} = ${fieldRule(field)?.wildcards ? `'${partOf(operator, value)}'` : value}`;
  }
}

/** A pattern for a part of a text. */
function partOf(operator: 'part' | 'like' | 'beginning' | 'ending', value: string): string {
  if (operator === 'like') return value.replaceAll('%', '*');
  const text = value.replace(/^[/*^%]+|[/*$%]+$/g, '');
  return `${operator === 'beginning' ? '' : '*'}${text}${operator === 'ending' ? '' : '*'}`;
}
