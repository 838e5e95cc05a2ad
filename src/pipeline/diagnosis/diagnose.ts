import type { Check, Draft, Evidence } from '../../analysis/checks/index.ts';
import { type Diagnosis, type NotRun, severities } from '../../model/diagnosis.ts';
import { inNetns, type Netns } from '../../model/netns.ts';
import type { Service } from '../../model/service.ts';
import { schemaVersion, type Warning } from '../../model/snapshot.ts';
import type { Socket } from '../../model/socket.ts';
import { noSystemFacts, type SystemFacts } from '../../model/system-facts.ts';
import { onceEach } from '../../sources/once-each.ts';
import type { HolderQuery, Source, WarningSink } from '../../sources/source.ts';
import { factTexts, lackingFact, partlyKnown, whyNot } from './able.ts';
import type { AskedCheck } from './checks-asked.ts';
import { findingOf } from './finding.ts';
import { inPlace, lookWith } from './look.ts';
import type { DiagnosisParts } from './parts.ts';
import { reportsFor } from './reports.ts';
import { onlyIn, readService } from './service.ts';

/** Between the two readings, in milliseconds. */
const betweenReadings = 1000;
/** Of so many sockets of a finding it is found out who holds them. */
const mostLookedUp = 1000;

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
  const sink = onceEach({
    warn: (warning) => warnings.push(warning),
    note: (message) => parts.note?.(message),
  });
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
      for (const one of check.ownersOf(now.lookOf(place, check), settings)) watched.push(one);
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
        onlyIn: onlyIn(parts.query),
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
  const { asked, earlier, openAll } = parts.service;
  const { source, query, selection, netns } = parts;
  const hasNetns = netns !== 'own';
  const everywhere = !hasNetns && source.facts.includes('netns') ? openAll : undefined;
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
