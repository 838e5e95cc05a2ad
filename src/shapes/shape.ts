import { highestPort, isPortOrZero } from '../model/address/port.ts';
import type { ExactField } from './exact-numbers.ts';

/** What is wrong with a value, and where in it. */
export interface Misfit {
  /** `[3].local.port`; empty: the value itself. */
  place: string;
  readonly expected: string;
}

/** Checks a value: null if it is as the model has it. May convert it in place. */
export type Shape = (value: unknown) => Misfit | null;

const misfit = (expected: string): Misfit => ({ place: '', expected });

/** The shape of a value for which `isIt` holds; `expected`: what it is, in words. */
export function shapeOf(expected: string, isIt: (value: unknown) => boolean): Shape {
  return (value) => (isIt(value) ? null : misfit(expected));
}

/** The shapes of simple values. */
export const text = shapeOf('a text', (value) => typeof value === 'string');
export const yesOrNo = shapeOf('true or false', (value) => typeof value === 'boolean');
export const number = shapeOf('a number', (value) => typeof value === 'number');
export const count = shapeOf(
  'a whole number that is not below 0',
  (value) => Number.isInteger(value) && (value as number) >= 0,
);
export const whole = shapeOf('a whole number', (value) => Number.isInteger(value));
export const port = shapeOf(`a port from 0 to ${highestPort}`, isPortOrZero);
/** Any word: enumerations may get new values. */
export const word = shapeOf(
  'a word',
  (value) => typeof value === 'string' && /^[A-Za-z][\w .:()-]{0,63}$/.test(value),
);

/** A 64-bit counter; it becomes a bigint. */
export const counter = 'counter';

/** One of these strings. */
export function oneOf(all: readonly string[]): Shape {
  const known = new Set<unknown>(all);
  return shapeOf(`one of ${all.join(', ')}`, (value) => known.has(value));
}

/** One of these words, or the form of a code without a name: `UNKNOWN(7)`. */
export function coded(unknown: string, all: readonly string[]): Shape {
  const known = new Set<unknown>(all);
  const code = new RegExp(`^${unknown}\\(-?\\d{1,10}\\)$`);
  return shapeOf(
    `one of ${[...all, `${unknown}(NUMBER)`].join(', ')}`,
    (value) => known.has(value) || (typeof value === 'string' && code.test(value)),
  );
}

/** The same, or null. */
export function nullable(shape: Shape): Shape {
  return (value) => (value === null ? null : shape(value));
}

/** For a field that may be left out. */
export interface Optional<Checked = Shape | typeof counter | CounterOrNull> {
  readonly optional: Checked;
}

/** A field that may be left out. */
export function optional(shape: Shape): Optional<Shape> {
  return { optional: shape };
}

/** A list whose elements all have this shape. */
export function listOf(shape: Shape): Shape {
  return (value) => {
    if (!Array.isArray(value)) return misfit('a list');
    for (let i = 0; i < value.length; i++) {
      const found = shape(value[i]);
      if (found !== null) return { ...found, place: `[${i}]${found.place}` };
    }
    return null;
  };
}

interface CounterOrNull {
  readonly counter: 'or null';
}

/** A counter that may be null. */
export const counterOrNull: CounterOrNull = { counter: 'or null' };

type Field = Shape | typeof counter | CounterOrNull | Optional;

/** The same field under each of these names. */
export function each<Name extends string, F extends Field>(
  names: readonly Name[],
  field: F,
): Readonly<Record<Name, F>> {
  return Object.fromEntries(names.map((name) => [name, field])) as Record<Name, F>;
}

/** What checks a value of the model; a counter's field is one that is parsed exactly, or does not compile. */
type CheckedBy<Value, Name> = bigint extends Value
  ? Name extends ExactField
    ? typeof counter | CounterOrNull
    : never
  : Shape;

/** What a field of the model is checked by: what may be left out there may be left out here, and nothing else. */
type FieldOf<T, Name extends keyof T> =
  Partial<Pick<T, Name>> extends Pick<T, Name>
    ? Optional<CheckedBy<T[Name], Name>>
    : CheckedBy<T[Name], Name>;

interface Rule {
  readonly shape: Shape;
  readonly isRequired: boolean;
  readonly counts: boolean;
}

function ruleOf(field: Field): Rule {
  if (typeof field === 'function') return { shape: field, isRequired: true, counts: false };
  if (field === counter) return { shape: isBigint, isRequired: true, counts: true };
  if ('counter' in field) return { shape: nullable(isBigint), isRequired: true, counts: true };
  return { ...ruleOf(field.optional), isRequired: false };
}

const isBigint = shapeOf('a whole number', (value) => typeof value === 'bigint');

/** A counter as `exact-numbers.ts` leaves it: a number, or a string of digits. */
function bigintOf(value: unknown): unknown {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d{16,20}$/.test(value)) return BigInt(value);
  return value;
}

/**
 * An object of the model, with a field for each of its own. Any other field, which a later version may have added, is
 * deleted.
 */
export function objectOf<T extends object>(
  fields: {
    readonly [Name in keyof T]-?: FieldOf<T, Name>;
  },
): Shape {
  const all = Object.entries<Field>(fields);
  const rules = new Map(all.map(([name, field]) => [name, ruleOf(field)]));
  const required = [...rules].filter(([, { isRequired }]) => isRequired).map(([name]) => name);
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return misfit('an object');
    }
    const object = value as Record<string, unknown>;
    for (const name of required) {
      if (!Object.hasOwn(object, name)) return { place: `.${name}`, expected: 'it to be there' };
    }
    for (const name of Object.keys(object)) {
      const rule = rules.get(name);
      if (rule === undefined) {
        delete object[name];
        continue;
      }
      if (rule.counts) object[name] = bigintOf(object[name]);
      const found = rule.shape(object[name]);
      if (found !== null) return { ...found, place: `.${name}${found.place}` };
    }
    return null;
  };
}
