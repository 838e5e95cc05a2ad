import type { FlagName, GivenFlags } from './parse-flags.ts';

/**
 * Whether options that are always wanted count: they are for eyes. Scripts get what they ask for, unless
 * --config asks for these too.
 */
export function ownOptionsCount(argv: readonly string[], isTerminal: boolean): boolean {
  return !argv.includes('--no-config') && (isTerminal || argv.includes('--config'));
}

/** What was given now, and of what is always wanted the rest. */
export function withOwn(given: GivenFlags, own: GivenFlags): GivenFlags {
  // They are two words for one thing.
  const namesFormat = given.has('format') || given.has('json');
  const counts = (name: FlagName) =>
    namesFormat && (name === 'format' || name === 'json') ? 0 : own.count(name);
  const from = (name: FlagName) => (given.has(name) || counts(name) === 0 ? given : own);
  return {
    count: (name) => from(name).count(name),
    has: (name) => from(name).has(name),
    values: (name) => from(name).values(name),
    value: (name) => from(name).value(name),
    words: given.words,
  };
}
