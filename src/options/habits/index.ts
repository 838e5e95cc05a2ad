import { addresses, markedAddresses } from './addresses.ts';
import { guesses } from './guesses.ts';
import type { Habit } from './habit.ts';
import { letters } from './letters.ts';
import { longOptions } from './long-options.ts';
import { ofLsof } from './lsof.ts';
import { names } from './names.ts';
import { numberBundles } from './number-bundles.ts';
import { numbers } from './numbers.ts';
import { optionWords } from './option-words.ts';
import { protocols } from './protocols.ts';
import { strayWords } from './stray-words.ts';
import { understood } from './understood.ts';

/**
 * What users of other tools type: the only table of it, loaded when a command line is invalid, to say what to type
 * (`habit-answer.ts`). The first habit that fits is the answer, so more specific ones come first.
 */
export const habits: readonly Habit[] = [
  ...understood,
  ...ofLsof,

  // Words after the flags.
  ...numbers,
  ...protocols,
  ...optionWords,
  ...addresses,
  ...names,
  ...strayWords,
  ...markedAddresses,
  ...guesses,

  // Flags.
  ...letters,
  ...numberBundles,
  ...longOptions,
];
