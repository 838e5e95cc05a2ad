import type { Check, Draft } from '../../analysis/checks/index.ts';
import { inNetns, type Netns, networkKey } from '../../model/machine/netns.ts';
import type { Finding, FindingProcess } from '../../model/report/diagnosis.ts';
import { shellWord } from '../../model/shell-word.ts';
import type { Socket } from '../../model/socket/socket.ts';
import { type Workload, workloadsOf } from '../../model/socket/workload.ts';

/** Maximum number of sockets in a finding. */
const maxSockets = 20;

/** Maximum number of processes in a finding. */
const maxProcesses = 20;

/** The finding for a check's draft; `netns` is the network in which it was found, if several were checked. */
export function findingOf(check: Check, draft: Draft, netns: Netns | null): Finding {
  const { sockets, socketCount = sockets.length, processes = [], command, ...rest } = draft;
  const flags = placeFlags(netns, sockets);
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
    processes: processesOf(sockets, processes).slice(0, maxProcesses),
    workloads: distinctWorkloads(sockets),
    why: rest.why,
    remedy: remedyWith(flags, rest.remedy),
    command: command === null ? null : ['tsnetstat', ...flags, ...command],
  };
}

/** A remedy whose commands of this program have these flags: they look where the finding was made. */
export function remedyWith(flags: readonly string[], remedy: string): string {
  const words = flags.map((flag) => `${shellWord(flag)} `).join('');
  return remedy.replaceAll('`tsnetstat ', (program) => program + words);
}

/** The flags with which a command line lists sockets; `netns` null: they may be in any network. */
function placeFlags(netns: Netns | null, sockets: readonly Socket[]): readonly string[] {
  if (netns !== null) return netnsFlag(netns);
  const places = new Map(sockets.map((socket) => [networkKey(socket), socket.netns ?? null]));
  const [only = null] = places.values();
  return places.size > 1 ? ['--all-netns'] : netnsFlag(only);
}

/** The flag with which a command line lists the network namespace of a finding. */
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
