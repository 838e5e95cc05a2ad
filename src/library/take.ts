import type { ReportKind, ReportRows, Snapshot, Warning } from '../model/snapshot.ts';
import { schemaVersion } from '../model/snapshot.ts';
import { defaultListing } from '../options/default-listing.ts';
import { askedWarnings } from '../pipeline/asked-warnings.ts';
import { lazyResolver } from '../pipeline/name.ts';
import { interfaceNames, readRows } from '../pipeline/read.ts';
import { factsOf } from '../pipeline/untold.ts';
import { selectionOf } from '../select/index.ts';
import { sourceFor } from '../sources/index.ts';
import type { Asked } from './options.ts';

/**
 * How many reports are taken at once; others wait. Each has tables open, and threads where there is
 * much to read.
 */
const mostAtOnce = 4;
let underWay = 0;
const waiting: (() => void)[] = [];

/** Waits for its turn, in the order of asking. */
async function inTurn<T>(task: () => Promise<T>): Promise<T> {
  if (underWay < mostAtOnce) underWay++;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await task();
  } finally {
    // Whoever waits takes the place over.
    const next = waiting.shift();
    if (next === undefined) underWay--;
    else next();
  }
}

/** The answer, unless `signal` is aborted before it is there. */
export async function take<K extends ReportKind>(
  report: K,
  asked: Asked,
  signal: AbortSignal | undefined,
): Promise<Snapshot<K>> {
  signal?.throwIfAborted();
  const pause = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
  };
  const answer = inTurn(() => {
    signal?.throwIfAborted();
    return read(report, asked, pause);
  });
  return signal === undefined ? answer : unlessAborted(answer, signal);
}

/** Rejects as soon as `signal` is aborted; what was under way ends at its next pause. */
function unlessAborted<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Reads in slices, and lets the caller's own work go on in each `pause` between them. */
async function read<K extends ReportKind>(
  report: K,
  { query: given, target, owners, tcpInfo, socketInfo, peers, workloads, exposure }: Asked,
  pause: () => Promise<void>,
): Promise<Snapshot<K>> {
  const machine = { platform: process.platform, env: process.env };
  const query = { ...given, report };
  const source = await sourceFor({ ...machine, ...target, pause });
  const { resolveTimeout } = defaultListing.schedule;
  const selection = await selectionOf(
    query,
    lazyResolver(resolveTimeout, machine),
    () => interfaceNames(source),
    factsOf(source),
    target.netns !== 'own',
  );
  // Programs are told every owner, and all that is known of it.
  const needs = {
    owners:
      owners || peers || workloads || exposure || selection.needs.includes('owners')
        ? 'all'
        : 'none',
    ownerDetails: true,
    tcpInfo: tcpInfo || selection.needs.includes('tcpInfo'),
    socketInfo: socketInfo || selection.needs.includes('socketInfo'),
    createdAt: true,
    rates: selection.needs.includes('rates'),
    boundSockets: query.boundInactive || selection.needs.includes('boundSockets'),
    peers: peers || selection.needs.includes('peers'),
    exposure: exposure || selection.needs.includes('exposure'),
    workloads: workloads || selection.needs.includes('workloads'),
    netns: target.netns !== 'own' || selection.needs.includes('netns'),
  } as const;
  const takenAt = new Date().toISOString();
  const warnings: Warning[] = [];
  const rows: ReportRows[K][] = [];
  const sink = { warn: (warning: Warning) => warnings.push(warning) };
  const asked = askedWarnings(sink, query, false);
  const options = { selection, needs, keepsAll: true } as const;
  for await (const batch of readRows(source, query, options, asked).batches) {
    for (const row of batch) rows.push(row);
    await pause();
  }
  const answer = { schemaVersion, platform: source.platform, takenAt, warnings } as const;
  return { ...answer, [report]: rows } as typeof answer & { [Report in K]: ReportRows[Report][] };
}
