import { spelledAs } from '../../text/fixed-word.ts';
import { type ComparisonSign, isEquality } from '../compare.ts';
import { fieldKey, fieldRule, fields } from '../fields.ts';
import { shownStates, stateGroups, stateNames } from '../states.ts';
import { parse } from './parse.ts';
import type { Next } from './token-reader.ts';
import { lastWordAt } from './tokenize.ts';
import { comparisons } from './words.ts';

/** What can come next in an expression. */
export interface NextWords {
  /** Offset at which the incomplete word begins. */
  readonly at: number;
  /** Words that can stand there. */
  readonly words: readonly string[];
  /** Attributes (of sockets, by key) whose values can also stand there. */
  readonly valuesOf: readonly string[];
}

/**
 * What can come next at the end of an expression's text; nothing if the text is invalid before that. A last word
 * without a separator after it is still incomplete.
 * @param inShell whether the words are typed in a shell, to which `>` and `<` are special
 */
export function nextWords(text: string, inShell: boolean): NextWords {
  const at = lastWordAt(text);
  const found: Next[] = [];
  try {
    parse(text.slice(0, at), { reportNext: (next) => found.push(next) });
  } catch {
    // The text ends too early, as expected here; if it is invalid, nothing was found.
  }
  const isBegun = at < text.length;
  return {
    at,
    words: [
      ...new Set(found.flatMap((next) => wordsFor(next, { inShell, begun: text.slice(at) }))),
    ],
    valuesOf: [...new Set(found.flatMap((next) => keysFor(next, isBegun)))],
  };
}

function wordsFor(
  next: Next,
  { inShell, begun }: { readonly inShell: boolean; readonly begun: string },
): readonly string[] {
  switch (next.kind) {
    case 'condition':
      return ['state', 'exclude', ...fields, 'not', '('];
    case 'clause':
      return ['state', 'exclude'];
    case 'connective':
      return ['and', 'or'];
    case 'close':
      return [')'];
    case 'state':
      // A capital means netstat's own spelling.
      return /^[A-Z]/.test(begun) ? shownStates : spelledAs(begun, [...stateNames, ...stateGroups]);
    case 'comparison': {
      const isOrdered = fieldRule(next.field)?.ordered === true;
      return [...new Set(comparisons.values())]
        .filter((sign) => isOrdered || isEquality(sign))
        .map((sign) => (inShell && !isEquality(sign) ? inLetters(sign) : sign));
    }
    case 'value':
      return isExpected(next, begun !== '') ? (fieldRule(next.field)?.words ?? []) : [];
  }
}

/** The operator spelled in letters: `gt` for `>`. */
function inLetters(sign: ComparisonSign): string {
  const words = [...comparisons].flatMap(([word, meant]) => (meant === sign ? word : []));
  return words.find((word) => /^\w/.test(word)) ?? sign;
}

function keysFor(next: Next, isBegun: boolean): readonly string[] {
  const key = next.kind === 'value' && isExpected(next, isBegun) ? fieldKey(next.field) : undefined;
  return key === undefined ? [] : [key];
}

/**
 * Whether a value is expected: directly after a field an operator is more likely, unless a value has been started.
 */
function isExpected(
  { field, comparison }: Extract<Next, { kind: 'value' }>,
  isBegun: boolean,
): boolean {
  if (comparison === null) return isBegun;
  return fieldRule(field)?.ordered === true || isEquality(comparison);
}
