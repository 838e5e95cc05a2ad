import { rateKeys } from '../model/socket-info.ts';
import type { FlagName, GivenFlags } from './given-flags.ts';
import { reportFlags } from './listing-from.ts';
import { metricFormatOf } from './metric-format.ts';

/**
 * Whether options that are always wanted count: they are for eyes. Scripts get what they ask for, unless
 * --config asks for these too.
 */
export function ownOptionsCount(argv: readonly string[], isTerminal: boolean): boolean {
  return !argv.includes('--no-config') && (isTerminal || argv.includes('--config'));
}

/** Again and again. */
const repeated: readonly FlagName[] = ['continuous', 'interval'];
/** How the rows of a listing are shown. */
const ofRows: readonly FlagName[] = ['columns', 'sort'];
const formats: readonly FlagName[] = ['format', 'json'];
/** What only sockets have, and columns and keys, which are theirs unless a command line says otherwise. */
const ofSockets: readonly FlagName[] = [
  ...(['tcp-info', 'socket-info', 'peers', 'workloads', 'exposure'] as const),
  ...ofRows,
];
/** Ways to show a listing that mean nothing where it is saved or compared. */
const notCompared: readonly FlagName[] = [...formats, ...ofRows, ...repeated, 'no-header'];

/** Formats that have every field. */
const isWhole = (flags: GivenFlags) =>
  flags.has('json') || ['json', 'ndjson'].includes(flags.value('format') ?? '');

/** Beside what is given now: what of the options that are always wanted has no use there. */
const useless: readonly (readonly [
  beside: (given: GivenFlags, own: GivenFlags) => boolean,
  names: readonly FlagName[],
])[] = [
  // Two words for one thing.
  [(given) => formats.some((name) => given.has(name)), formats],
  [isWhole, ['columns']],
  [(given, own) => given.has('columns') && isWhole(own), formats],
  [(given) => reports.some((name) => given.has(name)), ofSockets],
  [(given) => given.has('save') || given.has('diff'), notCompared],
  // Nothing is listed but counted.
  [(given) => metricFormatOf(given) !== null, [...notCompared, 'peers', 'exposure']],
  [(given) => given.has('diagnose'), [...ofRows, ...repeated]],
  [(given) => given.has('follow'), ['sort', 'continuous']],
  // A box would never end.
  [(given, own) => given.has('follow') && own.value('format') === 'table', ['format']],
  [(given) => given.has('live'), [...formats, 'no-header', 'continuous']],
  [(given) => given.has('pids'), [...formats, 'columns', ...repeated]],
  [(given) => given.has('quiet'), repeated],
  [(given) => given.has('wait') || given.has('wait-gone'), ['continuous']],
];

/** One answer is made, of no rounds. */
const oneRound: readonly FlagName[] = ['wait', 'wait-gone', 'quiet', 'pids'];
/** What has rounds, beside -c. */
const ofRounds: readonly FlagName[] = ['follow', 'live'];

/** Without the columns and keys that only rounds tell. */
function withoutRates(own: GivenFlags): GivenFlags {
  const isRate = (key: string) => rateKeys.some((rate) => key.replace(/^-/, '') === rate);
  const values = (name: FlagName) =>
    ofRows.includes(name) ? own.values(name).filter((key) => !isRate(key)) : own.values(name);
  const isEmptied = (name: FlagName) => ofRows.includes(name) && values(name).length === 0;
  return {
    words: own.words,
    values,
    count: (name) => (isEmptied(name) ? 0 : own.count(name)),
    has: (name) => !isEmptied(name) && own.has(name),
    value: (name) => values(name).at(-1) ?? null,
  };
}

const reports = Object.keys(reportFlags) as (keyof typeof reportFlags)[];

/** What was given now, and of what is `always` wanted the rest. */
export function withOwn(given: GivenFlags, always: GivenFlags): GivenFlags {
  // Nothing is shown.
  if (given.has('serve')) return given;
  const hasRounds =
    ofRounds.some((name) => given.has(name)) ||
    (repeated.some((name) => given.has(name) || always.has(name)) &&
      !oneRound.some((name) => given.has(name)));
  const own = hasRounds ? always : withoutRates(always);
  const leftOut = new Set<FlagName>(
    useless.flatMap(([beside, names]) => (beside(given, own) ? names : [])),
  );
  const from = (name: FlagName) => (given.has(name) || leftOut.has(name) ? given : own);
  return {
    count: (name) => from(name).count(name),
    has: (name) => from(name).has(name),
    values: (name) => from(name).values(name),
    value: (name) => from(name).value(name),
    words: given.words,
  };
}
