import { linkedSignal } from '../model/linked-signal.ts';
import type { Query } from '../model/query.ts';
import type { ReportKind, ReportRows, Snapshot, Warning } from '../model/snapshot.ts';
import { schemaVersion } from '../model/snapshot.ts';
import { turns } from '../model/turns.ts';
import { defaultListing } from '../options/default-listing.ts';
import { askedWarnings } from '../pipeline/asked-warnings.ts';
import { lazyResolver } from '../pipeline/name.ts';
import { interfaceNames, type ReadOptions, readRows } from '../pipeline/read.ts';
import { factsOf } from '../pipeline/unavailable.ts';
import { type Selection, selectionOf } from '../select/index.ts';
import { sourceFor } from '../sources/index.ts';
import type { Source } from '../sources/source.ts';
import type { Asked } from './options.ts';
import { speakingOfOptions, wordedInOptions } from './own-words.ts';

/** How many reports are read at once; others wait. Each opens tables, and starts threads if there is much to read. */
const mostAtOnce = 4;
const inTurn = turns(mostAtOnce);

/** Reads a report; rejects if `signal` is aborted first. */
export function take<K extends ReportKind>(
  report: K,
  asked: Asked,
  signal: AbortSignal | undefined,
): Promise<Snapshot<K>> {
  return answerInTurn(signal, (pause) => read(report, asked, pause, signal));
}

/**
 * Runs `task` when its turn comes and returns its result; rejects if `signal` is aborted first. The task awaits
 * `pause` between slices of work.
 */
export async function answerInTurn<T>(
  signal: AbortSignal | undefined,
  task: (pause: () => Promise<void>) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const pause = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  };
  const answer = inTurn(() => {
    signal?.throwIfAborted();
    return speakingOfOptions(() => task(pause));
  });
  return signal === undefined ? answer : unlessAborted(answer, signal);
}

/** Rejects as soon as `signal` is aborted; the work itself ends at its next pause. */
function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** What sources and resolvers need to know of this machine. */
export function thisMachine({ hosts }: Asked['target']) {
  return { platform: process.platform, env: process.env, usersElsewhere: hosts !== null };
}

/** A report that is ready to be read. */
export interface Prepared<K extends ReportKind> {
  readonly source: Source;
  readonly query: Query<K>;
  readonly selection: Selection;
  readonly needs: ReadOptions['needs'];
}

/**
 * Prepares a report; `pause` and `signal` are those of `PlatformHost`.
 * @throws NetstatError for invalid options, or a platform without a source
 */
export async function prepared<K extends ReportKind>(
  report: K,
  { query: given, target, owners, tcpInfo, socketInfo, peers, workloads, exposure }: Asked,
  pause: () => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<Prepared<K>> {
  const machine = thisMachine(target);
  const query = { ...given, report };
  const source = await sourceFor({ ...machine, ...target, pause, signal });
  const { resolveTimeout } = defaultListing.schedule;
  const selection = await selectionOf(
    query,
    lazyResolver(resolveTimeout, machine),
    () => interfaceNames(source),
    factsOf(source),
    target.netns !== 'own',
  );
  // The library always gives every owner with all its details.
  const needs = {
    owners:
      owners || peers || workloads || exposure || selection.needs.includes('owners')
        ? 'all'
        : 'none',
    ownerDetails: true,
    timers: true,
    tcpInfo: tcpInfo || selection.needs.includes('tcpInfo'),
    socketInfo: socketInfo || selection.needs.includes('socketInfo'),
    unixQueues: selection.needs.includes('unixQueues'),
    createdAt: true,
    rates: selection.needs.includes('rates'),
    boundSockets: query.boundInactive || selection.needs.includes('boundSockets'),
    peers: peers || selection.needs.includes('peers'),
    exposure: exposure || selection.needs.includes('exposure'),
    devices:
      exposure || selection.needs.includes('exposure') || selection.needs.includes('devices'),
    workloads: workloads || selection.needs.includes('workloads'),
    netns: target.netns !== 'own' || selection.needs.includes('netns'),
    hosts: target.hosts !== null,
  } as const;
  return { source, query, selection, needs };
}

/** Reads in slices; the caller's own work runs during each `pause`. */
async function read<K extends ReportKind>(
  report: K,
  asked: Asked,
  pause: () => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<Snapshot<K>> {
  // Connections to other machines are closed with the answer.
  const stop = linkedSignal(signal);
  try {
    return await readPrepared(await prepared(report, asked, pause, stop.signal), report, pause);
  } finally {
    stop.end();
  }
}

async function readPrepared<K extends ReportKind>(
  { source, query, selection, needs }: Prepared<K>,
  report: K,
  pause: () => Promise<void>,
): Promise<Snapshot<K>> {
  const takenAt = new Date().toISOString();
  const warnings: Warning[] = [];
  const rows: ReportRows[K][] = [];
  const sink = { warn: (warning: Warning) => warnings.push(wordedInOptions(warning)) };
  const filtered = askedWarnings(sink, query, false);
  const options = { selection, needs, keepsAll: true } as const;
  for await (const batch of readRows(source, query, options, filtered).batches) {
    for (const row of batch) rows.push(row);
    await pause();
  }
  const answer = { schemaVersion, platform: source.platform, takenAt, warnings } as const;
  return { ...answer, [report]: rows } as typeof answer & { [Report in K]: ReportRows[Report][] };
}
