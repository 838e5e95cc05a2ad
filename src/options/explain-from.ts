import type { FlagName, GivenFlags } from './given-flags.ts';
import { usageError } from './usage.ts';

const oneOfThem = 'give one of them';
const nothingRead = 'nothing is read for it';

/**
 * What --explain does not go with, and why. What chooses or shows sockets, and another /proc, is passed over: such
 * flags stand in aliases.
 */
const notExplained: readonly (readonly [FlagName, string])[] = [
  ['on', 'a state means the same on every machine'],
  ['all-netns', nothingRead],
  ['netns', nothingRead],
  ['route', oneOfThem],
  ['interfaces', oneOfThem],
  ['groups', oneOfThem],
  ['statistics', oneOfThem],
  ['diagnose', oneOfThem],
  ['follow', oneOfThem],
  ['live', oneOfThem],
  ['serve', oneOfThem],
  ['save', nothingRead],
  ['diff', nothingRead],
  ['wait', nothingRead],
  ['wait-gone', nothingRead],
  ['pids', nothingRead],
  ['json', 'it is text for people'],
  ['format', 'it is text for people'],
];

/**
 * The state that --explain is to explain, wherever it stands; null: all of them. `given`: without what is always wanted.
 * @throws NetstatError `usage`
 */
export function explainedState(given: GivenFlags): string | null {
  for (const [name, why] of notExplained) {
    if (given.has(name)) throw usageError(`--explain does not go with --${name}: ${why}`);
  }
  const [state = null, another] = [...given.values('explain'), ...given.words];
  if (another === undefined) return state;
  throw usageError(`--explain ${state}: one state at a time, found also '${another}'`);
}
