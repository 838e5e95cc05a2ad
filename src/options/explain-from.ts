import type { GivenFlags } from './given-flags.ts';
import { type Refused, refuse } from './refusals.ts';
import { usageError } from './usage.ts';

const eitherOr = 'give one of them';
const nothingRead = 'nothing is read for it';

/**
 * Flags that --explain refuses, and why. Flags that choose or show sockets, and --proc-root, are ignored, since
 * aliases contain them.
 */
const notExplained: Refused = [
  ['on', 'a state means the same on every machine'],
  ['all-netns', nothingRead],
  ['netns', nothingRead],
  ['route', eitherOr],
  ['interfaces', eitherOr],
  ['groups', eitherOr],
  ['statistics', eitherOr],
  ['diagnose', eitherOr],
  ['follow', eitherOr],
  ['live', eitherOr],
  ['serve', eitherOr],
  ['save', nothingRead],
  ['diff', nothingRead],
  ['wait', nothingRead],
  ['wait-gone', nothingRead],
  ['pids', nothingRead],
  ['json', 'it is text for people'],
  ['format', 'it is text for people'],
];

/**
 * The state to explain, wherever it is on the command line; null: all states. `given`: without the user's own
 * default options.
 * @throws NetstatError `usage`
 */
export function explainedState(given: GivenFlags): string | null {
  refuse(given, '--explain', notExplained);
  const [state = null, another] = [...given.values('explain'), ...given.words];
  if (another === undefined) return state;
  throw usageError(`--explain ${state}: one state at a time, found also '${another}'`);
}
