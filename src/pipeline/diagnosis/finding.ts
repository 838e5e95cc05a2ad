import type { Check, Draft } from '../../analysis/checks/index.ts';
import { inNetns, type Netns, netnsText, networkKey } from '../../model/machine/netns.ts';
import type { Finding, FindingProcess } from '../../model/report/diagnosis.ts';
import type { Socket } from '../../model/socket/socket.ts';
import { type Workload, workloadsOf } from '../../model/socket/workload.ts';
import { dependsOnNetwork, remedyFor, remedyInside, remedyWith } from './remedy.ts';

/** Maximum number of sockets in a finding. */
const maxSockets = 20;

/** Maximum number of processes in a finding. */
const maxProcesses = 20;

/** The words before a shell command that run it in a network namespace, as `Source.waysInto` returns them. */
export type WayInto = (netns: Netns) => readonly string[] | null;

/** The finding for a check's draft; `netns` is the network in which it was found, if several were checked. */
export function findingOf(
  check: Check,
  draft: Draft,
  netns: Netns | null,
  wayInto: WayInto = () => null,
): Finding {
  const { sockets, socketCount = sockets.length, processes = [], command, ...rest } = draft;
  const place = placeOf(netns, sockets);
  const flags = place === 'several' ? ['--all-netns'] : netnsFlag(place);
  const shown = processesOf(sockets, processes).slice(0, maxProcesses);
  const pids = shown.map(({ pid }) => pid);
  const remedy = remedyFor(pids, remedyWith(flags, rest.remedy));
  return {
    check: check.name,
    ...inNetns(netns),
    severity: rest.severity,
    certainty: rest.certainty,
    title: rest.title,
    observations: rest.observations,
    seen: rest.seen,
    sockets: sockets.slice(0, maxSockets),
    socketCount,
    processes: shown,
    workloads: distinctWorkloads(sockets),
    why: rest.why,
    remedy: isForeign(place) ? remedyThere(place, wayInto, remedy) : remedy,
    command: command === null ? null : ['tsnetstat', ...flags, ...command],
  };
}

/** Whether the way into another network namespace is needed for the commands of a draft. */
export function needsWayInto({ remedy, sockets }: Draft, netns: Netns | null): boolean {
  return dependsOnNetwork(remedy) && isForeign(placeOf(netns, sockets));
}

/** Where sockets were found; null: the own network, if no other was asked for. */
type Place = Netns | null | 'several';

/** `netns` null: the sockets may be in any network. */
function placeOf(netns: Netns | null, sockets: readonly Socket[]): Place {
  if (netns !== null) return netns;
  const places = new Map(sockets.map((socket) => [networkKey(socket), socket.netns ?? null]));
  const [only = null] = places.values();
  return places.size > 1 ? 'several' : only;
}

/** Whether it is another network namespace than this program's. */
function isForeign(place: Place): place is Netns {
  return place !== null && place !== 'several' && !place.own;
}

/** The flag with which a command line lists the network namespace of a finding. */
function netnsFlag(netns: Netns | null): readonly string[] {
  if (netns === null || netns.own) return [];
  const { name, inode } = netns;
  return name === null && inode === null ? [] : ['--netns', name ?? String(inode)];
}

/** A remedy with commands for a shell in this program's network. */
function remedyThere(netns: Netns, wayInto: WayInto, remedy: string): string {
  if (!dependsOnNetwork(remedy)) return remedy;
  const way = wayInto(netns);
  return way === null
    ? `In the network namespace ${netnsText(netns)}: ${remedy}`
    : remedyInside(way, remedy);
}

function processesOf(
  sockets: readonly Socket[],
  processes: NonNullable<Draft['processes']>,
): FindingProcess[] {
  const all = new Map<number, FindingProcess>();
  const unknownFacts = { commandLine: null, executable: null, uid: null, startedAt: null };
  for (const { pid, program } of processes) all.set(pid, { pid, program, ...unknownFacts });
  const described = new Set<number>();
  for (const socket of sockets) {
    for (const owner of socket.owners ?? []) {
      const { pid, program, commandLine, executable, uid = null, startedAt = null } = owner;
      // A process may have very many sockets.
      if (described.has(pid)) continue;
      described.add(pid);
      all.set(pid, { pid, program, commandLine, executable, uid, startedAt });
    }
  }
  return [...all.values()];
}

function distinctWorkloads(sockets: readonly Socket[]): readonly Workload[] {
  const all = [...new Set(sockets.flatMap(workloadsOf))];
  const seen = new Set<string>();
  return all.filter((one) => {
    const key = JSON.stringify(one);
    return !seen.has(key) && seen.add(key);
  });
}
