import { type ErrorCode, NetstatError } from './errors.ts';
import {
  type Asked,
  type ReportOptions,
  reportAsked,
  type SocketOptions,
  socketsAsked,
} from './library-options.ts';
import {
  type ReportKind,
  type ReportRows,
  type Snapshot,
  schemaVersion,
  type Warning,
} from './model/snapshot.ts';
import { defaultListing } from './options/default-listing.ts';
import { lazyResolver } from './pipeline/name.ts';
import { interfaceNames, readRows } from './pipeline/read.ts';
import { factsOf } from './pipeline/untold.ts';
import { selectionOf } from './select/index.ts';
import { sourceFor } from './sources/index.ts';

export type { ReportOptions, SocketOptions } from './library-options.ts';
export type { Counter } from './model/counter.ts';
export type { Endpoint } from './model/endpoint.ts';
export type { Group } from './model/group.ts';
export type { InterfaceAddress, NetInterface, Traffic } from './model/interface.ts';
export type { NoOwner, Owner } from './model/owner.ts';
export type { Which } from './model/query.ts';
export type { Route } from './model/route.ts';
export type { PlatformName, ReportKind, ReportRows, Snapshot, Warning } from './model/snapshot.ts';
export type {
  Family,
  InetFamily,
  InetProtocol,
  InetSocket,
  Protocol,
  Socket,
  Timer,
  UnixSocket,
  UnixType,
} from './model/socket.ts';
export type {
  DatagramState,
  InetState,
  PlatformTcpState,
  SctpState,
  TcpState,
  UnixState,
  UnknownState,
} from './model/state.ts';
export type { TcpInfo, TcpOptions } from './model/tcp-info.ts';
export { exactJson } from './text/json-text.ts';
export { type ErrorCode, NetstatError };

/**
 * The sockets of this machine, now.
 * @throws NetstatError where the options cannot be followed or nothing can be read; what is merely
 * missing is told in `warnings`. The reason of `signal`, once that is aborted.
 */
export async function snapshot(options: SocketOptions = {}): Promise<Snapshot> {
  return take('sockets', socketsAsked(options), options.signal);
}

/** The routing tables. @throws NetstatError where there is no source, or it cannot be read. */
export async function routes(options: ReportOptions = {}): Promise<Snapshot<'routes'>> {
  return take('routes', reportAsked(options), options.signal);
}

/** The network interfaces and their counters. @throws NetstatError as `routes`. */
export async function interfaces(options: ReportOptions = {}): Promise<Snapshot<'interfaces'>> {
  return take('interfaces', reportAsked(options), options.signal);
}

/** Multicast group memberships. @throws NetstatError as `routes`. */
export async function groups(options: ReportOptions = {}): Promise<Snapshot<'groups'>> {
  return take('groups', reportAsked(options), options.signal);
}

/** Every counter of every protocol. @throws NetstatError as `routes`. */
export async function statistics(options: ReportOptions = {}): Promise<Snapshot<'statistics'>> {
  return take('statistics', reportAsked(options), options.signal);
}

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
async function take<K extends ReportKind>(
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
  { query: asked, target, owners, tcpInfo }: Asked,
  pause: () => Promise<void>,
): Promise<Snapshot<K>> {
  const machine = { platform: process.platform, env: process.env };
  const query = { ...asked, report };
  const source = await sourceFor({ ...machine, ...target, pause });
  const { resolveTimeout } = defaultListing.schedule;
  const selection = await selectionOf(
    query,
    lazyResolver(resolveTimeout, machine),
    () => interfaceNames(source),
    factsOf(source),
  );
  // Programs are told every owner, and all that is known of it.
  const needs = {
    owners: owners || selection.usesOwners ? 'all' : 'none',
    ownerDetails: true,
    tcpInfo: tcpInfo || selection.usesTcpInfo,
  } as const;
  const takenAt = new Date().toISOString();
  const warnings: Warning[] = [];
  const rows: ReportRows[K][] = [];
  const sink = { warn: (warning: Warning) => warnings.push(warning) };
  const options = { selection, needs, keepsAll: true } as const;
  for await (const batch of readRows(source, query, options, sink).batches) {
    for (const row of batch) rows.push(row);
    await pause();
  }
  const answer = { schemaVersion, platform: source.platform, takenAt, warnings } as const;
  return { ...answer, [report]: rows } as typeof answer & { [Report in K]: ReportRows[Report][] };
}
