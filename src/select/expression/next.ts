import type { Comparison } from '../compare.ts';
import { fieldKey, fieldRule, fields } from '../fields.ts';
import { shownStates, stateGroups, stateNames } from '../states.ts';
import { comparisons, isOperatorWord, type Next, parse } from './parse.ts';
import { joinWords, lastWordAt } from './tokenize.ts';

/** What can come next in an expression. */
export interface NextWords {
  /** Where the word begins that is being written. */
  readonly at: number;
  /** Words that may stand there. */
  readonly words: readonly string[];
  /** The attributes (of sockets, by key) whose values may stand there too. */
  readonly valuesOf: readonly string[];
}

/**
 * What can come next where an expression's text ends; nothing where it goes wrong before. A last word
 * that nothing divides from the end is still being written.
 * @param inShell whether the words are a shell's: it has `>` and `<` for itself
 */
export function nextWords(text: string, inShell: boolean): NextWords {
  const at = lastWordAt(text);
  const found: Next[] = [];
  try {
    parse(text.slice(0, at), (next) => found.push(next));
  } catch {
    // It ends too soon, which is why it is asked; where it is wrong, nothing was found.
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
      // In capitals they are netstat's own.
      return /^[A-Z]/.test(begun) ? shownStates : [...stateNames, ...stateGroups];
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

/** `gt` for `>`. */
function inLetters(sign: Comparison): string {
  const words = [...comparisons].flatMap(([word, meant]) => (meant === sign ? word : []));
  return words.find((word) => /^\w/.test(word)) ?? sign;
}

function keysFor(next: Next, isBegun: boolean): readonly string[] {
  const key = next.kind === 'value' && isExpected(next, isBegun) ? fieldKey(next.field) : undefined;
  return key === undefined ? [] : [key];
}

/** Right behind a field an operator comes to mind; once a value is begun without one, it is one. */
function isExpected(
  { field, comparison }: Extract<Next, { kind: 'value' }>,
  isBegun: boolean,
): boolean {
  if (comparison === null) return isBegun;
  return fieldRule(field)?.ordered === true || isEquality(comparison);
}

function isEquality(comparison: Comparison): boolean {
  return comparison === '=' || comparison === '!=';
}

/** A value as an expression has it: in quotes where it would be read otherwise. null: it cannot be written. */
export function asValue(text: string): string | null {
  // An expression is one line of what a terminal shows: it would say something else.
  if (joinWords([text]) !== text) return null;
  const isWord = text !== '' && lastWordAt(text) === 0;
  if (isWord && !isOperatorWord(text.toLowerCase())) return text;
  const quote = ['"', "'"].find((one) => !text.includes(one));
  return quote === undefined ? null : quote + text + quote;
}
