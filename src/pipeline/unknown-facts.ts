import { warningOf } from '../model/report/snapshot.ts';
import { mayBeForOthers } from '../model/socket/exposure.ts';
import { lacksDetail, type Owner } from '../model/socket/owner.ts';
import type { Socket } from '../model/socket/socket.ts';
import type { Selection } from '../select/index.ts';
import type { Source, WarningSink } from '../sources/source.ts';
import { counted } from '../text/counted.ts';

/** Counts sockets that a filter leaves out although they may match, because a fact that decides is not known. */
export interface UnknownFacts {
  /** Counts a socket that is left out, if it may match. */
  leaveOut(socket: Socket): void;
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
  published: {
    source: 'exposure',
    text: 'whom their ports are published for is not known (a proxy does not show it, or where it leads could not be read or is ambiguous)',
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

/**
 * Only facts count that sources look up without asking the filter: a workload, one of a process, or whom a port is
 * published for. Sockets whose processes may not be inspected have a warning already, as have unknown exposures.
 * @returns null: none of the filter's facts is one of these
 */
export function unknownFacts(
  { fit: fitOf, needs }: Pick<Selection, 'fit' | 'needs'>,
  { isStill = false }: Pick<Source, 'isStill'>,
  warnings: WarningSink,
): UnknownFacts | null {
  const ofWorkloads = needs.includes('workloads');
  const withDetails = needs.includes('ownerDetails');
  const ofExposure = needs.includes('exposure');
  if (!ofWorkloads && !withDetails && !ofExposure && !isStill) return null;
  const counts = new Map<Subject, Map<string | undefined, number>>();

  /** A process that has ended meanwhile has no name; nothing ends in a capture. */
  function lacksFact(owner: Owner): boolean {
    return owner.program === null ? isStill : withDetails && lacksDetail(owner);
  }

  function subjectOf(socket: Socket): Subject | null {
    const { owners, peer } = socket;
    const workload = ofWorkloads ? unknownWorkload(socket) : null;
    if (workload !== null) return workload;
    const exposure = ofExposure ? socket.exposure : null;
    if (exposure && exposure.kind !== 'unknown' && mayBeForOthers(exposure)) return 'published';
    const isLacking = owners?.some(lacksFact) === true || peer?.owners.some(lacksFact) === true;
    return isLacking ? 'process' : null;
  }

  return {
    leaveOut(socket) {
      const whose = subjectOf(socket);
      if (whose === null || fitOf(socket) !== 'unknown') return;
      const ofMachines = counts.get(whose) ?? new Map<string | undefined, number>();
      counts.set(whose, ofMachines);
      ofMachines.set(socket.host, (ofMachines.get(socket.host) ?? 0) + 1);
    },
    warn() {
      for (const [whose, ofMachines] of counts) {
        const { source, text } = subjects[whose];
        for (const [host, count] of ofMachines) {
          const message = `${counted(count, 'socket')} left out may match: ${text}`;
          warnings.warn(warningOf(host, { code: 'uncertain', message, source }));
        }
      }
    },
  };
}
