import { type Gatherer, gatherer } from '../../analysis/checks/gather.ts';
import type { Check, Look, Scope } from '../../analysis/checks/index.ts';
import { tally } from '../../analysis/checks/tally.ts';
import { type InNetns, type Netns, networkKey } from '../../model/netns.ts';
import type { Socket } from '../../model/socket.ts';
import { noSystemFacts, type SystemFacts } from '../../model/system-facts.ts';
import type { WarningSink } from '../../sources/source.ts';
import { askedWarnings } from '../asked-warnings.ts';
import { isUntold } from './able.ts';
import type { AskedCheck } from './checks-asked.ts';
import type { DiagnosisParts } from './parts.ts';
import { countersFor } from './reports.ts';
import { glanceFor, plansFor, readSockets } from './socket-plans.ts';

/** A network that was looked at. */
export interface Place extends Scope {
  readonly key: string;
  readonly netns: Netns | null;
}

/** One look at every network, and what it gave the checks. */
export interface Looked {
  /** Those that were not told what they need of some socket. */
  readonly untold: ReadonlySet<Check>;
  /** Those that have anything to tell, the first one first. */
  places(): readonly Place[];
  lookOf(place: Place, check: Check): Look;
}

/** Reads once what these checks need, each protocol by itself: no row is kept that none of them watches. */
export async function lookWith(
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
  for (const one of facts) open(one.netns ?? null, one, networkKey(one));
  const at = (row: InNetns) =>
    places.get(networkKey(row)) ??
    open(row.netns ?? null, facts.length > 1 ? noSystemFacts : first, networkKey(row));
  for (const counter of counters) at(counter);
  const isWanted = askedWarnings(sink, parts.query, false);
  const reader = (way: 'watcher' | 'grouper', checks: readonly Check[]) => {
    const takers = new Map<string, (socket: Socket) => boolean>();
    const takeEverywhere = everywhere[way](checks);
    return (socket: Socket): boolean => {
      const key = networkKey(socket);
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

/** Those of these rows that are of one network. */
export function inPlace<T extends InNetns>(rows: readonly T[], { key }: Place): readonly T[] {
  return rows.filter((row) => networkKey(row) === key);
}
