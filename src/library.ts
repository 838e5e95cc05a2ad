import { type ErrorCode, NetstatError } from './errors.js';
import type { Request, Which } from './model/request.js';
import {
  type ReportKind,
  type ReportRows,
  type Snapshot,
  schemaVersion,
  type Warning,
} from './model/snapshot.js';
import type { InetFamily, Protocol } from './model/socket.js';
import { lazyResolver } from './naming.js';
import { defaultRequest } from './options/default-request.js';
import { backendFor } from './platform/index.js';
import { interfaceNames, readRows } from './rows.js';
import { selectionOf } from './select/index.js';

export { exactJson } from './format/json-text.js';
export type { Counter } from './model/counter.js';
export type { Endpoint } from './model/endpoint.js';
export type { Group } from './model/group.js';
export type { InterfaceAddress, NetInterface, Traffic } from './model/interface.js';
export type { NoOwner, Owner } from './model/owner.js';
export type { Which } from './model/request.js';
export type { Route } from './model/route.js';
export type { PlatformName, ReportKind, ReportRows, Snapshot, Warning } from './model/snapshot.js';
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
} from './model/socket.js';
export type {
  DatagramState,
  InetState,
  PlatformTcpState,
  SctpState,
  TcpState,
  UnixState,
  UnknownState,
} from './model/state.js';
export { type ErrorCode, NetstatError };

/** One or several. */
type OneOrMore<T> = T | readonly T[];

/** What every report takes. */
export interface ReportOptions {
  /** Only these families; default both. */
  readonly families?: readonly InetFamily[];
  /** Linux: another /proc, such as a container host's or a captured one. */
  readonly procRoot?: string;
}

/** Which sockets to tell of, and what of them. Of several filters, each has to hold. */
export interface SocketOptions extends ReportOptions {
  /** Socket tables to read; default all that the platform has. */
  readonly protocols?: readonly Protocol[];
  /** `connected`, `listening` or (the default) `all`. */
  readonly which?: Which;
  /** Tell every process that holds each socket: takes a walk through all processes. Default false. */
  readonly owners?: boolean;
  /** In any of these states: `LISTEN`, `established`, or ss's groups (`connected`, `synchronized` …). */
  readonly state?: OneOrMore<string>;
  /** Either end's port: 443, 'https', '8000-8100'. */
  readonly port?: OneOrMore<string | number>;
  /** The local end: 'ADDR[/LEN][:PORT]'. */
  readonly local?: OneOrMore<string>;
  /** The remote end: 'ADDR[/LEN][:PORT]'. */
  readonly remote?: OneOrMore<string>;
  readonly pid?: OneOrMore<number>;
  /** Exact, or with `*` for anything. */
  readonly program?: OneOrMore<string>;
  /** Name or number. */
  readonly user?: OneOrMore<string | number>;
  /** Only what listens beyond loopback. */
  readonly exposed?: boolean;
  /** An expression in ss's grammar: `dport = :443 and not dst 10.0.0.0/8`. */
  readonly expression?: string;
}

/**
 * The sockets of this machine, now.
 * @throws NetstatError where the options cannot be followed or nothing can be read; what is merely
 * missing is told in `warnings`.
 */
export async function snapshot(options: SocketOptions = {}): Promise<Snapshot> {
  return take('sockets', {
    ...defaultRequest,
    ...reportOptions(options),
    protocols: known('protocols', options.protocols, defaultRequest.protocols),
    protocolsNamed: options.protocols !== undefined,
    which: known('which', options.which && [options.which], whiches)[0] ?? 'all',
    programs: options.owners ?? false,
    filters: {
      state: texts(options.state),
      port: texts(options.port),
      local: texts(options.local),
      remote: texts(options.remote),
      pid: texts(options.pid),
      program: texts(options.program),
      user: texts(options.user),
      exposed: options.exposed ?? false,
      expression: options.expression === undefined ? [] : [options.expression],
    },
  });
}

/** The routing tables. @throws NetstatError where there is no source, or it cannot be read. */
export async function routes(options: ReportOptions = {}): Promise<Snapshot<'routes'>> {
  return take('routes', { ...defaultRequest, ...reportOptions(options) });
}

/** The network interfaces and their counters. @throws NetstatError as `routes`. */
export async function interfaces(options: ReportOptions = {}): Promise<Snapshot<'interfaces'>> {
  return take('interfaces', { ...defaultRequest, ...reportOptions(options) });
}

/** Multicast group memberships. @throws NetstatError as `routes`. */
export async function groups(options: ReportOptions = {}): Promise<Snapshot<'groups'>> {
  return take('groups', { ...defaultRequest, ...reportOptions(options) });
}

/** Every counter of every protocol. @throws NetstatError as `routes`. */
export async function statistics(options: ReportOptions = {}): Promise<Snapshot<'statistics'>> {
  return take('statistics', { ...defaultRequest, ...reportOptions(options) });
}

function reportOptions(options: ReportOptions) {
  return {
    // The structured formats are what tells every owner, and all of them.
    format: 'json',
    families: known('families', options.families, defaultRequest.families),
    requiredFamilies: options.families ?? [],
    procRoot: procRoot(options),
  } as const;
}

const whiches = ['all', 'connected', 'listening'] as const satisfies readonly Which[];

/**
 * What was given, or all there is. Types do not hold callers from JavaScript.
 * @throws NetstatError `usage` for a value that there is not
 */
function known<T extends string>(
  option: keyof SocketOptions,
  given: readonly T[] | undefined,
  all: readonly T[],
): readonly T[] {
  const unknown = given?.find((value) => !all.includes(value));
  if (unknown !== undefined) {
    throw new NetstatError(
      'usage',
      `${option}: ${JSON.stringify(unknown)} is not one of ${all.join(', ')}`,
    );
  }
  return given ?? all;
}

function procRoot({ procRoot }: ReportOptions): string | null {
  if (procRoot === '') throw new NetstatError('usage', 'procRoot: an empty path');
  return procRoot ?? null;
}

function texts(values: OneOrMore<string | number> | undefined): readonly string[] {
  if (values === undefined) return [];
  return (Array.isArray(values) ? values : [values]).map(String);
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

function take<K extends ReportKind>(
  report: K,
  asked: Omit<Request, 'report'>,
): Promise<Snapshot<K>> {
  return inTurn(() => takeNow(report, asked));
}

async function takeNow<K extends ReportKind>(
  report: K,
  asked: Omit<Request, 'report'>,
): Promise<Snapshot<K>> {
  const request: Request = { ...asked, report };
  const machine = { platform: process.platform, env: process.env };
  const backend = await backendFor({ ...machine, procRoot: request.procRoot });
  const selection = await selectionOf(request, lazyResolver(request.resolveTimeout, machine), () =>
    interfaceNames(backend),
  );
  const takenAt = new Date().toISOString();
  const warnings: Warning[] = [];
  const rows: ReportRows[K][] = [];
  const notes = { warn: (warning: Warning) => warnings.push(warning) };
  for await (const batch of readRows<K>(backend, request, selection, notes, true)) {
    for (const row of batch) rows.push(row);
  }
  const answer = { schemaVersion, platform: backend.platform, takenAt, warnings } as const;
  return { ...answer, [report]: rows } as typeof answer & { [Report in K]: ReportRows[Report][] };
}
