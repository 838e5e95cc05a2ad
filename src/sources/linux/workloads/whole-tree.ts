import { readlinkSync } from 'node:fs';
import { lazily } from '../../../flow/lazily.ts';
import type { Proc } from '../proc/proc.ts';

/** PROC_CGROUP_INIT_INO of <linux/proc_ns.h>: the number of the first cgroup namespace. */
const firstNamespace = 'cgroup:[4026531835]';

/**
 * Whether this program, or the sender on another machine, sees the whole cgroup tree: in a container's own cgroup
 * namespace the container itself is `/`, which elsewhere means no cgroup.
 */
export function seesWholeTree(proc: Proc): () => boolean {
  const link = () =>
    proc.isElsewhere === true
      ? proc.readLink('self', 'ns/cgroup')
      : readlinkSync('/proc/self/ns/cgroup');
  return lazily(() => {
    try {
      return link() === firstNamespace;
    } catch {
      return false;
    }
  });
}
