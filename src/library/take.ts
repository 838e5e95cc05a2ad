import { eventLoopTurn } from '../flow/event-loop.ts';
import { linkedSignal } from '../flow/linked-signal.ts';
import { onAbort } from '../flow/on-abort.ts';
import { type Aside, turns } from '../flow/turns.ts';
import type { ReportKind, ReportRows, Snapshot, Warning } from '../model/report/snapshot.ts';
import { schemaVersion } from '../model/report/snapshot.ts';
import type { Target } from '../model/request/listing.ts';
import { joinNeeds, needsAmong } from '../model/request/needs.ts';
import type { Query } from '../model/request/query.ts';
import { defaultListing } from '../options/default-listing.ts';
import { withoutRareTables } from '../pipeline/absent-tables.ts';
import { type ReadOptions, readRows } from '../pipeline/read.ts';
import { selectionFor } from '../pipeline/selection.ts';
import { type Sought, soughtBy } from '../pipeline/sought.ts';
import { lazyResolver } from '../resolve/lazy-resolver.ts';
import type { Selection } from '../select/index.ts';
import { sourceFor } from '../sources/index.ts';
import type { PlatformHost, Source } from '../sources/source.ts';
import type { CheckedOptions } from './options.ts';
import { speakingOfOptions, wordedInOptions } from './own-words.ts';

/** How many reports are read at once; others wait. Each opens tables, and starts threads if there is much to read. */
const mostAtOnce = 4;
/** Other machines may take seconds to answer; whoever asks this one does not wait for them. */
const inTurn = { here: turns(mostAtOnce), elsewhere: turns(mostAtOnce) } as const;

/** A report, and what its filters seek. */
interface Taken<K extends ReportKind> {
  readonly snapshot: Snapshot<K>;
  readonly sought: Sought;
}

/** Reads a report; rejects if its signal is aborted first. */
export async function take<K extends ReportKind>(
  report: K,
  asked: CheckedOptions,
): Promise<Snapshot<K>> {
  // Connections to other machines are closed with the answer.
  const stop = linkedSignal(asked.signal);
  try {
    return (await takerOf(report, asked, stop.signal)()).snapshot;
  } finally {
    stop.end();
  }
}

/**
 * Returns what reads a report again and again, from one source: it is prepared for the first answer, and what it has
 * open is closed when `until` is aborted. An answer is rejected if the signal of `asked` is aborted first.
 */
export function takerOf<K extends ReportKind>(
  report: K,
  asked: CheckedOptions,
  until: AbortSignal,
): () => Promise<Taken<K>> {
  let what: Prepared<K> | null = null;
  return () =>
    answerInTurn(asked, async (pause) => {
      what ??= await prepared(report, asked, pause, until);
      const snapshot = await readPrepared(what, report, pause);
      return { snapshot, sought: soughtBy(what.selection) };
    });
}

/**
 * Runs `task` when its turn comes and returns its result; rejects if `signal` is aborted first. The task awaits
 * `pause` between slices of work, and waits by `aside` for anything but its work.
 */
export async function answerInTurn<T>(
  { target, signal }: Pick<CheckedOptions, 'target' | 'signal'>,
  task: (pause: () => Promise<void>, aside: Aside) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const pause = pauseOf(signal);
  const answer = inTurn[target.machines === null ? 'here' : 'elsewhere']((aside) => {
    signal?.throwIfAborted();
    return speakingOfOptions(() => task(pause, aside));
  });
  return signal === undefined ? answer : unlessAborted(answer, signal);
}

/** The pause between slices of work: it yields to the event loop, and rejects once `signal` is aborted. */
export function pauseOf(signal: AbortSignal | undefined): () => Promise<void> {
  return async () => {
    await eventLoopTurn();
    signal?.throwIfAborted();
  };
}

/** Rejects as soon as `signal` is aborted; the work itself ends at its next pause. */
function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, () => reject(signal.reason));
    answer.then(resolve, reject).finally(forget);
  });
}

/** What sources and resolvers need to know of this machine. */
function thisMachine({ machines }: Target) {
  return { platform: process.platform, env: process.env, usersElsewhere: machines !== null };
}

/**
 * Opens the source of a place.
 * @throws NetstatError for a platform without one
 */
export function sourceAt(
  target: Target,
  parts: Pick<PlatformHost, 'pause' | 'signal'>,
): Promise<Source> {
  return sourceFor({ ...thisMachine(target), ...target, ...parts });
}

/** Names for the rows of a place. */
export function resolverFor(target: Target): ReturnType<typeof lazyResolver> {
  return lazyResolver(defaultListing.schedule.resolveTimeout, thisMachine(target));
}

/** A report that is ready to be read. */
export interface Prepared<K extends ReportKind> {
  readonly source: Source;
  readonly resolver: ReturnType<typeof resolverFor>;
  readonly query: Query<K>;
  readonly selection: Selection;
  readonly needs: ReadOptions['needs'];
  readonly factsShown: ReadOptions['factsShown'];
}

/**
 * Prepares a report; `pause` and `signal` are those of `PlatformHost`.
 * @throws NetstatError for invalid options, or a platform without a source
 */
export async function prepared<K extends ReportKind>(
  report: K,
  asked: CheckedOptions,
  pause: () => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<Prepared<K>> {
  const {
    target,
    owners,
    tcpInfo,
    socketInfo,
    peers,
    workloads,
    exposure,
    devices = false,
  } = asked;
  const query = { ...asked.query, report };
  const source = await sourceAt(target, { pause, signal });
  const resolver = resolverFor(target);
  const selection = await selectionFor(query, target, source, resolver);
  const needs = joinNeeds([
    needsAmong(selection.needs, 'all'),
    {
      // The library always gives every owner with all its details.
      owners: owners || peers || workloads || exposure ? 'all' : 'none',
      ...{ ownerDetails: true, timers: true, createdAt: true },
      ...{ tcpInfo, socketInfo, peers, exposure, workloads, devices },
      boundSockets: query.boundInactive,
      netns: target.netns !== 'own',
      machines: target.machines !== null,
    },
  ]);
  const factsShown = joinNeeds([{ tcpInfo, socketInfo }]);
  return { source, resolver, query, selection, needs, factsShown };
}

/** Reads in slices; the caller's own work runs during each `pause`. */
async function readPrepared<K extends ReportKind>(
  { source, query, selection, needs, factsShown }: Prepared<K>,
  report: K,
  pause: () => Promise<void>,
): Promise<Snapshot<K>> {
  const takenAt = new Date().toISOString();
  const warnings: Warning[] = [];
  const rows: ReportRows[K][] = [];
  const sink = { warn: (warning: Warning) => warnings.push(wordedInOptions(warning)) };
  const filtered = withoutRareTables(sink, query);
  const options = { selection, needs, factsShown, keepsAll: true } as const;
  for await (const batch of readRows(source, query, options, filtered).batches) {
    for (const row of batch) rows.push(row);
    await pause();
  }
  const answer = { schemaVersion, platform: source.platform, takenAt, warnings } as const;
  return { ...answer, [report]: rows } as typeof answer & { [Report in K]: ReportRows[Report][] };
}
