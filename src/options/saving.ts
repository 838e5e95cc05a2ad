import { allProtocols } from '../model/protocol.ts';
import type { Comparison, QuestionPart, SaveTo } from '../model/request/asked.ts';
import type { Listing } from '../model/request/listing.ts';
import { parseFamily } from './families.ts';
import { type FlagName, type GivenFlags, withoutFlag } from './given-flags.ts';
import { listingFrom } from './listing-from.ts';
import { type Refused, refuse, refuseAlone, refusedBy } from './refusals.ts';
import { reportFlags } from './report-from.ts';
import { shownValue, usageError } from './usage.ts';

/** The listing for `--save` without `--diff`, and where to write its answer, as JSON. @throws NetstatError `usage` */
export function savingFrom(flags: GivenFlags): {
  readonly listing: Listing;
  readonly save: SaveTo;
} {
  refuseBeside(flags, 'save');
  const format = flags.value('format');
  if (format !== null && format !== 'json') {
    throw usageError(`--save cannot be used with --format ${format}: what is saved is JSON`);
  }
  const { view, ...others } = listingFrom(flags);
  return {
    listing: { ...others, view: { ...view, format: 'json', programs: true } },
    save: saveTo(flags) as SaveTo,
  };
}

/** The listing for `--diff`, and how its answer is compared. @throws NetstatError `usage` */
export function comparisonFrom(flags: GivenFlags): {
  readonly listing: Listing;
  readonly comparison: Comparison;
} {
  refuseBeside(flags, 'diff');
  if (flags.has('statistics')) {
    throw usageError('--diff: counters always differ; -s -c shows how fast they grow');
  }
  if (flags.value('format') === 'table') {
    throw usageError(
      '--diff cannot be used with --format table: its boxes have no room for two sides; use netstat, json, ndjson or csv',
    );
  }
  const path = flags.value('diff') as string;
  const files = flags.values('diff').length;
  // Elsewhere the last value counts. These are meant to be compared with each other.
  if (files > 1) {
    throw usageError(
      `--diff: expected one file, found ${files}; it is compared with what is there now (two files: diff() of the library)`,
    );
  }
  refuseFile('--diff', path);
  const save = saveTo(flags);
  if (save?.path === '-') {
    throw usageError('--save - cannot be used with --diff, which writes to standard output itself');
  }
  // Elsewhere -q makes servers count as well; here it does not change what is asked.
  const listing = listingFrom(withoutFlag(flags, 'quiet'));
  return {
    listing: { ...listing, view: { ...listing.view, programs: true } },
    comparison: {
      path,
      save,
      quiet: flags.has('quiet'),
      ignored: flags.values('ignore'),
      chosen: chosenBy(flags, listing),
    },
  };
}

/**
 * Refuses what cannot be the name of a file. Node replaces bytes of the command line that are not UTF-8: the name would
 * be another file's. @throws NetstatError `usage`
 */
function refuseFile(flag: string, path: string): void {
  if (path === '') throw usageError(`${flag}: expected a file, found nothing`);
  if (path.includes('\uFFFD')) {
    throw usageError(
      `${flag} ${shownValue(path)}: the name of a file must be UTF-8; give another name, or - and redirect it`,
    );
  }
}

/** Refuses what does not ask for a single answer; a wait for it looks at an interval. */
function refuseBeside(flags: GivenFlags, by: 'save' | 'diff'): void {
  const isWait = flags.has('wait') || flags.has('wait-gone');
  const isRefused = ([name]: Refused[number]) => !(isWait && name === 'interval');
  refuse(flags, `--${by}`, refusedBy[by].filter(isRefused));
}

/** Flags that choose a part of the question. */
const choosing: Readonly<Partial<Record<QuestionPart, readonly FlagName[]>>> = {
  report: Object.keys(reportFlags) as (keyof typeof reportFlags)[],
  protocols: allProtocols,
  families: ['inet', 'inet6'],
  which: ['listening', 'all'],
  boundInactive: ['bound-inactive'],
  netns: ['all-netns', 'netns'],
};

/** The parts of the question that the command line chooses. */
function chosenBy(flags: GivenFlags, { query }: Listing): ReadonlySet<QuestionPart> {
  const chosen = new Set<QuestionPart>();
  for (const [part, names] of Object.entries(choosing)) {
    if (names.some((name) => flags.has(name))) chosen.add(part as QuestionPart);
  }
  for (const family of flags.values('protocol').map(parseFamily)) {
    chosen.add(family === 'unix' ? 'protocols' : 'families');
  }
  if (query.interfaces.length > 0) chosen.add('interfaces');
  return chosen;
}

/** The target of `--save`, with its mode; null: not given. @throws NetstatError `usage` */
export function saveTo(flags: GivenFlags): SaveTo | null {
  const path = flags.value('save');
  const mode = flags.value('save-mode');
  if (path === null) {
    refuseAlone(flags, ['save-mode'], '--save');
    return null;
  }
  refuseFile('--save', path);
  if (mode !== null && !/^0?[0-7]{3}$/.test(mode)) {
    throw usageError(`--save-mode ${shownValue(mode)}: expected three octal digits, such as 640`);
  }
  return { path, mode: mode === null ? null : Number.parseInt(mode, 8) };
}

/** Refuses flags that require --save or --diff, if neither is given. @throws NetstatError `usage` */
export function refuseWithoutFile(flags: GivenFlags): void {
  refuseAlone(flags, ['save-mode'], '--save');
  refuseAlone(flags, ['ignore'], '--diff or --diagnose');
}
