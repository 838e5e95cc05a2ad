import { allProtocols, familySpellings } from '../../model/protocol.ts';
import { fixedWord } from '../../text/fixed-word.ts';
import { shownFlags } from '../flag-table.ts';
import { type Flag, spellings } from '../flags.ts';
import type { Vocabulary } from '../vocabulary.ts';
import type { LiveValues } from './live.ts';

/** Where a shell gets completions of a flag's value. */
export type Values =
  /** Any text: nothing to offer. */
  | { readonly kind: 'any' }
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** States, and other words that are explained; `shown`: as netstat prints them, offered once a capital is typed. */
  | {
      readonly kind: 'states';
      readonly words: readonly string[];
      readonly shown: readonly string[];
    }
  /** Checks; this program lists what can be set after a colon. */
  | { readonly kind: 'checks'; readonly words: readonly string[] }
  /** Words that depend on the report. */
  | { readonly kind: 'columns' | 'sort-keys' }
  /** Values that exist at the moment, listed by this program. */
  | { readonly kind: 'live'; readonly live: LiveValues }
  /** Names of checks, or an expression, depending on the rest of the line; listed by this program. */
  | { readonly kind: 'ignored' }
  /** Values that the shell knows; `hosts`: those that ssh knows, and files after an @. */
  | { readonly kind: 'users' | 'hosts' | 'folders' | 'files' };

/** A flag as the completions see it. */
export interface CompletedFlag {
  /** Every spelling, dashes included. */
  readonly names: readonly string[];
  readonly summary: string;
  /** null: it takes no value. */
  readonly value: {
    readonly name: string;
    readonly optional: boolean;
    /** Several values, separated by commas. */
    readonly list: boolean;
    readonly values: Values;
  } | null;
}

function valuesOf(value: NonNullable<Flag['value']>, vocabulary: Vocabulary): Values {
  if (value.choices !== undefined) return { kind: 'words', words: value.choices };
  switch (value.completes) {
    case undefined:
      return { kind: 'any' };
    case 'states':
      return { kind: 'states', words: stateWords(vocabulary), shown: vocabulary.shownStates };
    case 'explained-words':
      return {
        kind: 'states',
        words: [
          // A check may be called like a state.
          ...new Set([
            ...vocabulary.explainedStates.map((name) => asFiltered(name, vocabulary)),
            ...allProtocols,
            ...checkWords(vocabulary),
          ]),
        ],
        shown: [...vocabulary.explainedStates, ...vocabulary.explainedColumns],
      };
    case 'checks':
      return { kind: 'checks', words: diagnoseWords(vocabulary) };
    case 'families':
      return {
        kind: 'words',
        words: Object.values(familySpellings).flatMap(({ netTools }) => netTools),
      };
    case 'columns':
    case 'sort-keys':
    case 'ignored':
    case 'users':
    case 'hosts':
    case 'folders':
    case 'files':
      return { kind: value.completes };
    default:
      return { kind: 'live', live: value.completes };
  }
}

/** A state's name as filters spell it, which `--explain` understands too: `fin-wait-1` for FIN_WAIT1. */
function asFiltered(name: string, { states }: Vocabulary): string {
  const bare = (word: string) => fixedWord(word).replaceAll('-', '');
  return states.find((state) => bare(state) === bare(name)) ?? fixedWord(name);
}

/** Every flag that has an effect. */
export function completedFlags(vocabulary: Vocabulary): readonly CompletedFlag[] {
  return shownFlags.map((flag) => ({
    names: spellings(flag),
    summary: flag.summary,
    value:
      flag.value === undefined
        ? null
        : {
            name: flag.value.name,
            optional: flag.optionalValue === true,
            list: flag.value.list === true,
            values: valuesOf(flag.value, vocabulary),
          },
  }));
}

/** The names of the checks. */
export function checkWords({ checks }: Vocabulary): readonly string[] {
  return checks.map(({ name }) => name);
}

/** The words that `--diagnose` takes. */
export function diagnoseWords(vocabulary: Vocabulary): readonly string[] {
  return [vocabulary.everyCheck, ...checkWords(vocabulary)];
}

/** The words for one state, or several, in a filter. */
function stateWords({ states, stateGroups }: Vocabulary): readonly string[] {
  return [...states, ...Object.keys(stateGroups)];
}
