import { aboutMachine } from '../model/machine/place.ts';
import type { Socket } from '../model/socket/socket.ts';
import type { Selection } from '../select/index.ts';
import type { WarningSink } from '../sources/source.ts';
import { counted } from '../text/counted.ts';

/** Watches which sockets a filter leaves out. */
export interface UnknownWorkloads {
  /** `late`, which also counts the sockets that it leaves out although their workload, which decides, is not known. */
  late(socket: Socket): boolean;
  /** Warns of them, once for each machine; call it after the last socket. */
  warn(): void;
}

/**
 * Counts sockets that may match, but are left out since their workload is not known. Those whose processes may not be
 * inspected have a warning already.
 */
export function unknownWorkloads(
  late: Selection['late'],
  { isUndecided }: Pick<Selection, 'isUndecided'>,
  warnings: WarningSink,
): UnknownWorkloads {
  const counts = new Map<string | undefined, number>();
  return {
    late(socket) {
      if (late(socket)) return true;
      if (socket.noWorkload === 'unknown' && isUndecided(socket)) {
        counts.set(socket.host, (counts.get(socket.host) ?? 0) + 1);
      }
      return false;
    },
    warn() {
      for (const [host, count] of counts) {
        const message = `${counted(count, 'socket')} left out may match: what they belong to is not known (no process holds them, or their cgroup is not visible)`;
        const source = 'workloads';
        warnings.warn(
          host === undefined
            ? { code: 'uncertain', message, source }
            : { code: 'uncertain', message: aboutMachine(host, message), source, host },
        );
      }
    },
  };
}
