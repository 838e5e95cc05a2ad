import { rateKeys } from '../model/socket/info.ts';
import { type FlagName, flagsFrom, type GivenFlags } from './given-flags.ts';
import { metricFormatOf } from './metrics-from.ts';
import { aboutSockets, refusedBy } from './refusals.ts';
import { reportFlags } from './report-from.ts';

/**
 * Whether the user's own default options apply: only on a terminal, since scripts should get exactly what they ask
 * for, unless --config is given.
 */
export function doOwnOptionsApply(argv: readonly string[], isTerminal: boolean): boolean {
  return !argv.includes('--no-config') && (isTerminal || argv.includes('--config'));
}

/** Flags that repeat a listing. */
const repeated: readonly FlagName[] = ['continuous', 'interval'];
/** How a listing's rows are shown. */
const rowFlags: readonly FlagName[] = ['columns', 'sort'];
const formats: readonly FlagName[] = ['format', 'json'];

/** Whether the format has every field. */
const hasEveryField = (flags: GivenFlags) =>
  flags.has('json') || ['json', 'ndjson'].includes(flags.value('format') ?? '');

/**
 * Options of the options file that do not apply, given the flags on the command line (`beside`): those that these
 * would refuse, and those that would have no effect or another one than was meant.
 */
const inapplicable: readonly (readonly [
  beside: (given: GivenFlags, own: GivenFlags) => boolean,
  names: readonly FlagName[],
])[] = [
  // The same thing in two spellings.
  [(given) => formats.some((name) => given.has(name)), formats],
  [hasEveryField, ['columns']],
  [(given, own) => given.has('columns') && hasEveryField(own), formats],
  // Columns and sort keys are those of sockets, unless the command line says otherwise.
  [(given) => reports.some((name) => given.has(name)), [...aboutSockets, ...rowFlags]],
  [
    (given) => given.has('save') || given.has('diff'),
    [...refusedNames('answer'), ...formats, 'sort'],
  ],
  [(given) => metricFormatOf(given) !== null, refusedNames('metrics')],
  [(given) => given.has('diagnose'), refusedNames('diagnose')],
  [(given) => given.has('follow'), refusedNames('follow')],
  // A box would never end.
  [(given, own) => given.has('follow') && own.value('format') === 'table', ['format']],
  [(given) => given.has('live'), refusedNames('live')],
  [(given) => given.has('pids'), [...refusedNames('pids'), 'interval']],
  [(given) => given.has('quiet'), repeated],
  [(given) => given.has('route'), ['cache']],
  [(given) => given.has('wait') || given.has('wait-gone'), ['continuous']],
];

function refusedNames(by: keyof typeof refusedBy): readonly FlagName[] {
  return refusedBy[by].map(([name]) => name);
}

/** Flags that ask for a single answer, without rounds. */
const oneRound: readonly FlagName[] = ['wait', 'wait-gone', 'quiet', 'pids'];
/** Flags that have rounds, besides -c. */
const roundFlags: readonly FlagName[] = ['follow', 'live'];

/** The own options without the columns and keys that need rounds. */
function withoutRates(own: GivenFlags): GivenFlags {
  const isRate = (key: string) => rateKeys.some((rate) => key.replace(/^-/, '') === rate);
  const values = (name: FlagName) =>
    rowFlags.includes(name) ? own.values(name).filter((key) => !isRate(key)) : own.values(name);
  const isEmptied = (name: FlagName) => rowFlags.includes(name) && values(name).length === 0;
  return {
    words: own.words,
    values,
    count: (name) => (isEmptied(name) ? 0 : own.count(name)),
    has: (name) => !isEmptied(name) && own.has(name),
    value: (name) => values(name).at(-1) ?? null,
  };
}

const reports = Object.keys(reportFlags) as (keyof typeof reportFlags)[];

/** The flags of the command line, with those own options that apply to them. */
export function withOwn(given: GivenFlags, always: GivenFlags): GivenFlags {
  // A server shows nothing.
  if (given.has('serve')) return given;
  const hasRounds =
    roundFlags.some((name) => given.has(name)) ||
    (repeated.some((name) => given.has(name) || always.has(name)) &&
      !oneRound.some((name) => given.has(name)));
  const own = hasRounds ? always : withoutRates(always);
  const leftOut = new Set<FlagName>(
    inapplicable.flatMap(([beside, names]) => (beside(given, own) ? names : [])),
  );
  const from = (name: FlagName) => (given.has(name) || leftOut.has(name) ? given : own);
  return flagsFrom(from, given.words);
}
