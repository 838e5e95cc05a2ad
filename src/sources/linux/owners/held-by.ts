import type { SoughtOwners } from '../../../model/socket/sought-owners.ts';
import type { Proc } from '../proc/proc.ts';
import { countingOnce, paysToName } from './descriptor-counts.ts';
import { nameBytes, processNames } from './process-names.ts';
import { visitEverySocket } from './process-sockets.ts';
import { nothingUnseen, processesOf, type Unseen } from './unseen-processes.ts';

/**
 * The inodes of the sockets that these processes hold; null: one of them could not be inspected, or it would take
 * longer than inspecting all processes.
 */
export function heldBy(proc: Proc, soughtOwners: SoughtOwners): ReadonlySet<number> | null {
  const inodes = new Set<number>();
  const unseen = nothingUnseen();
  const named =
    soughtOwners.programs.length === 0 ? [] : namedProcesses(proc, soughtOwners, unseen);
  if (named === null) return null;
  let isAnyEmpty = false;
  for (const pid of new Set([...soughtOwners.pids, ...named])) {
    const before = inodes.size;
    visitEverySocket(proc, pid, unseen, (inode) => inodes.add(inode));
    isAnyEmpty ||= inodes.size === before;
  }
  // A process that is hidden looks like one that does not exist.
  if (isAnyEmpty) processesOf(proc, unseen);
  return unseen.denied > 0 || unseen.failed > 0 || unseen.hidden ? null : inodes;
}

/** The processes whose programs have such a name; null: it does not pay to look for them. */
function namedProcesses(
  proc: Proc,
  { programs }: SoughtOwners,
  unseen: Unseen,
): readonly number[] | null {
  const pids = processesOf(proc, unseen);
  let named: readonly number[] = [];
  const pays = paysToName(countingOnce(proc), pids, () => {
    named = pids.filter((pid) => {
      const names = processNames(proc, pid, nameBytes, unseen);
      return programs.some((fits) => fits(names));
    });
    return named;
  });
  return pays ? named : null;
}
