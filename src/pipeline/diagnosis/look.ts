import type { Check, Look } from '../../analysis/checks/index.ts';
import { tally } from '../../analysis/checks/tally.ts';
import type { Counter } from '../../model/machine/counter.ts';
import type { SystemFacts } from '../../model/machine/system-facts.ts';
import type { Socket } from '../../model/socket/socket.ts';
import type { WarningSink } from '../../sources/source.ts';
import { askedWarnings } from '../asked-warnings.ts';
import { lacksFact } from './able.ts';
import type { AskedCheck } from './checks-asked.ts';
import type { DiagnosisParts } from './parts.ts';
import { inPlace, type Place, type Places, placesFor } from './places.ts';
import { countersFor } from './reports.ts';
import { glanceFor, plansFor, readSockets } from './socket-plans.ts';

/** One reading of every network, with its results for the checks. */
export interface Looked {
  /** The checks that lacked a fact about some socket. */
  readonly lacking: ReadonlySet<Check>;
  /** The networks with any data, the first one first. */
  places(): readonly Place[];
  lookOf(place: Place, check: Check): Look;
}

/** A previous reading, and how many seconds ago it was. */
interface Earlier {
  readonly look: Looked;
  readonly seconds: number;
}

/** Which of two readings this is; left out: the only one. */
interface Turn {
  /** Another reading follows for the checks that compare: they count sockets only there. */
  readonly isFirst?: boolean;
  /** The reading to compare with: sockets that cannot add anything to it are not read. */
  readonly earlier?: Earlier;
}

/** Reads what the checks need, separately for each protocol and its servers. */
export async function lookWith(
  parts: DiagnosisParts,
  asked: readonly AskedCheck[],
  facts: readonly SystemFacts[],
  sink: WarningSink,
  { isFirst, earlier }: Turn = {},
): Promise<Looked> {
  const checks = asked.map(({ check }) => check);
  const counters = await countersFor(parts, checks, sink);
  const places = placesFor(checks, facts);
  for (const counter of counters) places.open(counter);
  const isWanted = askedWarnings(sink, parts.query, false);
  const seeing =
    earlier === undefined
      ? asked
      : asked.filter((one) => canFindMore(one, places, counters, earlier));
  const tallies = new Map(checks.filter((check) => check.tallies).map((check) => [check, tally()]));
  const lacking = new Set<Check>();
  let isTallied = false;
  for (const plan of plansFor(
    seeing.map(({ check }) => check),
    parts.query,
    ({ watches, tallies: counts }) => watches ?? counts,
  )) {
    const glance =
      plan.serversOnly || plan.protocol !== 'tcp' || parts.netns !== 'own'
        ? null
        : glanceFor(plan.checks, { system: places.first }, tallies);
    const take = places.reader('watcher', plan.checks);
    const asking = plan.checks.filter(({ needs }) => needs.tcpInfo || needs.socketInfo);
    const see = (socket: Socket): boolean => {
      for (const check of asking) if (lacksFact(socket, check)) lacking.add(check);
      return take(socket);
    };
    await readSockets(parts, plan, isWanted, see, glance?.wants);
    isTallied ||= glance?.wasAsked() === true;
  }
  const grouping = asked.filter(({ check, settings }) => {
    if (check.groupsIf === undefined || (isFirst && check.needs.twoReadings)) return false;
    const most = isTallied ? (tallies.get(check)?.most() ?? null) : null;
    return places.all().some((scope) => check.groupsIf?.(scope, settings, most));
  });
  for (const plan of plansFor(
    grouping.map(({ check }) => check),
    parts.query,
    () => true,
  )) {
    await readSockets(parts, plan, isWanted, places.reader('grouper', plan.checks));
  }
  return {
    lacking,
    places: places.all,
    lookOf: (place, check) => places.lookOf(place, check, counters),
  };
}

/** Whether this reading can give a check more than the previous one did, in any network. */
function canFindMore(
  { check, settings }: AskedCheck,
  places: Places,
  counters: readonly Counter[],
  { look, seconds }: Earlier,
): boolean {
  const { again } = check;
  if (again === undefined) return true;
  return [...look.places(), ...places.all()].some((place) =>
    again(
      { before: look.lookOf(place, check), counters: inPlace(counters, place), seconds },
      settings,
    ),
  );
}
