import type { Check, Draft, Evidence, Look } from '../../analysis/checks/index.ts';
import { inNetns, type Netns } from '../../model/machine/netns.ts';
import { noSystemFacts, type SystemFacts } from '../../model/machine/system-facts.ts';
import {
  bySeverity,
  type Diagnosis,
  type NotRun,
  severities,
} from '../../model/report/diagnosis.ts';
import { factTitles } from '../../model/report/facts.ts';
import type { Service } from '../../model/report/service.ts';
import { schemaVersion, type Warning } from '../../model/report/snapshot.ts';
import type { Socket } from '../../model/socket/socket.ts';
import { onceEach } from '../../sources/once-each.ts';
import type { Source, WarningSink } from '../../sources/source.ts';
import { lackingFact, partlyKnown, whyNot } from './able.ts';
import type { AskedCheck } from './checks-asked.ts';
import { findingOf, needsWayInto } from './finding.ts';
import { type Looked, lookWith } from './look.ts';
import { inNetwork, type Network } from './networks.ts';
import type { DiagnosisParts } from './parts.ts';
import { type Reports, reportsFor } from './reports.ts';
import { saidOnce } from './said-once.ts';
import { onlyIn, readService } from './service.ts';
import { asksNoOnePort } from './service-asked.ts';
import { withOwnersQuery } from './take-sockets.ts';

/** Milliseconds between the two readings. */
const betweenReadings = 1000;
/** Maximum number of sockets per finding whose owners are looked up. */
const maxLookedUp = 1000;

/**
 * Reads what the checks need, runs them, and looks up the owners of the sockets that they found.
 * @throws NetstatError if nothing can be read at all
 */
export async function diagnose(parts: DiagnosisParts, takenAt: string): Promise<Diagnosis> {
  const { machines } = parts.source;
  if (machines === undefined) return diagnoseOne(parts, takenAt);
  const { diagnoseMachines } = await import('./diagnose-machines.ts');
  return diagnoseMachines(machines, parts, takenAt, diagnoseOne);
}

/** Diagnoses a single machine. */
async function diagnoseOne(parts: DiagnosisParts, takenAt: string): Promise<Diagnosis> {
  const { source, severity } = parts;
  const warnings: Warning[] = [];
  const sink = onceEach({
    warn: (warning) => warnings.push(warning),
    note: (message) => parts.note?.(message),
  });
  const notRun: NotRun[] = [];
  const { running, facts } = await runnable(parts, notRun, sink);
  const lookUp = ownersLookUp(source, sink, running);
  const looks = await looksFor(parts, running, facts, sink, lookUp);
  const reports = await reportsFor(parts, running, sink);
  const service = await serviceOf(parts, sink);
  if (service?.status === 'unknown') {
    const reason = `whether ${service.asked.value} has sockets is not known, since owners are hidden`;
    const asked = running.filter(({ check }) => check.about === 'service');
    notRun.push(...asked.map(({ check }) => ({ check: check.name, reason })));
  }

  for (const { check } of running) {
    if (!looks.isLacking(check)) continue;
    const what = check.needs.tcpInfo ? 'tcpInfo' : 'socketInfo';
    notRun.push({ check: check.name, reason: `${factTitles[what]} were not all available` });
  }

  const drafts = draftsOf(parts, running, looks, { reports, service }, notRun);
  const reported = severities.slice(0, severities.indexOf(severity) + 1);
  const shown = drafts
    .filter(({ draft }) => reported.includes(draft.severity))
    .sort((a, b) => bySeverity(a.draft.severity, b.draft.severity));
  await lookUp(shown.flatMap(({ draft }) => draft.sockets.slice(0, maxLookedUp)));
  const wayInto = shown.some(({ draft, netns }) => needsWayInto(draft, netns))
    ? await source.waysInto?.()
    : undefined;
  return {
    schemaVersion,
    platform: source.platform,
    takenAt,
    ...(service !== null && { service }),
    findings: shown.map(({ check, draft, netns }) => findingOf(check, draft, netns, wayInto)),
    checks: running.map(({ check, settings }) => ({ check: check.name, thresholds: settings })),
    notRun,
    warnings: saidOnce(warnings),
  };
}

/** What a check found in a network; `netns` is null if it is about several networks, or the check does not tell. */
interface FoundDraft {
  readonly check: Check;
  readonly draft: Draft;
  readonly netns: Netns | null;
}

/** Runs the checks in each network; what a check could not see there goes to `notRun`. */
function draftsOf(
  parts: DiagnosisParts,
  running: readonly AskedCheck[],
  looks: Looks,
  { reports, service }: { readonly reports: Reports; readonly service: Service | null },
  notRun: NotRun[],
): readonly FoundDraft[] {
  const drafts: FoundDraft[] = [];
  const byName = new Map(running.map(({ check, settings }) => [check.name, settings]));
  for (const { check, settings } of running) {
    for (const network of looks.networksOf(check)) {
      const lack = lackingFact(check, network.system);
      if (lack !== null) {
        notRun.push({ check: check.name, reason: lack, ...inNetns(network.netns) });
        continue;
      }
      const evidence: Evidence = {
        ...looks.lookOf(network, check),
        platform: parts.source.platform,
        before: looks.before(network, check),
        seconds: looks.seconds,
        routes: check.needs.routes ? inNetwork(reports.routes, network) : [],
        interfaces: check.needs.interfaces ? inNetwork(reports.interfaces, network) : [],
        service,
        protocols: parts.query.protocols,
        onlyIn: onlyIn(parts.query),
        isFiltered: !parts.selection.isPlain,
        running: byName,
      };
      if (check.needs.counters && evidence.counters.length === 0) {
        const reason = 'the counters of -s are not available';
        notRun.push({ check: check.name, reason, ...inNetns(network.netns) });
      }
      for (const partly of partlyKnown(check, network.system)) {
        notRun.push({ check: check.name, reason: partly, ...inNetns(network.netns) });
      }
      for (const draft of check.find(evidence, settings)) {
        drafts.push({
          check,
          draft,
          netns: onlyOnce(check) ? (draft.netns ?? null) : network.netns,
        });
      }
    }
  }
  return drafts;
}

/** The checks that can run, and the facts that they need, for each network; why others cannot goes to `notRun`. */
async function runnable(
  parts: DiagnosisParts,
  notRun: NotRun[],
  sink: WarningSink,
): Promise<{ readonly running: readonly AskedCheck[]; readonly facts: readonly SystemFacts[] }> {
  const without = (why: (asked: AskedCheck) => string | null) => (asked: AskedCheck) => {
    const reason = why(asked);
    if (reason !== null) notRun.push({ check: asked.check.name, reason });
    return reason === null;
  };
  // Checks of one service run only if one is asked about; of several ports it is said that they do not.
  const isAboutService = parts.service || asksNoOnePort(parts.query.filters, parts.service);
  const asked = parts.checks.filter(
    ({ check, isNamed }) => check.about !== 'service' || isNamed || isAboutService,
  );
  const able = asked.filter(without(({ check, isNamed }) => whyNot(check, isNamed, parts)));
  const facts = await factsFor(parts.source, able, sink);
  // Without the facts of the first network a check runs nowhere.
  const first = facts[0] ?? noSystemFacts;
  return { running: able.filter(without(({ check }) => lackingFact(check, first))), facts };
}

/** The results of one or two readings, for each check. */
interface Looks {
  /** Seconds between the two; 0: only one was needed. */
  readonly seconds: number;
  /** Whether some socket lacked a fact that the check needs. */
  isLacking(check: Check): boolean;
  /** The networks in which the check runs. */
  networksOf(check: Check): readonly Network[];
  lookOf(network: Network, check: Check): Look;
  /** The first reading, if the check compares two. */
  before(network: Network, check: Check): Look | null;
}

/** Reads once, and a second time for checks that compare; the others use the first reading only. */
async function looksFor(
  parts: DiagnosisParts,
  running: readonly AskedCheck[],
  facts: readonly SystemFacts[],
  sink: WarningSink,
  lookUp: LookUpOwners,
): Promise<Looks> {
  const watched = (asked: readonly AskedCheck[], look: Looked): Promise<void> =>
    lookUp(
      asked.flatMap(({ check, settings }) =>
        look
          .networks()
          .flatMap((network) => check.ownersOf?.(look.lookOf(network, check), settings) ?? []),
      ),
    );
  const comparing = running.filter(({ check }) => check.needs.twoReadings);
  const began = parts.elapsed();
  const isFirst = comparing.length > 0;
  const first = await lookWith(parts, running, facts, sink, { isFirst });
  await watched(
    running.filter(({ check }) => !check.needs.twoReadings),
    first,
  );
  let last = first;
  let seconds = 0;
  if (isFirst) {
    await parts.sleep(Math.max(0, betweenReadings - (parts.elapsed() - began)));
    seconds = (parts.elapsed() - began) / 1000;
    const factsNow = await factsFor(parts.source, comparing, sink);
    const earlier = { look: first, seconds };
    last = await lookWith(parts, comparing, factsNow, sink, { earlier });
    await watched(comparing, last);
  }
  const of = ({ needs }: Check): Looked => (needs.twoReadings ? last : first);
  return {
    seconds,
    isLacking: (check) => first.lacking.has(check) || last.lacking.has(check),
    networksOf: (check) =>
      of(check)
        .networks()
        .slice(0, onlyOnce(check) ? 1 : undefined),
    lookOf: (network, check) => of(check).lookOf(network, check),
    before: (network, check) => (check.needs.twoReadings ? first.lookOf(network, check) : null),
  };
}

/** Whether a check runs once, not for each network. */
function onlyOnce({ about, spans }: Check): boolean {
  return about === 'machine' || about === 'service' || spans === true;
}

/** What is known of the service that is asked about; null: none is. */
async function serviceOf(parts: DiagnosisParts, sink: WarningSink): Promise<Service | null> {
  if (!parts.service) return null;
  const { asked, earlier, openAll } = parts.service;
  const { source, query, selection, netns } = parts;
  const hasNetns = netns !== 'own';
  const ofAll = {
    own: source.facts.includes('netns') ? openAll : undefined,
    all: async () => source,
  };
  const everywhere = typeof netns === 'string' ? ofAll[netns] : undefined;
  return readService(asked, { source, query, selection, hasNetns, everywhere, earlier }, sink);
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

/** Looks up the owners of sockets, each socket once. */
type LookUpOwners = (sockets: readonly Socket[]) => Promise<void>;

function ownersLookUp(
  source: Source,
  sink: WarningSink,
  asked: readonly AskedCheck[],
): LookUpOwners {
  const known = new Set<Socket>();
  const query = withOwnersQuery(
    source,
    asked.some(({ check }) => check.needs.exposure),
  );
  return async (sockets) => {
    const fresh = [...new Set(sockets)].filter((socket) => !known.has(socket));
    for (const socket of fresh) known.add(socket);
    if (fresh.length > 0) await source.withOwners?.(fresh, query, sink);
  };
}
