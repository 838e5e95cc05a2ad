import { lazily } from '../../../flow/lazily.ts';
import { mayBeOfNobody } from '../../../model/socket/classify.ts';
import type { Socket } from '../../../model/socket/socket.ts';
import type { NoWorkload } from '../../../model/socket/workload.ts';
import type { Proc } from '../proc/proc.ts';
import type { Cgroup } from './cgroup.ts';
import { hasKeepers } from './kept-by.ts';
import { seesWholeTree } from './whole-tree.ts';

/** A socket, or several with the same owners: these have some. */
export type OwnedSocket = Pick<Socket, 'owners' | 'noOwner'> & {
  readonly state?: Socket['state'];
};

/** Tells why a socket has no workload. `isForbidden`: the cgroup of an owner may not be read. */
export function noWorkloadReasons(
  proc: Proc,
): (socket: OwnedSocket, cgroup: Cgroup | null, isForbidden: boolean) => NoWorkload {
  const isWhole = seesWholeTree(proc);
  const mayBeKept = lazily(() => hasKeepers(proc));
  return (socket, cgroup, isForbidden) => {
    const { owners, noOwner } = socket;
    if (cgroup !== null) {
      if (cgroup.path === '/' && !isWhole()) return 'unknown';
      // The process that is not seen may belong to a container that has no cgroup.
      return (noOwner === 'denied' || isForbidden) && mayBeKept() ? 'denied' : 'none';
    }
    if (noOwner === 'none' && mayBeOfNobody(socket)) return 'none';
    if (noOwner === 'denied' || isForbidden) return 'denied';
    return owners === null ? 'denied' : 'unknown';
  };
}
