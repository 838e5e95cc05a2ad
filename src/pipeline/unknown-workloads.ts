import { aboutMachine } from '../model/machine/place.ts';
import type { Socket } from '../model/socket/socket.ts';
import type { Selection } from '../select/index.ts';
import type { WarningSink } from '../sources/source.ts';
import { counted } from '../text/counted.ts';

/** Watches which sockets a filter leaves out. */
export interface UnknownWorkloads {
  /** `late`, which also counts the sockets that it leaves out although a workload, which decides, is not known. */
  late(socket: Socket): boolean;
  /** Warns of them, once for each machine; call it after the last socket. */
  warn(): void;
}

/** Whose workload is not known, in the words of the warning. */
const subjects = {
  socket:
    'what they belong to is not known (no process holds them, or their cgroup is not visible)',
  peer: 'what their other ends belong to is not known (no process holds these, or their cgroup is not visible)',
} as const;

/** Whose workload is not known; null: neither's, or a process may not be inspected. */
function unknownOf({ noWorkload, peer }: Socket): keyof typeof subjects | null {
  const reasons = [noWorkload, peer?.noWorkload];
  if (reasons.includes('denied') || !reasons.includes('unknown')) return null;
  return noWorkload === 'unknown' ? 'socket' : 'peer';
}

/**
 * Counts sockets that may match, but are left out since a workload is not known. Those whose processes may not be
 * inspected have a warning already.
 */
export function unknownWorkloads(
  late: Selection['late'],
  { isUndecided }: Pick<Selection, 'isUndecided'>,
  warnings: WarningSink,
): UnknownWorkloads {
  const counts = {
    socket: new Map<string | undefined, number>(),
    peer: new Map<string | undefined, number>(),
  };
  return {
    late(socket) {
      if (late(socket)) return true;
      const whose = unknownOf(socket);
      if (whose !== null && isUndecided(socket)) {
        counts[whose].set(socket.host, (counts[whose].get(socket.host) ?? 0) + 1);
      }
      return false;
    },
    warn() {
      for (const whose of ['socket', 'peer'] as const) {
        for (const [host, count] of counts[whose]) {
          const message = `${counted(count, 'socket')} left out may match: ${subjects[whose]}`;
          const source = 'workloads';
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
