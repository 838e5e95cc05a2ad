import { aboutMachine } from '../model/machine/place.ts';
import type { Owner } from '../model/socket/owner.ts';
import type { Socket } from '../model/socket/socket.ts';
import type { Selection } from '../select/index.ts';
import type { Source, WarningSink } from '../sources/source.ts';
import { counted } from '../text/counted.ts';

/** Watches which sockets a filter leaves out. */
export interface UnknownFacts {
  /** `late`, which also counts the sockets that it leaves out although a fact, which decides, is not known. */
  late(socket: Socket): boolean;
  /** Warns of them, once for each machine; call it after the last socket. */
  warn(): void;
}

/** Whose facts are not known, in the words of the warning, and its source. */
const subjects = {
  socket: {
    source: 'workloads',
    text: 'what they belong to is not known (no process holds them, or their cgroup is not visible)',
  },
  peer: {
    source: 'workloads',
    text: 'what their other ends belong to is not known (no process holds these, or their cgroup is not visible)',
  },
  process: {
    source: 'processes',
    text: 'what is asked of their processes is not known (it was not captured, or cannot be read)',
  },
} as const;

type Subject = keyof typeof subjects;

/** Whose workload is not known; null: neither's, or a process may not be inspected. */
function unknownWorkload({ noWorkload, peer }: Socket): 'socket' | 'peer' | null {
  const reasons = [noWorkload, peer?.noWorkload];
  if (reasons.includes('denied') || !reasons.includes('unknown')) return null;
  return noWorkload === 'unknown' ? 'socket' : 'peer';
}

/** Whether something that can be compared of a process, beyond its name, is not known. */
function lacksDetail(owner: Owner): boolean {
  const { commandLine, executable, executableDeleted, startedAt, uid, parents } = owner;
  return (
    commandLine === null ||
    executable === null ||
    (executableDeleted ?? null) === null ||
    (startedAt ?? null) === null ||
    (uid ?? null) === null ||
    (parents?.some(({ name }) => name === null) ?? true)
  );
}

/**
 * Counts sockets that may match, but are left out since a fact that sources look up without asking the filter is not
 * known: a workload, or one of a process. Those whose processes may not be inspected have a warning already.
 */
export function unknownFacts(
  { late, fit: fitOf, needs }: Pick<Selection, 'late' | 'fit' | 'needs'>,
  { isStill = false }: Pick<Source, 'isStill'>,
  warnings: WarningSink,
): UnknownFacts {
  const ofWorkloads = needs.includes('workloads');
  const withDetails = needs.includes('ownerDetails');
  if (!ofWorkloads && !withDetails && !isStill) return { late, warn: () => {} };
  const counts = new Map<Subject, Map<string | undefined, number>>();

  /** A process that has ended meanwhile has no name; nothing ends in a capture. */
  function lacksFact(owner: Owner): boolean {
    return owner.program === null ? isStill : withDetails && lacksDetail(owner);
  }

  function unknownOf(socket: Socket): Subject | null {
    const { owners, peer } = socket;
    const workload = ofWorkloads ? unknownWorkload(socket) : null;
    if (workload !== null) return workload;
    const isLacking = owners?.some(lacksFact) === true || peer?.owners.some(lacksFact) === true;
    return isLacking ? 'process' : null;
  }

  return {
    late(socket) {
      if (late(socket)) return true;
      const whose = unknownOf(socket);
      if (whose !== null && fitOf(socket) === 'unknown') {
        const ofMachines = counts.get(whose) ?? new Map<string | undefined, number>();
        counts.set(whose, ofMachines);
        ofMachines.set(socket.host, (ofMachines.get(socket.host) ?? 0) + 1);
      }
      return false;
    },
    warn() {
      for (const [whose, ofMachines] of counts) {
        const { source, text } = subjects[whose];
        for (const [host, count] of ofMachines) {
          const message = `${counted(count, 'socket')} left out may match: ${text}`;
          warnings.warn(
            host === undefined
              ? { code: 'uncertain', message, source }
              : { code: 'uncertain', message: aboutMachine(host, message), source, host },
          );
        }
      }
    },
  };
}
