import { type Gatherer, gatherer } from '../analysis/checks/gather.ts';
import type { Check, Draft, Evidence, Look, Scope } from '../analysis/checks/index.ts';
import { type Tally, tally } from '../analysis/checks/tally.ts';
import { isNetstatError } from '../errors.ts';
import { isListening } from '../model/classify.ts';
import type { Counter } from '../model/counter.ts';
import {
  type Diagnosis,
  type Finding,
  type FindingProcess,
  type NotRun,
  type Severity,
  severities,
} from '../model/diagnosis.ts';
import { type Fact, platformTitles } from '../model/facts.ts';
import type { Glance } from '../model/glance.ts';
import type { NetInterface } from '../model/interface.ts';
import type { NetnsAsked } from '../model/listing.ts';
import { type InNetns, type Netns, netnsKey } from '../model/netns.ts';
import type { Query } from '../model/query.ts';
import type { Route } from '../model/route.ts';
import type { Service, ServiceAsked } from '../model/service.ts';
import { type Row, schemaVersion, type Warning } from '../model/snapshot.ts';
import type { Protocol, Socket } from '../model/socket.ts';
import { noSystemFacts, type SystemFacts } from '../model/system-facts.ts';
import type { Workload } from '../model/workload.ts';
import type { Selection } from '../select/index.ts';
import type { HolderQuery, Source, WarningSink } from '../sources/source.ts';
import { askedWarnings } from './asked-warnings.ts';
import type { AskedCheck } from './checks-asked.ts';
import { readRows } from './read.ts';
import { readService, type ServiceParts } from './service.ts';

/** What a diagnosis is made of. */
export interface DiagnosisParts {
  readonly source: Source;
  /** Which sockets are looked at: `which` is `all` unless servers alone are asked for. */
  readonly query: Query;
  readonly netns: NetnsAsked;
  readonly selection: Selection;
  readonly checks: readonly AskedCheck[];
  /** The one service that is asked about; left out, or null: about none. */
  readonly service?:
    | (Pick<ServiceParts, 'everywhere' | 'earlier'> & { readonly asked: ServiceAsked })
    | null;
  /** The least that is told. */
  readonly severity: Severity;
  /** As `PlatformHost` has it: awaited between slices of work. */
  readonly pause?: (() => Promise<void>) | undefined;
  /** Milliseconds since some moment. */
  elapsed(): number;
  /** Waits between the two readings. */
  sleep(milliseconds: number): Promise<void>;
  note?(message: string): void;
  /** Ends what is under way on other machines. */
  readonly signal?: AbortSignal | undefined;
}

/** Between the two readings, in milliseconds. */
const betweenReadings = 1000;
/** So many sockets of a finding are told. */
export const mostSockets = 20;
/** Of so many sockets of a finding it is found out who holds them. */
const mostLookedUp = 1000;
/** So many processes of a finding are told. */
const mostProcesses = 20;

/**
 * Reads what the checks need, runs them, and finds out who holds the sockets that they are about.
 * @throws NetstatError where nothing can be read at all
 */
export async function diagnose(parts: DiagnosisParts, takenAt: string): Promise<Diagnosis> {
  const { machines } = parts.source;
  if (machines === undefined) return diagnoseOne(parts, takenAt);
  const { diagnoseMachines } = await import('./diagnose-machines.ts');
  return diagnoseMachines(machines, parts, takenAt, diagnoseOne);
}

/** The same of one machine. */
async function diagnoseOne(parts: DiagnosisParts, takenAt: string): Promise<Diagnosis> {
  const { source, severity } = parts;
  const warnings: Warning[] = [];
  const sink: WarningSink = { warn: onceEach(warnings), note: (message) => parts.note?.(message) };
  const notRun: NotRun[] = [];
  // What is about one service is not looked for where nobody asks about one.
  const asked = parts.checks.filter(
    ({ check, isNamed }) => check.about !== 'service' || isNamed || parts.service,
  );
  const able = asked.filter(({ check, isNamed }) => {
    const reason = whyNot(check, isNamed, parts);
    if (reason !== null) notRun.push({ check: check.name, reason });
    return reason === null;
  });
  const facts = await factsFor(source, able, sink);
  // Without the facts of the network that is asked about first it runs nowhere.
  const first = facts[0] ?? noSystemFacts;
  const running = able.filter(({ check }) => {
    const reason = lackingFact(check, first);
    if (reason !== null) notRun.push({ check: check.name, reason });
    return reason === null;
  });
  const comparing = running.filter(({ check }) => check.needs.twoReadings);
  const began = parts.elapsed();
  const before = comparing.length === 0 ? null : await lookWith(parts, comparing, facts, sink);
  if (before !== null) {
    await parts.sleep(Math.max(0, betweenReadings - (parts.elapsed() - began)));
  }
  const secondBegan = parts.elapsed();
  const factsNow = before === null ? facts : await factsFor(source, running, sink);
  const now = await lookWith(parts, running, factsNow, sink);
  const places = now.places();
  const reports = await reportsFor(parts, running, sink);
  const service = await serviceOf(parts, sink);

  for (const { check } of running) {
    if (!now.untold.has(check)) continue;
    const what = check.needs.tcpInfo ? 'tcpInfo' : 'socketInfo';
    notRun.push({ check: check.name, reason: `${factTexts[what]} were not all told` });
  }

  const holders = holderLookup(source, sink, running);
  const watched: Socket[] = [];
  for (const place of places) {
    for (const { check, settings } of running) {
      if (check.ownersOf === undefined) continue;
      watched.push(...check.ownersOf(now.lookOf(place, check), settings));
    }
  }
  await holders(watched);

  const drafts: { readonly check: Check; readonly draft: Draft; readonly netns: Netns | null }[] =
    [];
  for (const { check, settings } of running) {
    const where = onlyOnce(check) ? places.slice(0, 1) : places;
    for (const place of where) {
      const lack = lackingFact(check, place.system);
      if (lack !== null) {
        notRun.push({ check: check.name, reason: lack, ...inNetns(place.netns) });
        continue;
      }
      const evidence: Evidence = {
        ...now.lookOf(place, check),
        platform: source.platform,
        before: check.needs.twoReadings && before !== null ? before.lookOf(place, check) : null,
        seconds: before === null ? 0 : (secondBegan - began) / 1000,
        routes: check.needs.routes ? inPlace(reports.routes, place) : [],
        interfaces: check.needs.interfaces ? inPlace(reports.interfaces, place) : [],
        service,
      };
      if (check.needs.counters && evidence.counters.length === 0) {
        const reason = 'without the counters of -s, which are not told';
        notRun.push({ check: check.name, reason, ...inNetns(place.netns) });
      }
      for (const partly of partlyKnown(check, place.system)) {
        notRun.push({ check: check.name, reason: partly, ...inNetns(place.netns) });
      }
      for (const draft of check.find(evidence, settings)) {
        drafts.push({ check, draft, netns: onlyOnce(check) ? null : place.netns });
      }
    }
  }
  const told = severities.slice(0, severities.indexOf(severity) + 1);
  const shown = drafts
    .filter(({ draft }) => told.includes(draft.severity))
    .sort((a, b) => severities.indexOf(a.draft.severity) - severities.indexOf(b.draft.severity));
  await holders(shown.flatMap(({ draft }) => draft.sockets.slice(0, mostLookedUp)));
  return {
    schemaVersion,
    platform: source.platform,
    takenAt,
    ...(service !== null && { service }),
    findings: shown.map(({ check, draft, netns }) => findingOf(check, draft, netns)),
    checks: running.map(({ check, settings }) => ({ check: check.name, thresholds: settings })),
    notRun,
    warnings,
  };
}

/** Whether a check is asked once, not of each network. */
function onlyOnce({ about, spans }: Check): boolean {
  return about === 'machine' || about === 'service' || spans === true;
}

/** What is known of the service that is asked about; null: about none. */
async function serviceOf(parts: DiagnosisParts, sink: WarningSink): Promise<Service | null> {
  if (!parts.service) return null;
  const { asked, ...beside } = parts.service;
  const { source, query, selection, netns } = parts;
  return readService(
    asked,
    { ...{ source, query, selection, hasNetns: netns !== 'own' }, ...beside },
    sink,
  );
}

/** Equal words of several readings are said once. */
function onceEach(warnings: Warning[]): WarningSink['warn'] {
  return (warning) => {
    if (
      !warnings.some(({ code, message }) => code === warning.code && message === warning.message)
    ) {
      warnings.push(warning);
    }
  };
}

/** What a check may need to be told of sockets. */
function factsNeeded({ needs }: Check): readonly Fact[] {
  return [
    ...(needs.rowFacts ?? []),
    ...(needs.tcpInfo ? (['tcpInfo'] as const) : []),
    ...(needs.socketInfo ? (['socketInfo'] as const) : []),
  ];
}

const factTexts: Readonly<Partial<Record<Fact, string>>> = {
  tcpInfo: "TCP's internals",
  socketInfo: 'accept queues, drops and memory of sockets',
  queues: 'the queues of sockets',
  timers: 'the timers of sockets',
};

/** Why a check cannot run, whatever is read; null: it can. */
function whyNot(
  check: Check,
  isNamed: boolean,
  { source, query, selection, netns, service }: DiagnosisParts,
): string | null {
  const { needs, about } = check;
  if (needs.twoReadings && source.isStill) {
    return 'it compares two readings, and a captured /proc shows one moment';
  }
  const title = platformTitles[source.platform];
  const isNarrowed = !selection.isPlain || query.protocolsNamed || query.which !== 'all';
  if (about !== 'sockets' && about !== 'service' && isNarrowed && !isNamed) {
    return `it is about the whole ${about}, and sockets were chosen; name it to run it all the same`;
  }
  if (about === 'service' && !service) {
    return 'it is about one service: ask with --port, --program or --remote';
  }
  if (about === 'machine' && typeof netns === 'object') {
    return 'it is about the machine, and one network namespace was asked for';
  }
  const protocols = needs.protocols.filter((one) => source.protocols.includes(one));
  if (needs.protocols.length > 0 && protocols.length === 0) {
    return `${title} tells no sockets of ${needs.protocols.join(', ')}`;
  }
  if (needs.protocols.length > 0 && !protocols.some((one) => query.protocols.includes(one))) {
    return `no sockets of ${needs.protocols.join(', ')} were asked for`;
  }
  const fact = factsNeeded(check).find((one) => !source.facts.includes(one));
  if (fact !== undefined) {
    const what = factTexts[fact] ?? fact;
    if (source.platform !== 'linux') return `${title} does not tell ${what}`;
    return source.facts.includes('hosts')
      ? `machines that --on asks do not tell ${what}`
      : `only a live Linux tells ${what}, not --proc-root`;
  }
  if ((needs.facts?.length ?? 0) > 0 && source.systemFacts === undefined) {
    return `tsnetstat reads no limits and settings of ${title}`;
  }
  const reports = (['routes', 'interfaces'] as const).filter((report) => needs[report]);
  const report = [...reports, ...(needs.counters === true ? (['statistics'] as const) : [])].find(
    (one) => !source.reports.includes(one),
  );
  return report === undefined ? null : `tsnetstat tells no ${report} on ${title}`;
}

/** What is missing of the facts without which a check says nothing; null: nothing is. */
function lackingFact({ needs }: Check, { values, missing }: SystemFacts): string | null {
  const lack = needs.facts?.find((fact) => (values[fact] ?? null) === null);
  return lack === undefined ? null : (missing[lack] ?? `${lack} is not known there`);
}

/** Facts that are known in part. */
function partlyKnown({ needs }: Check, { values, missing }: SystemFacts): readonly string[] {
  return (needs.facts ?? []).flatMap((fact) =>
    (values[fact] ?? null) === null ? [] : (missing[fact] ?? []),
  );
}

async function factsFor(
  source: Source,
  checks: readonly AskedCheck[],
  sink: WarningSink,
): Promise<readonly SystemFacts[]> {
  const wanted = new Set(
    checks.flatMap(({ check: { needs } }) => [
      ...(needs.facts ?? []),
      ...(needs.usefulFacts ?? []),
    ]),
  );
  if (wanted.size === 0 || source.systemFacts === undefined) return [noSystemFacts];
  return source.systemFacts([...wanted], sink);
}

/** A network that was looked at. */
interface Place extends Scope {
  readonly key: string;
  readonly netns: Netns | null;
}

/** One look at every network, and what it gave the checks. */
interface Looked {
  /** Those that were not told what they need of some socket. */
  readonly untold: ReadonlySet<Check>;
  /** Those that have anything to tell, the first one first. */
  places(): readonly Place[];
  lookOf(place: Place, check: Check): Look;
}

const keyOf = ({ netns }: InNetns) => (netns === undefined ? 'own' : (netnsKey(netns) ?? ''));
const inNetns = (netns: Netns | null): InNetns => (netns === null ? {} : { netns });

async function lookWith(
  parts: DiagnosisParts,
  asked: readonly AskedCheck[],
  facts: readonly SystemFacts[],
  sink: WarningSink,
): Promise<Looked> {
  const checks = asked.map(({ check }) => check);
  const counters = await countersFor(parts, checks, sink);
  const places = new Map<string, { readonly place: Place; readonly gathered: Gatherer }>();
  const spanning = checks.filter((check) => check.spans);
  const each = checks.filter((check) => !check.spans);
  const first = facts[0] ?? noSystemFacts;
  const everywhere = gatherer(spanning, { system: first });
  const open = (netns: Netns | null, system: SystemFacts, key: string) => {
    const place = { key, netns, system };
    const one = { place, gathered: gatherer(each, { system }) };
    places.set(key, one);
    return one;
  };
  for (const one of facts) open(one.netns ?? null, one, keyOf(one));
  const at = (row: InNetns) =>
    places.get(keyOf(row)) ??
    open(row.netns ?? null, facts.length > 1 ? noSystemFacts : first, keyOf(row));
  for (const counter of counters) at(counter);
  const isWanted = askedWarnings(sink, parts.query, false);
  const reader = (way: 'watcher' | 'grouper', checks: readonly Check[]) => {
    const takers = new Map<string, (socket: Socket) => boolean>();
    const takeEverywhere = everywhere[way](checks);
    return (socket: Socket): boolean => {
      const key = keyOf(socket);
      let take = takers.get(key);
      if (take === undefined) {
        take = at(socket).gathered[way](checks);
        takers.set(key, take);
      }
      const isKept = take(socket);
      return takeEverywhere(socket) || isKept;
    };
  };
  const tallies = new Map(checks.filter((check) => check.tallies).map((check) => [check, tally()]));
  const untold = new Set<Check>();
  let isTallied = false;
  for (const plan of plansFor(
    checks,
    parts.query,
    ({ watches, tallies: counts }) => watches ?? counts,
  )) {
    const glance =
      plan.serversOnly || plan.protocol !== 'tcp' || parts.netns !== 'own'
        ? null
        : glanceFor(plan.checks, { system: first }, tallies);
    const take = reader('watcher', plan.checks);
    const asking = plan.checks.filter(({ needs }) => needs.tcpInfo || needs.socketInfo);
    const see = (socket: Socket): boolean => {
      for (const check of asking) if (isUntold(socket, check)) untold.add(check);
      return take(socket);
    };
    await readSockets(parts, plan, isWanted, see, glance?.wants);
    isTallied ||= glance?.wasAsked() === true;
  }
  const worth = asked.filter(({ check, settings }) => {
    if (check.groupOf === undefined) return false;
    const most = isTallied ? (tallies.get(check)?.most() ?? null) : null;
    const scopes = [...places.values()].map(({ place }) => place);
    return scopes.some((scope) => check.groupsIf?.(scope, settings, most) ?? true);
  });
  const grouping = worth.map(({ check }) => check);
  for (const plan of plansFor(grouping, parts.query, () => true)) {
    await readSockets(parts, plan, isWanted, reader('grouper', plan.checks));
  }
  return {
    untold,
    places: () => [...places.values()].map(({ place }) => place),
    lookOf(place, check) {
      const gathered = check.spans ? everywhere : places.get(place.key)?.gathered;
      const own = check.needs.counters ? inPlace(counters, place) : [];
      const look = gathered?.lookOf(check, own);
      return look ?? { system: place.system, sockets: [], groups: new Map(), counters: own };
    },
  };
}

function inPlace<T extends InNetns>(rows: readonly T[], { key }: Place): readonly T[] {
  return rows.filter((row) => keyOf(row) === key);
}

async function countersFor(
  parts: DiagnosisParts,
  checks: readonly Check[],
  sink: WarningSink,
): Promise<readonly Counter[]> {
  if (!parts.source.reports.includes('statistics')) return [];
  if (!checks.some(({ needs }) => needs.counters)) return [];
  return rowsOf<Counter>(parts, 'statistics', sink);
}

async function reportsFor(
  parts: DiagnosisParts,
  asked: readonly AskedCheck[],
  sink: WarningSink,
): Promise<{ readonly routes: readonly Route[]; readonly interfaces: readonly NetInterface[] }> {
  const needs = (report: 'routes' | 'interfaces') => asked.some(({ check }) => check.needs[report]);
  return {
    routes: needs('routes') ? await rowsOf<Route>(parts, 'routes', sink) : [],
    interfaces: needs('interfaces') ? await rowsOf<NetInterface>(parts, 'interfaces', sink) : [],
  };
}

/** The rows of a report; where it cannot be read at all that is a warning, and there are none. */
async function rowsOf<T extends Row>(
  { source, netns }: DiagnosisParts,
  report: 'statistics' | 'routes' | 'interfaces',
  sink: WarningSink,
): Promise<readonly T[]> {
  const rows: T[] = [];
  const families = ['inet', 'inet6'] as const;
  try {
    const reading = source.read({ report, families, netns: netns !== 'own' }, sink);
    for await (const batch of reading.batches) rows.push(...(batch as readonly Row[] as T[]));
  } catch (error) {
    if (!isNetstatError(error)) throw error;
    sink.warn({ code: 'unreadable', message: error.summary, source: error.path });
  }
  return rows;
}

/**
 * Whether something of a socket was not told that a check needs: where the kernel cannot be asked over netlink
 * there are files, which do not tell it.
 */
function isUntold(socket: Socket, { needs }: Check): boolean {
  if (socket.protocol === 'unix') return false;
  const { protocol, state, tcpInfo, acceptQueue, drops } = socket;
  if (needs.tcpInfo && state === 'ESTABLISHED' && protocol === 'tcp') return tcpInfo == null;
  if (!needs.socketInfo) return false;
  return protocol === 'tcp' ? state === 'LISTEN' && acceptQueue?.limit == null : drops == null;
}

/** Sockets that are read in one go, for some checks. */
interface SocketPlan {
  readonly checks: readonly Check[];
  readonly protocol: Protocol;
  readonly serversOnly: boolean;
}

/** Each protocol by itself, and its servers apart: what one check needs of some is not read of all. */
function plansFor(
  checks: readonly Check[],
  { protocols }: Query,
  reads: (check: Check) => unknown,
): readonly SocketPlan[] {
  const looking = checks.filter(reads);
  return protocols.flatMap((protocol) =>
    [true, false].flatMap((serversOnly): readonly SocketPlan[] => {
      const fitting = looking.filter(
        ({ needs }) =>
          needs.protocols.includes(protocol) && (needs.serversOnly === true) === serversOnly,
      );
      return fitting.length === 0 ? [] : [{ checks: fitting, protocol, serversOnly }];
    }),
  );
}

/** What is to be asked of connections before rows are made of them; null: a check has to see every row. */
function glanceFor(
  checks: readonly Check[],
  scope: Scope,
  tallies: ReadonlyMap<Check, Tally>,
): { readonly wants: (glance: Glance) => boolean; wasAsked(): boolean } | null {
  if (!checks.every(({ watches, glances }) => watches === undefined || glances)) return null;
  const counting = checks.flatMap((check) => {
    const tally = tallies.get(check);
    return tally === undefined ? [] : [{ check, tally }];
  });
  let isAsked = false;
  return {
    wants(glance) {
      isAsked = true;
      for (const { check, tally } of counting) {
        if (check.tallies?.(glance, scope)) tally.add(glance);
      }
      for (const check of checks) if (check.glances?.(glance, scope)) return true;
      return false;
    },
    wasAsked: () => isAsked,
  };
}

/** Reads the sockets of a plan; `take` is shown each that is asked for. */
async function readSockets(
  { source, query, netns, selection, pause }: DiagnosisParts,
  { checks, protocol, serversOnly }: SocketPlan,
  sink: WarningSink,
  take: (socket: Socket) => boolean,
  glance?: (glance: Glance) => boolean,
): Promise<void> {
  if (!source.protocols.includes(protocol)) return;
  const { isLate, needs: chosenBy } = selection;
  const asked = (need: Parameters<typeof chosenBy.includes>[0]) => chosenBy.includes(need);
  const needs = (need: 'tcpInfo' | 'socketInfo') =>
    asked(need) || checks.some(({ needs }) => needs[need]);
  // Owners that a reading tells are not there before it gives the row.
  const isTold = source.withOwners === undefined;
  const isSeenLate = isLate || isTold;
  const chosen = serversOnly
    ? {
        ...selection,
        which: 'listening' as const,
        early: (socket: Socket) => isListening(socket) && selection.early(socket),
      }
    : selection;
  const reading = readRows(
    source,
    { ...query, report: 'sockets', protocols: [protocol] },
    {
      // What is known late is known once the row is there; all else is looked at as it is read.
      selection: isSeenLate
        ? chosen
        : { ...chosen, early: (socket) => chosen.early(socket) && take(socket) },
      needs: {
        owners: asked('owners') || isTold ? 'all' : 'none',
        ownerDetails: isTold,
        tcpInfo: needs('tcpInfo'),
        socketInfo: needs('socketInfo'),
        createdAt: asked('createdAt'),
        rates: false,
        boundSockets: query.boundInactive,
        peers: asked('peers'),
        workloads: asked('workloads'),
        exposure: asked('exposure'),
        netns: netns !== 'own',
        hosts: false,
      },
      keepsAll: true,
      glance,
    },
    sink,
  );
  for await (const batch of reading.batches) {
    if (isSeenLate) for (const socket of batch) take(socket);
    await pause?.();
  }
}

/** Finds out who holds sockets, each once. */
function holderLookup(source: Source, sink: WarningSink, asked: readonly AskedCheck[]) {
  const known = new Set<Socket>();
  const query: HolderQuery = {
    owners: { depth: 'all', details: true },
    workloads: source.facts.includes('workloads'),
    exposure: source.facts.includes('exposure') && asked.some(({ check }) => check.needs.exposure),
  };
  return async (sockets: readonly Socket[]): Promise<void> => {
    const fresh = [...new Set(sockets)].filter((socket) => !known.has(socket));
    for (const socket of fresh) known.add(socket);
    if (fresh.length > 0) await source.withOwners?.(fresh, query, sink);
  };
}

function findingOf(check: Check, draft: Draft, netns: Netns | null): Finding {
  const { sockets, socketCount = sockets.length, processes = [], command, ...told } = draft;
  return {
    check: check.name,
    ...inNetns(netns),
    severity: told.severity,
    certainty: told.certainty,
    title: told.title,
    observations: told.observations,
    seen: told.seen,
    sockets: sockets.slice(0, mostSockets),
    socketCount,
    processes: processesOf(sockets, processes).slice(0, mostProcesses),
    workloads: workloadsOf(sockets),
    why: told.why,
    remedy: told.remedy,
    command: command === null ? null : ['tsnetstat', ...netnsFlag(netns), ...command],
  };
}

/** What has a command line ask in the network namespace that a finding is of. */
function netnsFlag(netns: Netns | null): readonly string[] {
  if (netns === null || netns.own) return [];
  const { name, inode } = netns;
  return name === null && inode === null ? [] : ['--netns', name ?? String(inode)];
}

function processesOf(
  sockets: readonly Socket[],
  processes: NonNullable<Draft['processes']>,
): FindingProcess[] {
  const all = new Map<number, FindingProcess>();
  const untold = { commandLine: null, executable: null, uid: null, startedAt: null };
  for (const { pid, program } of processes) all.set(pid, { pid, program, ...untold });
  for (const socket of sockets) {
    for (const { pid, program, commandLine, executable, uid, startedAt } of socket.owners ?? []) {
      all.set(pid, {
        ...{ pid, program, commandLine, executable },
        ...{ uid: uid ?? null, startedAt: startedAt ?? null },
      });
    }
  }
  return [...all.values()];
}

function workloadsOf(sockets: readonly Socket[]): readonly Workload[] {
  const all = sockets.flatMap(({ workloads, workload }) => workloads ?? workload ?? []);
  const seen = new Set<string>();
  return all.filter((one) => {
    const key = JSON.stringify(one);
    return !seen.has(key) && seen.add(key);
  });
}
