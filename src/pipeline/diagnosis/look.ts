import type { Check, Look } from '../../analysis/checks/index.ts';
import { tally } from '../../analysis/checks/tally.ts';
import type { Counter } from '../../model/machine/counter.ts';
import type { SystemFacts } from '../../model/machine/system-facts.ts';
import type { Socket } from '../../model/socket/socket.ts';
import type { WarningSink } from '../../sources/source.ts';
import { withoutRareTables } from '../absent-tables.ts';
import { lacksFact } from './able.ts';
import type { AskedCheck } from './checks-asked.ts';
import { inNetwork, type Network, type Networks, networksFor } from './networks.ts';
import type { DiagnosisParts } from './parts.ts';
import { countersFor } from './reports.ts';
import { glanceFor, plansFor, readSockets } from './socket-plans.ts';

/** One reading of every network, with its results for the checks. */
export interface Looked {
  /** The checks that lacked a fact about some socket. */
  readonly lacking: ReadonlySet<Check>;
  /** The networks with any data, the first one first. */
  networks(): readonly Network[];
  lookOf(network: Network, check: Check): Look;
}

/** A previous reading, and how many seconds ago it was. */
interface Earlier {
  readonly look: Looked;
  readonly seconds: number;
}

/** Which of two readings this is; neither: the only one. */
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
  { isFirst, earlier }: Turn,
): Promise<Looked> {
  const checks = asked.map(({ check }) => check);
  const counters = await countersFor(parts, checks, sink);
  const networks = networksFor(checks, facts);
  for (const counter of counters) networks.open(counter);
  const isWanted = withoutRareTables(sink, parts.query);
  const seeing =
    earlier === undefined
      ? asked
      : asked.filter((one) => canFindMore(one, networks, counters, earlier));
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
        : glanceFor(plan.checks, { system: networks.first }, tallies);
    const take = networks.reader('watcher', plan.checks);
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
    const ports = isTallied ? (tallies.get(check)?.ports() ?? null) : null;
    return networks.all().some((scope) => check.groupsIf?.(scope, settings, ports));
  });
  for (const plan of plansFor(
    grouping.map(({ check }) => check),
    parts.query,
    () => true,
  )) {
    await readSockets(parts, plan, isWanted, networks.reader('grouper', plan.checks));
  }
  return {
    lacking,
    networks: networks.all,
    lookOf: (network, check) => networks.lookOf(network, check, counters),
  };
}

/** Whether this reading can give a check more than the previous one did, in any network. */
function canFindMore(
  { check, settings }: AskedCheck,
  networks: Networks,
  counters: readonly Counter[],
  { look, seconds }: Earlier,
): boolean {
  const { again } = check;
  if (again === undefined) return true;
  return [...look.networks(), ...networks.all()].some((network) =>
    again(
      { before: look.lookOf(network, check), counters: inNetwork(counters, network), seconds },
      settings,
    ),
  );
}
