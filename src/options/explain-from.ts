import type { GivenFlags } from './given-flags.ts';
import { type Refused, refuse } from './refusals.ts';

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
 * The states to explain, wherever they are on the command line; empty: all states. `given`: without the user's own
 * default options.
 * @throws NetstatError `usage`
 */
export function explainedStates(given: GivenFlags): readonly string[] {
  refuse(given, '--explain', notExplained);
  return [...given.values('explain'), ...given.words.flatMap((word) => word.split(','))];
}
