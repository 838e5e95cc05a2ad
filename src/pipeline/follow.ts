import { isTcpConnection, type SocketChanges, socketChanges } from '../analysis/socket-changes.ts';
import { isNetstatError, type NetstatError } from '../errors.ts';
import { isWithoutPort } from '../model/classify.ts';
import type { Listing } from '../model/listing.ts';
import type { Needs, ViewNeeds } from '../model/needs.ts';
import type { Query } from '../model/query.ts';
import { type Warning, warningKey } from '../model/snapshot.ts';
import type { InetSocket, Socket } from '../model/socket.ts';
import { deviceOf } from '../model/socket-device.ts';
import type { Closing, SocketChange, SocketEvent } from '../model/socket-event.ts';
import { keptCookie } from '../model/socket-identity.ts';
import { machineTime, steadyNow } from '../model/steady-clock.ts';
import type { NameResolver } from '../resolve/index.ts';
import { type Selection, selectionOf } from '../select/index.ts';
import type { Closings, Machines, Source, WarningSink } from '../sources/source.ts';
import { askedWarnings } from './asked-warnings.ts';
import { lackingRows } from './lacking-rows.ts';
import { needsOf } from './needs.ts';
import { interfaceNames, type ReadOptions, readRows } from './read.ts';
import { factsOf } from './unavailable.ts';

/** What to follow, and how. */
export interface FollowOptions {
  readonly source: Source;
  readonly query: Query;
  readonly selection: Selection;
  readonly needs: ReadOptions['needs'];
  /** Milliseconds between two rounds. */
  readonly interval: number;
  /** Ends following, at any point. */
  readonly signal: AbortSignal;
  /** The size of the receive buffer, as in `Source.closings`; left out: its default. */
  readonly room?: number | undefined;
  /** Also report rare tables that are absent. */
  readonly verbose: boolean;
  /** Receives notes that are not warnings. */
  note?(message: string): void;
  /**
   * Turns a failed round into a warning; if it throws, following ends. Left out: a failed round ends following. The
   * round after a failed one is compared with the last successful one.
   */
  onFailedRound?(error: NetstatError): Warning;
  /** Called once, after the first round, with the number of sockets that are followed. */
  onBegun?(followed: number): void;
}

/** Counts of what was reported so far. */
export interface FollowTally {
  readonly opened: number;
  readonly closed: number;
  /** Changes of state and owner. */
  readonly changed: number;
  /** How often the kernel reported closes faster than they were read; how many were lost each time is not known. */
  readonly lost: number;
  /** Closes of sockets that no round saw, not reported because a filter needs facts that only a round provides. */
  readonly undecided: number;
}

/**
 * What a command line asks to follow.
 * @throws NetstatError `usage` for an invalid filter or column
 */
export async function followOf(
  listing: Listing,
  source: Source,
  shown: ViewNeeds,
  resolver: () => Promise<NameResolver>,
): Promise<Pick<FollowOptions, 'source' | 'query' | 'selection' | 'verbose'> & { needs: Needs }> {
  const { query, view } = listing;
  const selection = await selectionOf(
    query,
    resolver,
    () => interfaceNames(source),
    factsOf(source),
    listing.target.netns !== 'own',
  );
  if (view.columns !== null) {
    (await import('../attributes/index.ts')).pickColumns(query.report, view.columns);
  }
  const needs = await needsOf(listing, shown, selection);
  return { source, query, selection, needs, verbose: view.verbose };
}

/** The events of followed sockets, and their counts. */
export interface Followed {
  /** Batches of events, never empty, until `signal` is aborted. */
  readonly events: AsyncGenerator<readonly SocketEvent[], void, undefined>;
  tally(): FollowTally;
}

/** Milliseconds for which closes are collected before they are reported: one by one, each costs a wake-up. */
const gatherMilliseconds = 20;
/** Minimum interval between two reports of lost closes, in milliseconds. */
const betweenLosses = 1000;

/**
 * Follows sockets: reads round after round, and in between the kernel's reports of destroyed sockets, if it sends
 * them. Nothing is read while an event waits to be consumed: the kernel buffers what comes meanwhile, up to its
 * limit, and what did not fit is reported as lost.
 */
export function followSockets(options: FollowOptions): Followed {
  const tally = { opened: 0, closed: 0, changed: 0, lost: 0, undecided: 0 };
  const { machines } = options.source;
  const follow = (one: FollowOptions) => followed(one, tally);
  const events = counted(
    machines === undefined ? follow(options) : eachMachine(machines, options, follow),
    tally,
  );
  return { events, tally: () => ({ ...tally }) };
}

async function* eachMachine(
  machines: Machines,
  options: FollowOptions,
  follow: (options: FollowOptions) => Followed['events'],
): Followed['events'] {
  const { followMachines } = await import('./follow-machines.ts');
  yield* followMachines(machines, options, follow);
}

type Tally = { -readonly [Key in keyof FollowTally]: FollowTally[Key] };

async function* counted(
  batches: AsyncGenerator<readonly SocketEvent[], void, undefined>,
  tally: Tally,
): AsyncGenerator<readonly SocketEvent[], void, undefined> {
  for await (const batch of batches) {
    for (const { event } of batch) {
      if (event === 'opened' || event === 'closed') tally[event]++;
      else if (event !== 'warning') tally.changed++;
    }
    yield batch;
  }
}

async function* followed(
  options: FollowOptions,
  tally: Tally,
): AsyncGenerator<readonly SocketEvent[], void, undefined> {
  const { source, query, needs, interval, signal } = options;
  const { protocols, families } = query;
  const warnings = warningEvents(options);
  const closings =
    (await source.closings?.(
      { protocols, families, netns: needs.netns, ...roomOf(options) },
      warnings.sink,
    )) ?? null;
  if (source.closings === undefined) {
    options.note?.(
      'sockets are compared from round to round; those that live only between two rounds are missed',
    );
  }
  const { wait, end } = waiting(signal);
  const stop = () => {
    closings?.close();
    end();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const { changes, readRound } = await rounds(options, closings, warnings, tally);
    let lastLoss = Number.NEGATIVE_INFINITY;
    let isLossUnreported = false;
    const takeClosings = (): readonly SocketEvent[] => {
      const events: SocketEvent[] = [];
      const { closings: some, overruns } = closings?.take() ?? { closings: [], overruns: 0 };
      if (overruns > 0) {
        tally.lost += overruns;
        changes.lost();
        isLossUnreported = true;
      }
      if (isLossUnreported && steadyNow() - lastLoss >= betweenLosses) {
        isLossUnreported = false;
        lastLoss = steadyNow();
        events.push(warningEvent(lostWarning));
      }
      for (const closing of some) {
        const change = changes.closing(withAsked(closing, needs));
        if (change !== null) events.push(change);
      }
      return events;
    };

    let isFirst = true;
    for (; !signal.aborted; ) {
      if (!isFirst) await closings?.renew();
      const changed = await unlessFailed(readRound, warnings.sink, options);
      if (signal.aborted) break;
      if (changed !== null) warnings.answered();
      if (isFirst && changed !== null) {
        isFirst = false;
        options.onBegun?.(changes.followed());
      }
      // The round's changes come before the closes received meanwhile: it saw some of those sockets alive.
      const events = [...warnings.take(), ...(changed ?? []), ...takeClosings()];
      if (events.length > 0) yield events;
      const due = steadyNow() + interval;
      for (let left = interval; left > 0 && !signal.aborted; left = due - steadyNow()) {
        await wait(left, closings?.ready);
        if (closings === null) continue;
        await wait(Math.min(gatherMilliseconds, due - steadyNow()));
        if (signal.aborted) break;
        const events = takeClosings();
        if (events.length > 0) yield events;
      }
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

/** The changes found by a round; null: it failed, which causes a warning. */
async function unlessFailed(
  readRound: () => Promise<readonly SocketChange[]>,
  sink: WarningSink,
  { signal, onFailedRound }: FollowOptions,
): Promise<readonly SocketChange[] | null> {
  try {
    return await readRound();
  } catch (error) {
    // An abort makes pending requests fail.
    if (signal.aborted) return null;
    if (onFailedRound === undefined || !isNetstatError(error)) throw error;
    sink.warn(onFailedRound(error));
    return null;
  }
}

function roomOf({ room }: FollowOptions): { readonly room?: number } {
  return room === undefined ? {} : { room };
}

/** Makes the function that reads a round and returns its changes. */
async function rounds(
  { source, query, selection, needs, verbose }: FollowOptions,
  closings: Closings | null,
  warnings: WarningEvents,
  tally: Tally,
): Promise<{ readonly changes: SocketChanges; readRound(): Promise<readonly SocketChange[]> }> {
  // What has no port is neither a server nor a connection: macOS and Windows list such too.
  const passes = (socket: Socket) =>
    !isWithoutPort(socket) && selection.early(socket) && selection.late(socket);
  const changes = socketChanges({
    passes,
    passesUnseen(closing) {
      const fits = possibleForms(closing).map(selection.fitUnseen);
      if (fits.includes('yes')) return true;
      if (fits.includes('unknown')) tally.undecided++;
      return false;
    },
    kernelReports: (socket) => closings?.reportsClose(socket) === true,
    withOwners: needs.owners !== 'none',
    withTcpInfo: needs.tcpInfo,
    timeOf: machineTime(),
  });
  const meters = needs.rates
    ? (await import('../analysis/connection-rates.ts')).rateMeter()
    : undefined;
  return {
    changes,
    async readRound() {
      const at = steadyNow();
      const rows: Socket[] = [];
      const options: ReadOptions = {
        selection: {
          ...selection,
          ...{ isLate: false, late: () => true, withServers: null, pattern: true },
          // Keep every socket for comparison, but do not look up owners and the like for sockets that do not match.
          early(socket) {
            if (selection.early(socket) || changes.wasFollowed(socket)) return true;
            rows.push(socket);
            return false;
          },
        },
        needs,
        meter: meters?.(at),
        keepsAll: true,
        toFollow: closings !== null,
      };
      const sink = askedWarnings(warnings.sink, query, verbose);
      warnings.beginRound();
      const reading = readRows(source, { ...query, report: 'sockets' }, options, sink);
      for await (const batch of reading.batches) for (const socket of batch) rows.push(socket);
      return changes.round({ at, rows, isWhole: warnings.isWhole() });
    },
  };
}

/**
 * Collects warnings as events, each reported once (the failure of a machine again after it has answered), and
 * whether a round was complete.
 */
interface WarningEvents {
  readonly sink: WarningSink;
  beginRound(): void;
  /** A round succeeded: a later failure is news. */
  answered(): void;
  /** Whether everything could be read that the first round could read. */
  isWhole(): boolean;
  /** The warnings not reported yet. */
  take(): readonly SocketEvent[];
}

function warningEvents({ note }: Pick<FollowOptions, 'note'>): WarningEvents {
  const known = new Set<string>();
  let fresh: Warning[] = [];
  let failures: string[] = [];
  let first: Set<string> | null = null;
  let partials = new Set<string>();
  return {
    sink: {
      warn(warning) {
        const about = warningKey(warning);
        if (lackingRows.has(warning.code)) partials.add(about);
        if (known.has(about)) return;
        known.add(about);
        if (warning.code === 'host-failed') failures.push(about);
        fresh.push(warning);
      },
      ...(note === undefined ? {} : { note }),
    },
    beginRound() {
      partials = new Set();
    },
    answered() {
      for (const about of failures) known.delete(about);
      failures = [];
    },
    isWhole() {
      first ??= partials;
      const before = first;
      return [...partials].every((about) => before.has(about));
    },
    take() {
      const events = fresh.map(warningEvent);
      fresh = [];
      return events;
    },
  };
}

function warningEvent(warning: Warning): SocketEvent {
  return { event: 'warning', time: new Date().toISOString(), warning };
}

const lostWarning: Warning = {
  code: 'lost',
  message:
    'the kernel reported closed sockets faster than they could be read, so an unknown number was lost; the next round shows which of the sockets seen before are gone',
  source: 'sock_diag',
};

/**
 * The states that a socket no round saw may have had, for filters by state: a TCP socket without a remote end may
 * have listened; a connection with a measured round-trip time was established.
 */
function possibleForms({ socket, tcpInfo }: Closing): readonly InetSocket[] {
  if (socket.protocol !== 'tcp') return [socket];
  if (!isTcpConnection(socket)) return [socket, { ...socket, state: 'LISTEN' }];
  const rtt = tcpInfo?.rtt ?? null;
  return rtt === null ? [socket] : [socket, { ...socket, state: 'ESTABLISHED' }];
}

/** Fills in the fields that were asked for and that the kernel does not report for a closed socket. */
function withAsked(closing: Closing, needs: ReadOptions['needs']): Closing {
  const { socket, tcpInfo } = closing;
  const cookie = keptCookie(socket);
  // Nothing else has seen the row yet.
  const row = socket as { -readonly [Key in keyof InetSocket]: InetSocket[Key] };
  if (needs.owners !== 'none') {
    row.owners = [];
    row.noOwner = 'unknown';
  }
  if (needs.tcpInfo) row.tcpInfo = tcpInfo;
  if (needs.rates) row.rates = null;
  if (needs.socketInfo) {
    const kept = cookie === null ? null : BigInt(cookie);
    const none = { acceptQueue: null, drops: null, memory: null, mark: null };
    Object.assign(row, none, { cookie: kept, device: deviceOf(socket) });
  }
  if (needs.peers) row.peer = null;
  if (needs.workloads) {
    Object.assign(row, { workload: null, workloads: [], noWorkload: 'unknown', cgroup: null });
  }
  if (needs.exposure) row.exposure = null;
  return closing;
}

/** Waits for one thing at a time; no timer remains afterwards. */
interface Waiting {
  /** Resolves when the milliseconds are over, `ready` resolves, or waiting is ended. */
  wait(milliseconds: number, ready?: () => Promise<void>): Promise<void>;
  /** Ends the current wait. */
  end(): void;
}

function waiting(signal: AbortSignal): Waiting {
  let wake: (() => void) | null = null;
  return {
    wait(milliseconds, ready) {
      if (signal.aborted || milliseconds <= 0) return Promise.resolve();
      return new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer);
          if (wake === end) wake = null;
          resolve();
        };
        const timer = setTimeout(end, milliseconds);
        wake = end;
        ready?.().then(end, end);
      });
    },
    end: () => wake?.(),
  };
}
