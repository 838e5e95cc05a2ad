import type { FlagName, GivenFlags } from './given-flags.ts';
import { metricFormatOf } from './metric-format.ts';

/**
 * Whether options that are always wanted count: they are for eyes. Scripts get what they ask for, unless
 * --config asks for these too.
 */
export function ownOptionsCount(argv: readonly string[], isTerminal: boolean): boolean {
  return !argv.includes('--no-config') && (isTerminal || argv.includes('--config'));
}

/** Ways to show a listing that mean nothing where it is saved or compared. */
const notCompared: readonly FlagName[] = [
  ...(['format', 'json', 'columns', 'continuous', 'interval', 'sort', 'no-header'] as const),
];
/** The same where nothing is listed but counted. */
const notCounted: readonly FlagName[] = [...notCompared, 'peers', 'exposure'];
/** How listings are wanted, which a full screen has no use for. */
const notOnScreen: readonly FlagName[] = [
  ...(['format', 'json', 'no-header', 'continuous'] as const),
];

/** What was given now, and of what is always wanted the rest. */
export function withOwn(given: GivenFlags, own: GivenFlags): GivenFlags {
  // They are two words for one thing.
  const namesFormat = given.has('format') || given.has('json');
  const isCompared = given.has('save') || given.has('diff');
  // Nothing is shown.
  if (given.has('serve')) return given;
  const isCounted = metricFormatOf(given) !== null;
  const follows = given.has('follow');
  const isBoxed = follows && own.value('format') === 'table';
  const counts = (name: FlagName) => {
    if (given.has('live') && notOnScreen.includes(name)) return 0;
    if (isCompared && notCompared.includes(name)) return 0;
    if (isCounted && notCounted.includes(name)) return 0;
    if (name === 'format' || name === 'json') return namesFormat || isBoxed ? 0 : own.count(name);
    // What --follow does not go with is wanted of listings.
    return follows && (name === 'sort' || name === 'continuous') ? 0 : own.count(name);
  };
  const from = (name: FlagName) => (given.has(name) || counts(name) === 0 ? given : own);
  return {
    count: (name) => from(name).count(name),
    has: (name) => from(name).has(name),
    values: (name) => from(name).values(name),
    value: (name) => from(name).value(name),
    words: given.words,
  };
}
